"""A new gate from a few answers."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from access_core.errors import SettingsError
from device_drivers.system_clock import SystemClock
from edge_agent.commands.found_devices import FoundDevices
from edge_agent.commands.setup import Conversation, Place, checked, set_up
from edge_agent.config import EdgeSettings
from edge_agent.link.identity import load_identity
from tests.small_centre import CODE, small_centre

PORTS = (Path("/dev/serial/by-id/usb-scanner"), Path("/dev/serial/by-id/usb-lane"))
FOUND = FoundDevices(ports=PORTS, cameras=(Path("/dev/video0"),))


class Technician:
    """Gives answers in their order, and remembers what was said."""

    def __init__(self, answers: Iterable[str]) -> None:
        """These, and then no more."""
        self._answers = iter(answers)
        self.asked: list[str] = []
        self.heard: list[str] = []
        self.talk = Conversation(ask=self._answer, say=self.heard.append)

    def _answer(self, question: str) -> str:
        self.asked.append(question)
        return next(self._answers)


def place(folder: Path, *, may_replace: bool = False) -> Place:
    """Everything of the gate in one folder."""
    return Place(
        file=folder / "edge.toml",
        state_dir=folder / "state",
        ca_file=None,
        may_replace=may_replace,
    )


async def set_up_with(folder: Path, *answers: str) -> tuple[EdgeSettings, Technician]:
    """The settings that come of these answers, the address of a centre before them."""
    async with small_centre() as centre:
        technician = Technician([centre.url, *answers])
        settings = await set_up(place(folder), FOUND, technician.talk, SystemClock())
    return settings, technician


async def test_five_answers_make_a_gate(tmp_path: Path) -> None:
    """Enrolled under the centre's name for it, devices by number, names by the centre's rule."""
    settings, technician = await set_up_with(tmp_path, CODE, "1", "1", "1")
    assert len(technician.asked) == 5
    assert (settings.edge.id, settings.gate.id) == ("edge-north-1", "north-1")
    camera, scanner = settings.readers
    assert camera.device.model_dump()["source"] == "/dev/video0"
    assert scanner.device.model_dump()["line"]["port"] == str(PORTS[0])
    assert settings.door.device.model_dump()["line"]["port"] == str(PORTS[1])
    identity = load_identity(settings.edge.state_dir)
    assert identity is not None
    assert identity.edge_id == settings.edge.id


async def test_a_wrong_answer_is_asked_again(tmp_path: Path) -> None:
    """A used code, a number that is not offered, a speed no port has: each says what to write."""
    answers = ("", "guess", CODE, "9", "1 9600", "2 12345", "3 115200", "", "x", "1")
    settings, technician = await set_up_with(tmp_path, *answers)
    said = "\n".join(technician.heard)
    assert "make a new code" in said
    assert "write a number from 1 to 3" in said
    assert "12345 is no speed of a port" in said
    assert [reader.id for reader in settings.readers] == ["north-1-reader-in"]
    assert settings.readers[0].device.model_dump()["line"]["baud"] == 115_200


async def test_an_edge_that_is_enrolled_needs_no_code(tmp_path: Path) -> None:
    """Setting up again asks one question less."""
    await set_up_with(tmp_path, CODE, "1", "", "2")
    (tmp_path / "edge.toml").unlink()
    _, technician = await set_up_with(tmp_path, "1", "", "2")
    assert len(technician.asked) == 4


async def test_an_existing_file_is_left_alone(tmp_path: Path) -> None:
    """Unless it is to be replaced; nothing is asked before."""
    (tmp_path / "edge.toml").write_text("mine")
    technician = Technician([])
    with pytest.raises(SettingsError, match="--replace"):
        await set_up(place(tmp_path), FOUND, technician.talk, SystemClock())
    async with small_centre() as centre:
        technician = Technician([centre.url, CODE, "1", "", "2"])
        again = place(tmp_path, may_replace=True)
        await set_up(again, FOUND, technician.talk, SystemClock())
    assert "mine" not in (tmp_path / "edge.toml").read_text()


async def test_an_address_is_completed_or_refused(tmp_path: Path) -> None:
    """A bare name is taken for https; plain http to elsewhere says why not; then it gives up."""
    technician = Technician(["http://gateway.example.edu"] * 5)
    with pytest.raises(SettingsError, match="no answer that does"):
        await set_up(place(tmp_path), FOUND, technician.talk, SystemClock())
    assert "plain http:// works to this same machine only" in technician.heard[0]


async def test_with_nothing_plugged_in_it_says_so(tmp_path: Path) -> None:
    """The kind of device that is missing, and to plug it in."""
    async with small_centre() as centre:
        technician = Technician([centre.url, CODE])
        nothing = FoundDevices(ports=(), cameras=())
        with pytest.raises(SettingsError, match="nothing is plugged in"):
            await set_up(place(tmp_path), nothing, technician.talk, SystemClock())


async def test_a_certificate_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """By its option."""
    wrong = Place(
        file=tmp_path / "edge.toml",
        state_dir=tmp_path / "state",
        ca_file=tmp_path / "none.pem",
        may_replace=False,
    )
    technician = Technician(["gateway.example.edu"])
    with pytest.raises(SettingsError, match="--ca-file"):
        await set_up(wrong, FOUND, technician.talk, SystemClock())


async def test_the_check_afterwards_does_not_ask_for_rules(tmp_path: Path) -> None:
    """They come with the first run; everything else is looked at, each fault with its cure."""
    settings, _ = await set_up_with(tmp_path, CODE, "2", "", "1")
    file = tmp_path / "edge.toml"
    found = {finding.name: finding async for finding in checked(settings, file, SystemClock())}
    assert "rules" not in found
    assert found["keys"].is_ok
    assert not found["device north-1-door"].is_ok
