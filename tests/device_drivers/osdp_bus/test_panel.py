"""The control panel of one bus, on a line whose time is only a number."""

import random
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access_core.errors import ProgramError
from device_drivers.osdp_bus.messages import Code, OutputControl, Reply, Switch, output_data
from device_drivers.osdp_bus.reports import (
    CameOnline,
    CardSeen,
    Order,
    OrderAnswered,
    OrderOutcome,
    WasUntrusted,
    WentOffline,
)
from simulators.osdp_peripheral import Honesty, OsdpPeripheral
from simulators.osdp_reader import SimulatedOsdpReader
from tests.device_drivers.osdp_bus.virtual_line import (
    KEY,
    OTHER_KEY,
    VirtualLine,
    flip,
    once,
    online,
    swallow,
)

ATTEMPTS = 1_000
BACK_WITHIN_MS = 500
A_CARD = bytes([Reply.RAW, 0, 1, 26, 0, 0x80, 0x11, 0x22, 0x40])


def test_a_peripheral_with_the_key_comes_online_once() -> None:
    """Key proven, identity and abilities asked inside the session: online, told once."""
    line, _ = online(5)
    line.run(3_000)
    assert len(line.of(CameOnline)) == 1
    assert not line.of(WentOffline, WasUntrusted)


@pytest.mark.parametrize("honesty", [Honesty.PLAIN, Honesty.FORGED])
def test_a_thousand_attempts_without_encryption_bring_none_online(honesty: Honesty) -> None:
    """Whoever says that it cannot encrypt is never let in, and each attempt is an alarm."""
    impostor = OsdpPeripheral(5, KEY)
    impostor.honesty = honesty
    line = VirtualLine(impostor)
    line.give_keys()
    line.run(10_000_000, lambda: len(line.of(WasUntrusted)) >= ATTEMPTS)
    challenges = sum(Code.CHLNG in sent for sent in line.sent)
    assert challenges == len(line.of(WasUntrusted)) == ATTEMPTS
    assert not line.of(CameOnline)
    assert not line.known(5).is_online


def test_the_same_thousand_attempts_would_let_an_honest_one_in() -> None:
    """The control: with its key proven the first attempt is enough."""
    line, _ = online(5)
    assert line.known(5).is_online


@pytest.mark.parametrize("theirs", [OTHER_KEY, None])
def test_a_wrong_or_default_key_is_an_alarm_and_no_fallback(theirs: bytes | None) -> None:
    """Another key, or the one that everybody knows, is not taken; nothing is asked in plain."""
    line = VirtualLine(OsdpPeripheral(5, theirs))
    line.give_keys()
    line.run(20_000)
    assert len(line.of(WasUntrusted)) > 1
    assert not line.of(CameOnline)
    assert all(Code.CHLNG in sent for sent in line.sent)


@pytest.mark.parametrize("change", [swallow, flip])
@pytest.mark.parametrize("is_command", [False, True])
@pytest.mark.parametrize("repeats", [False, True])
def test_one_bad_frame_costs_less_than_half_a_second(
    change: object, *, is_command: bool, repeats: bool
) -> None:
    """Lost or corrupted, command or answer: a card held up right after is told within 0.5 s."""
    line, (reader,) = online(5)
    line.run(1_000)
    reader.repeats_answers = repeats
    spoil = once(swallow if change is swallow else flip)
    if is_command:
        line.spoil_command = spoil
    else:
        line.spoil_answer = spoil
    line.run(20)
    reader.queue(A_CARD)
    took_ms = line.run(5_000, lambda: bool(line.of(CardSeen)))
    assert took_ms <= BACK_WITHIN_MS
    assert not line.of(WentOffline, WasUntrusted)


def test_a_read_is_told_once_though_its_answer_was_lost() -> None:
    """The answer with the card is lost; asked again it is repeated, and told one time."""
    line, (reader,) = online(5)
    line.run(200)
    reader.queue(A_CARD)
    line.spoil_answer = once(swallow)
    line.run(2_000)
    assert len(line.of(CardSeen)) == 1


def test_a_busy_peripheral_is_asked_again_and_loses_nothing() -> None:
    """BUSY five times, then the card: the same session goes on."""
    line, (reader,) = online(5)
    reader.queue(A_CARD)
    reader.busy_for = 5
    challenges = sum(Code.CHLNG in sent for sent in line.sent)
    line.run(1_000)
    assert len(line.of(CardSeen)) == 1
    assert not line.of(WasUntrusted)
    assert challenges >= 1


def test_a_peripheral_that_is_only_busy_goes_offline_in_words() -> None:
    """Busy and nothing else is stuck: after 8 s it counts as lost, and why is said."""
    line, (reader,) = online(5)
    reader.busy_for = 10**6
    line.run(12_000)
    (gone,) = line.of(WentOffline)
    assert isinstance(gone, WentOffline)
    assert "busy" in gone.reason


def test_a_silent_peripheral_is_offline_after_eight_seconds_and_told_once() -> None:
    """Not earlier, for a power cut of a second is no loss; and with what to check."""
    line, _ = online(5)
    line.spoil_answer = swallow
    line.run(7_500)
    assert not line.of(WentOffline)
    line.run(20_000)
    (gone,) = line.of(WentOffline)
    assert isinstance(gone, WentOffline)
    assert "check power, cable" in gone.reason


def test_the_cable_back_means_online_within_two_seconds() -> None:
    """However long it was away: nobody else is on the line, so it is tried often."""
    line, _ = online(5)
    line.spoil_answer = swallow
    line.run(60_000)
    line.spoil_answer = lambda data: data
    assert line.run(10_000, lambda: line.known(5).is_online) <= 2_000


def test_what_was_read_while_away_is_stale_and_what_comes_after_is_fresh() -> None:
    """A read that waited in the device says so; after one clean poll reads are fresh again."""
    line, (reader,) = online(5)
    line.run(500)
    line.spoil_answer = swallow
    line.run(20_000)
    reader.queue(A_CARD)
    line.spoil_answer = lambda data: data
    line.run(3_000)
    reader.queue(A_CARD)
    line.run(500)
    assert [card.is_fresh for card in line.of(CardSeen) if isinstance(card, CardSeen)] == [
        False,
        True,
    ]


def test_an_absent_sibling_costs_one_reply_time_and_no_more() -> None:
    """Eight readers, one missing: no gap between polls of another is longer than a probe's."""
    line, readers = online(*range(7))
    line.panel.add(7).set_key(KEY, line.now)
    longest_ms = 0
    for _ in range(40):
        readers[3].queue(A_CARD)
        seen = len(line.of(CardSeen))
        took_ms = line.run(2_000, partial(has_more_cards, line, seen))
        longest_ms = max(longest_ms, took_ms)
        line.run(137)
    assert longest_ms <= 300
    assert not line.of(WentOffline)


def test_a_dead_sibling_does_not_end_the_session_of_another() -> None:
    """One is unplugged for good; the other is neither lost nor challenged anew."""
    line, readers = online(1, 2)
    readers[0].address = 99
    challenged = len(line.sent)
    line.run(20_000)
    (gone,) = [address for address, report in line.reports if isinstance(report, WentOffline)]
    assert gone == 1
    assert line.known(2).is_online
    to_two = [sent for sent in line.sent[challenged:] if sent[2] == 2]
    assert not any(Code.CHLNG in sent[6:9] for sent in to_two)


def test_an_order_goes_before_polls_and_is_answered() -> None:
    """The relay is on as soon as the line was free, and the order taken."""
    line, (reader,) = online(5)
    line.take(line.panel.order(5, an_order(line), line.now))
    line.run(50)
    (answer,) = line.of(OrderAnswered)
    assert isinstance(answer, OrderAnswered)
    assert answer.outcome is OrderOutcome.TAKEN
    assert reader.outputs[0].pulses == 1


def test_an_order_whose_answer_is_lost_is_done_once() -> None:
    """The peripheral repeats its answer; the relay is not switched again."""
    line, (reader,) = online(5)
    line.run(500, lambda: line.panel.next_deadline() == line.now)
    line.spoil_answer = once(swallow)
    line.take(line.panel.order(5, an_order(line), line.now))
    line.run(2_000)
    assert reader.outputs[0].pulses == 1


def test_an_order_for_nobody_is_a_mistake_of_the_program() -> None:
    """A panel that was never told of the address says so."""
    line, _ = online(5)
    with pytest.raises(ProgramError, match="no peripheral 6"):
        line.panel.order(6, an_order(line), line.now)


def test_an_order_is_not_sent_when_the_line_has_gone() -> None:
    """Refused at once, with why; nothing is sent when the line is back."""
    line, (reader,) = online(5)
    line.take(line.panel.closed("the port is gone", line.now))
    line.take(line.panel.order(5, an_order(line), line.now))
    line.take(line.panel.opened(line.now))
    line.run(3_000)
    (answer,) = line.of(OrderAnswered)
    assert isinstance(answer, OrderAnswered)
    assert answer.outcome is OrderOutcome.REFUSED
    assert "the port is gone" in answer.detail
    assert reader.outputs[0].pulses == 0


def test_a_reader_that_fell_back_to_its_factory_address_is_named() -> None:
    """The words say which address answers instead."""
    line, (reader,) = online(5)
    reader.address = 0
    reader.power_cycle()
    line.run(30_000)
    assert "address 0 answers" in line.known(5).why


def test_a_wrong_baud_rate_is_named() -> None:
    """Bytes without a frame say: check baud, A and B, termination."""
    line, _ = online(5)
    line.spoil_answer = lambda data: bytes(byte ^ 0x55 for byte in data)
    line.run(12_000)
    assert "baud rate" in line.known(5).why
    assert line.panel.counters()["junk_bytes"] > 0


def test_an_echo_of_a_two_wire_line_is_no_answer() -> None:
    """Our own frames come back before each answer; nothing is lost by it."""
    line = VirtualLine(reader := OsdpPeripheral(5, KEY))
    line.spoil_answer = lambda data: line.sent[-1] + data if data else b""
    line.give_keys()
    line.run(500)
    reader.queue(A_CARD)
    line.run(200)
    assert len(line.of(CardSeen)) == 1
    assert line.panel.counters()["echoes"] > 10


def test_a_power_cycle_is_survived_within_half_a_second() -> None:
    """It has forgotten its session: begun anew, told neither as lost nor as doubtful."""
    line, (reader,) = online(5)
    line.run(500)
    reader.power_cycle()
    line.run(20)
    reader.queue(A_CARD)
    assert line.run(5_000, lambda: bool(line.of(CardSeen))) <= BACK_WITHIN_MS
    assert not line.of(WentOffline, WasUntrusted)


def test_a_whole_reader_is_what_the_panel_reads() -> None:
    """The simulated reader's card, held up as a person would, arrives bit for bit."""
    reader = SimulatedOsdpReader(5, KEY)
    line = VirtualLine(reader.inside)
    line.give_keys()
    line.run(500)
    reader.present("0" * 5 + "1" * 7)
    line.run(100)
    (seen,) = line.of(CardSeen)
    assert isinstance(seen, CardSeen)
    assert (seen.card.data, seen.card.count) == (bytes([0b00000111, 0b11110000]), 12)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), share=st.floats(0.02, 0.6), repeats=st.booleans())
def test_no_bad_line_leaves_the_panel_stuck(seed: int, share: float, repeats: bool) -> None:
    """After any weather on the line a card is told within 0.5 s of good line, or at a retry."""
    dice = random.Random(seed)
    line, (reader,) = online(5)
    reader.repeats_answers = repeats
    spoils = (swallow, flip, lambda data: data[: len(data) // 2])

    def weather(data: bytes) -> bytes:
        if len(data) < 8 or dice.random() > share:
            return data
        return dice.choice(spoils)(data)

    line.spoil_answer = line.spoil_command = weather
    line.run(4_000)
    line.spoil_answer = line.spoil_command = lambda data: data
    before = len(line.of(CardSeen))
    line.run(300)
    reader.queue(A_CARD)
    assert line.run(5_000, lambda: len(line.of(CardSeen)) > before) <= BACK_WITHIN_MS


def has_more_cards(line: VirtualLine, seen: int) -> bool:
    """Whether more cards than these were told."""
    return len(line.of(CardSeen)) > seen


def an_order(line: VirtualLine) -> Order:
    """Output 0 on for a second."""
    return Order(
        number=1,
        code=Code.OUT,
        data=output_data(Switch(0, OutputControl.ON_FOR, 1_000)),
        not_after=line.now.plus_ms(1_000),
    )
