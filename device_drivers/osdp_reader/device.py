"""A reader at its seat: what it has read, and how it tells a person. No I/O of its own."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from access_core.clock import Instant
from access_core.devices.commands import ShowFeedback, Signal
from access_core.devices.events import CredentialPresented, DeviceEvent, Medium, Origin
from device_drivers.debounce import Debounce
from device_drivers.osdp_bus.messages import (
    Abilities,
    Capability,
    Code,
    Colour,
    Light,
    light_data,
    sound_data,
    text_data,
)
from device_drivers.osdp_bus.reports import CardSeen, KeysPressed, Report
from device_drivers.osdp_reader.codec import KeyCollector, card_text
from device_drivers.osdp_reader.settings import OsdpReaderSettings

LONGEST_SHOW_MS: Final = 60_000
ROWS: Final = {1: 16, 2: 32, 3: 64}
"""Level of the display -> characters it holds (SIA OSDP 2.2, annex B.6)."""


class _Manner(NamedTuple):
    """How a signal shines and sounds: each has a rhythm of its own, never colour alone."""

    light: Light
    sound: tuple[int, int, int] | None
    """On, off, ms, and how often."""


MANNERS: Final = {
    Signal.READY: _Manner(Light(Colour.RED, on_ms=100, off_ms=2_900), None),
    Signal.GO: _Manner(Light(Colour.GREEN, on_ms=1_000, off_ms=0), (300, 100, 1)),
    Signal.STOP: _Manner(Light(Colour.RED, on_ms=200, off_ms=200), (100, 100, 3)),
    Signal.WAIT: _Manner(Light(Colour.AMBER, on_ms=1_000, off_ms=1_000), (100, 100, 1)),
    Signal.EMERGENCY: _Manner(Light(Colour.GREEN, on_ms=500, off_ms=500), None),
}


class ReadsOf:
    """Reports of one reader -> credentials presented."""

    def __init__(self, settings: OsdpReaderSettings, origin: Callable[[Instant], Origin]) -> None:
        """`origin` gives the origin of the next event."""
        self._origin = origin
        self._debounce = Debounce(settings.repeat_after_ms)
        self._keys = KeyCollector(settings.keypad_wait_ms)

    def told(self, report: Report) -> Iterator[DeviceEvent]:
        """Cards and entries that a report brings."""
        match report:
            case CardSeen():
                text = card_text(report.card)
                if text is not None and self._debounce.is_new(text, report.at):
                    yield self._presented(Medium.CARD, text, report.at, is_fresh=report.is_fresh)
            case KeysPressed():
                for text, is_fresh in self._keys.pressed(
                    report.keys, report.at, is_fresh=report.is_fresh
                ):
                    yield self._presented(Medium.KEYPAD, text, report.at, is_fresh=is_fresh)
            case _:
                pass

    def waited(self, now: Instant) -> Iterator[DeviceEvent]:
        """The entry that ends by waiting."""
        for text, is_fresh in self._keys.waited(now):
            yield self._presented(Medium.KEYPAD, text, now, is_fresh=is_fresh)

    def _presented(
        self, medium: Medium, text: bytes, at: Instant, *, is_fresh: bool
    ) -> CredentialPresented:
        return CredentialPresented(
            origin=self._origin(at), medium=medium, payload=text, is_fresh=is_fresh
        )


def ways_to_show(feedback: ShowFeedback, abilities: Abilities) -> Iterator[tuple[Code, bytes]]:
    """The commands by which a reader of these abilities shows `feedback`.

    What is to be shown until something else is, replaces the light for good. Displays of readers
    know no Chinese: they get the English text.
    """
    manner = MANNERS[feedback.signal]
    is_lasting = feedback.signal is Signal.READY or feedback.show_ms == 0
    show_ms = min(feedback.show_ms or LONGEST_SHOW_MS, LONGEST_SHOW_MS)
    if abilities.level(Capability.LIGHTS):
        yield Code.LED, light_data(manner.light, 0 if is_lasting else show_ms)
    if abilities.level(Capability.SOUND) and manner.sound is not None:
        yield Code.BUZ, sound_data(*manner.sound)
    room = ROWS.get(abilities.level(Capability.TEXT), 0)
    if room:
        yield Code.TEXT, text_data(feedback.text_en[:room], -(-show_ms // 1000))
