"""A simulated reader as a person meets it, at the far end of a line."""

import asyncio
from pathlib import Path

import pytest

from device_drivers.osdp_bus.codec import Frame, FrameReader, encode
from device_drivers.osdp_bus.messages import Code, Reply, read_card, read_keys
from device_drivers.transports.line import open_line
from device_drivers.transports.serial_settings import SerialLineSettings
from simulators.line import SimulatedLine
from simulators.osdp_peripheral import Honesty
from simulators.osdp_reader import OsdpLineEnd, SimulatedOsdpReader, wiegand_26

KEY = bytes(range(16))
POLL = encode(Frame(5, is_reply=False, sequence=0, body=bytes([Code.POLL])))


def said(reader: SimulatedOsdpReader) -> bytes:
    """Code and data of its answer to a poll; empty if it is silent."""
    frames = FrameReader().feed(reader.answer(POLL, 0.0))
    return frames[0].body if frames else b""


@pytest.mark.parametrize(
    ("facility", "number", "bits"),
    [
        (1, 1, "10000000100000000000000010"),
        (0, 0, "00000000000000000000000001"),
        (255, 65_535, "01111111111111111111111111"),
    ],
)
def test_a_wiegand_card_has_its_parity(facility: int, number: int, bits: str) -> None:
    """Even over the first half, odd over the second, counted by hand."""
    assert wiegand_26(facility, number) == bits


def test_cards_and_keys_are_told_at_the_next_polls() -> None:
    """In order, one at a time, bit for bit."""
    reader = SimulatedOsdpReader(5, KEY)
    reader.present("1" + "0" * 9)
    reader.press("1#*")
    card, keys = said(reader), said(reader)
    assert read_card(card[1:]).count == 10
    assert read_keys(keys[1:]) == b"1\x0d\x7f"
    assert said(reader) == bytes([Reply.ACK])


def test_housing_and_contacts_are_told() -> None:
    """Opened housing, closed contact."""
    reader = SimulatedOsdpReader(5, KEY)
    reader.tamper(on=True)
    reader.set_input(1, on=True)
    assert said(reader) == bytes([Reply.LSTATR, 1, 0])
    assert said(reader) == bytes([Reply.ISTATR, 0, 1])


def test_an_unplugged_reader_is_silent_and_keeps_what_it_reads() -> None:
    """Plugged in again it tells of the card; after a power cut it does not."""
    reader = SimulatedOsdpReader(5, KEY)
    reader.unplug()
    reader.present_wiegand_26(1, 1)
    assert said(reader) == b""
    reader.plug_in()
    assert said(reader)[0] == Reply.RAW
    reader.present_wiegand_26(1, 1)
    reader.power_cycle()
    assert said(reader) == bytes([Reply.ACK])


def test_what_somebody_does_to_it_holds() -> None:
    """Another key, another identity, the factory's address."""
    reader = SimulatedOsdpReader(5, KEY)
    reader.change_key(bytes(16))
    reader.pretend(Honesty.PLAIN)
    reader.reset_address()
    inside = reader.inside
    assert (inside.key, inside.honesty, inside.address) == (bytes(16), Honesty.PLAIN, 0)
    assert not reader.is_in_session


async def test_at_the_end_of_a_line_it_answers_after_its_time(tmp_path: Path) -> None:
    """Bytes in, answer out, and whoever listens hears the panel's bytes."""
    reader, heard = SimulatedOsdpReader(5, KEY), bytearray()
    answers: list[Frame] = []
    async with SimulatedLine(tmp_path) as line, OsdpLineEnd(line.far_port, reader) as end:
        end.on_commands = heard.extend
        near = await open_line(SerialLineSettings(port=str(line.near_port)))
        try:
            frames = FrameReader()
            await near.write(POLL)
            async with asyncio.timeout(5):
                while not answers:
                    answers = frames.feed(await near.read())
        finally:
            near.close()
    assert answers[0].body == bytes([Reply.ACK])
    assert bytes(heard) == POLL
