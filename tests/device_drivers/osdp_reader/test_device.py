"""What a reader at its seat has read, and how it tells a person."""

import pytest

from access_core.clock import Instant
from access_core.devices.commands import ShowFeedback, Signal
from access_core.devices.events import CredentialPresented, DeviceEvent, Direction, Medium, Origin
from access_core.ids import DeviceId
from device_drivers.osdp_bus.messages import Abilities, CardBits, Code
from device_drivers.osdp_bus.reports import CardSeen, KeysPressed, OutputsTold
from device_drivers.osdp_reader.device import MANNERS, ReadsOf, ways_to_show
from device_drivers.osdp_reader.settings import OsdpReaderSettings

NOW = Instant(mono_ns=10**9, wall_ms=0)
ALL = Abilities({4: (4, 1), 5: (2, 1), 6: (1, 1)})


def origin(at: Instant) -> Origin:
    """Of a reader."""
    return Origin(device=DeviceId("reader"), epoch=1, sequence=1, at=at)


def reads() -> ReadsOf:
    """Of a reader as it comes."""
    settings = OsdpReaderSettings.model_validate(
        {"line": {"port": "/dev/ttyNone"}, "address": 0, "key_file": "/a.key"}
    )
    return ReadsOf(settings, origin)


def a_card(number: int, at: Instant, *, is_fresh: bool = True) -> CardSeen:
    """Of eight bits."""
    return CardSeen(at, CardBits(bytes([number]), 8), is_fresh)


def payloads(events: list[DeviceEvent]) -> list[bytes]:
    """What was presented."""
    return [event.payload for event in events if isinstance(event, CredentialPresented)]


def test_a_card_held_up_long_is_one_presentation() -> None:
    """Seen again within the time it is the same; another card is not."""
    seen = reads()
    assert payloads(list(seen.told(a_card(1, NOW)))) == [b"BITS8:01"]
    assert not list(seen.told(a_card(1, NOW.plus_ms(1_000))))
    assert payloads(list(seen.told(a_card(2, NOW.plus_ms(1_100))))) == [b"BITS8:02"]
    assert payloads(list(seen.told(a_card(1, NOW.plus_ms(5_000))))) == [b"BITS8:01"]


def test_an_old_read_says_so() -> None:
    """Stale in the report is stale in the event."""
    (event,) = reads().told(a_card(1, NOW, is_fresh=False))
    assert isinstance(event, CredentialPresented)
    assert not event.is_fresh
    assert event.medium is Medium.CARD


def test_keys_are_told_as_an_entry() -> None:
    """By `#`, or by waiting."""
    seen = reads()
    (event,) = seen.told(KeysPressed(NOW, b"42#", is_fresh=True))
    assert isinstance(event, CredentialPresented)
    assert (event.medium, event.payload) == (Medium.KEYPAD, b"KEYS:42")
    list(seen.told(KeysPressed(NOW, b"7", is_fresh=True)))
    assert payloads(list(seen.waited(NOW.plus_ms(3_000)))) == [b"KEYS:7"]


def test_other_reports_are_no_reads() -> None:
    """Outputs, say."""
    assert not list(reads().told(OutputsTold(NOW, (True,))))


def feedback(signal: Signal, show_ms: int = 3_000) -> ShowFeedback:
    """With a text in both languages."""
    return ShowFeedback(
        signal=signal,
        direction=Direction.ENTRY,
        text_zh="请通行",
        text_en="Welcome, please go through",
        show_ms=show_ms,
    )


@pytest.mark.parametrize("signal", list(Signal))
def test_every_signal_has_a_light_and_a_text(signal: Signal) -> None:
    """English, cut to what the display holds."""
    ways = dict(ways_to_show(feedback(signal), ALL))
    assert Code.LED in ways
    assert ways[Code.TEXT][6:] == b"Welcome, please "
    assert (Code.BUZ in ways) is (MANNERS[signal].sound is not None)


def test_signals_differ_without_their_colour() -> None:
    """Each has a rhythm of light and sound of its own."""
    rhythms = {(m.light.on_ms, m.light.off_ms, m.sound) for m in MANNERS.values()}
    assert len(rhythms) == len(Signal)


def test_only_what_a_reader_has_is_used() -> None:
    """A reader without anything is sent nothing."""
    assert not list(ways_to_show(feedback(Signal.GO), Abilities({})))
    only_sound = list(ways_to_show(feedback(Signal.GO), Abilities({5: (1, 1)})))
    assert [code for code, _ in only_sound] == [Code.BUZ]


def test_what_lasts_is_shown_for_good() -> None:
    """Until something else is shown: the permanent light, not the timed one."""
    lasting = dict(ways_to_show(feedback(Signal.STOP, show_ms=0), ALL))[Code.LED]
    timed = dict(ways_to_show(feedback(Signal.STOP), ALL))[Code.LED]
    assert (lasting[2], lasting[9]) == (1, 1)
    assert (timed[2], timed[9]) == (2, 0)
