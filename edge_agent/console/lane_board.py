"""What stands at each access point now, for the screens at the lane."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from access_core.devices.commands import Signal
from access_core.ids import AccessPointId, DeviceId
from edge_agent.gate.commands import ShowAtReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One picture of the display."""

    signal: Signal
    text_zh: str
    text_en: str


STARTING: Final = Shown(
    signal=Signal.WAIT, text_zh="闸机正在启动，请稍候", text_en="The gate is starting. Please wait"
)
"""Until the gate says otherwise."""


class LaneBoard:
    """Hears what the gate shows at its readers. The gate says when an answer is over, too."""

    def __init__(self, readers: Mapping[DeviceId, AccessPointId]) -> None:
        """`readers`: which access point each of them guards."""
        self._readers = readers
        self._shown = dict.fromkeys(readers.values(), STARTING)
        self._changed = asyncio.Event()

    def show(self, command: ShowAtReader) -> None:
        """What the gate tells the people at one reader, or at all."""
        feedback = command.feedback
        shown = Shown(signal=feedback.signal, text_zh=feedback.text_zh, text_en=feedback.text_en)
        for reader, point in self._readers.items():
            if command.reader in {None, reader}:
                self._shown[point] = shown
        # Whoever waits holds the old event; a new one is for those who come later.
        self._changed.set()
        self._changed = asyncio.Event()

    def at(self, point: AccessPointId) -> Shown | None:
        """What stands there; None if this gate has no such access point."""
        return self._shown.get(point)

    def points(self) -> tuple[AccessPointId, ...]:
        """Every access point of the gate, in the order of the settings."""
        return tuple(self._shown)

    def next_change(self) -> asyncio.Event:
        """Set at the next change: take it first, then look, then wait."""
        return self._changed
