"""One device as its page shows it: every value ready to be written, nothing left to work out."""

import base64
from dataclasses import dataclass

import msgspec

from access_core.clock import Instant
from access_core.devices.health import DeviceHealth, DeviceState, InputState
from access_core.devices.ports import CameraView, Driver, ViewedDevice, WiredDevice
from edge_agent.checks import STATE_WORDS, Words
from edge_agent.console.reads import Read

_SIGNS = {
    DeviceState.READY: "✓",
    DeviceState.STARTING: "…",
    DeviceState.DEGRADED: "!",
    DeviceState.OFFLINE: "✕",
}
"""A state is never told by its colour alone."""
_MINUTE_S = 60
_HOUR_S = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLine:
    """A device in a list."""

    name: str
    state: DeviceState
    sign: str
    words: Words
    reason: str
    last_good: Words
    connections: int
    counters: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InputLine:
    """One input of a device."""

    name: str
    sign: str
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLine:
    """One read of a reader."""

    ago: Words
    looks_like: Words
    masked: str
    length: int
    notes: tuple[Words, ...]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A picture and what the decoder saw in it, for the page's script."""

    picture: str
    """JPEG as a data address."""
    width: int
    height: int
    age_ms: int
    codes: list["SeenCode"]


class SeenCode(msgspec.Struct, frozen=True, kw_only=True):
    """One code: the points of its outline as SVG has them, and what became of it."""

    points: str
    outcome: str


def device_line(health: DeviceHealth, now: Instant) -> DeviceLine:
    """A device in words."""
    return DeviceLine(
        name=health.device,
        state=health.state,
        sign=_SIGNS[health.state],
        words=STATE_WORDS[health.state],
        reason=health.reason,
        last_good=ago(health.last_good, now),
        connections=health.epoch,
        counters=tuple((name.replace("_", " "), n) for name, n in sorted(health.counters.items())),
    )


def ago(moment: Instant | None, now: Instant) -> Words:
    """How long ago, in words; `never` for None."""
    if moment is None:
        return Words("从未", "never")
    seconds = now.ms_since(moment) / 1000
    if seconds < _MINUTE_S:
        return Words(f"{seconds:.1f} 秒前", f"{seconds:.1f} s ago")
    if seconds < _HOUR_S:
        return Words(f"{seconds / _MINUTE_S:.0f} 分钟前", f"{seconds / _MINUTE_S:.0f} min ago")
    return Words(f"{seconds / _HOUR_S:.1f} 小时前", f"{seconds / _HOUR_S:.1f} h ago")


def input_lines(driver: Driver) -> tuple[InputLine, ...]:
    """Every input of a wired device as last read; empty for any other."""
    return tuple(map(_input_line, driver.inputs())) if isinstance(driver, WiredDevice) else ()


def outputs(driver: Driver) -> tuple[str, ...]:
    """The outputs that may be tried."""
    return driver.outputs() if isinstance(driver, WiredDevice) else ()


def read_line(read: Read, now: Instant) -> ReadLine:
    """A read in words."""
    notes: list[Words] = []
    if read.is_test:
        notes.append(Words("测试：未交给闸机", "test: kept from the gate"))
    if not read.is_fresh:
        notes.append(Words("可能是断线前的旧读数", "may be from before a reconnect"))
    return ReadLine(
        ago=ago(read.at, now),
        looks_like=read.looks_like,
        masked=read.masked,
        length=read.length,
        notes=tuple(notes),
    )


def has_picture(driver: Driver) -> bool:
    """Whether there is something to look at."""
    return isinstance(driver, ViewedDevice)


def picture_of(driver: Driver) -> CameraView | None:
    """The newest picture; None if there is none, or the device has none to show."""
    return driver.view() if isinstance(driver, ViewedDevice) else None


def seen(view: CameraView, now: Instant) -> Seen:
    """A picture with the outlines of its codes."""
    return Seen(
        picture="data:image/jpeg;base64," + base64.b64encode(view.jpeg).decode("ascii"),
        width=view.width,
        height=view.height,
        age_ms=int(now.ms_since(view.at)),
        codes=[
            SeenCode(points=" ".join(f"{x},{y}" for x, y in code.corners), outcome=code.outcome)
            for code in view.codes
        ],
    )


def _input_line(state: InputState) -> InputLine:
    match state.is_active:
        case None:
            return InputLine(name=state.name, sign="?", words=Words("未读到", "not read yet"))
        case True:
            return InputLine(name=state.name, sign="●", words=Words("有信号", "active"))
        case False:
            return InputLine(name=state.name, sign="○", words=Words("无信号", "not active"))
