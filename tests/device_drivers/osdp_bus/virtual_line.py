"""A panel and simulated peripherals on a line whose time is only a number."""

import random
from collections.abc import Callable
from typing import Final

from access_core.clock import Instant
from device_drivers.osdp_bus.panel import BITS_PER_BYTE, Panel, Step
from device_drivers.osdp_bus.peripheral import Peripheral
from device_drivers.osdp_bus.reports import Report
from simulators.osdp_peripheral import OsdpPeripheral

START: Final = Instant(mono_ns=10**12, wall_ms=10**12)
KEY: Final = bytes(range(16))
OTHER_KEY: Final = bytes(range(16, 32))
BAUD: Final = 115_200
ANSWERS_AFTER_MS: Final = 2


class VirtualLine:
    """One line; `spoil` functions may change or swallow what goes over it."""

    def __init__(self, *peripherals: OsdpPeripheral, seed: int = 1) -> None:
        """Open, with a panel that knows the addresses of `peripherals` and no key yet."""
        self.now = START
        self.peripherals = peripherals
        self.panel = Panel(BAUD, random.Random(seed).randbytes)
        self.reports: list[tuple[int, Report]] = []
        self.sent: list[bytes] = []
        self.spoil_answer: Callable[[bytes], bytes] = lambda data: data
        self.spoil_command: Callable[[bytes], bytes] = lambda data: data
        self.answers_after_ms = ANSWERS_AFTER_MS
        self._coming: list[tuple[Instant, bytes]] = []
        for peripheral in peripherals:
            self.panel.add(peripheral.address)
        self.take(self.panel.opened(self.now))

    def known(self, address: int) -> Peripheral:
        """The peripheral as the panel sees it."""
        return self.panel.peripherals[address]

    def give_keys(self, key: bytes = KEY) -> None:
        """The same key for all."""
        for peripheral in self.panel.peripherals.values():
            peripheral.set_key(key, self.now)

    def take(self, step: Step) -> None:
        """Let what the panel sends reach the peripherals, and their answers come back later."""
        self.reports += [(peripheral.address, report) for peripheral, report in step.reports]
        if not step.send:
            return
        self.sent.append(step.send)
        for peripheral in self.peripherals:
            peripheral.quiet()
            command = self.spoil_command(step.send)
            answer = self.spoil_answer(peripheral.heard(command, self.now.mono_ns / 1e9))
            if answer:
                wire_ms = -(-(len(step.send) + len(answer)) * BITS_PER_BYTE * 1000 // BAUD)
                at = self.now.plus_ms(wire_ms + self.answers_after_ms)
                self._coming.append((at, answer))

    def run(self, for_ms: int, until: Callable[[], bool] = lambda: False) -> int:
        """Let time pass, no longer than until `until()`; gives how much has, ms."""
        begun, end = self.now, self.now.plus_ms(for_ms)
        while not until():
            deadline = self.panel.next_deadline()
            arrival = min((at for at, _ in self._coming), default=None)
            upcoming = [time for time in (deadline, arrival) if time is not None]
            if not upcoming or min(upcoming) > end:
                self.now = end
                break
            self.now = max(self.now, min(upcoming))
            if arrival is not None and arrival <= self.now:
                data = b"".join(data for at, data in self._coming if at <= self.now)
                self._coming = [(at, data) for at, data in self._coming if at > self.now]
                self.take(self.panel.received(data, self.now))
            else:
                self.take(self.panel.woken(self.now))
        return round(self.now.ms_since(begun))

    def of(self, *kinds: type[Report]) -> list[Report]:
        """The reports of these kinds so far."""
        return [report for _, report in self.reports if isinstance(report, kinds)]


def once(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """A `spoil` function for the next frame only."""
    left = [change]

    def spoil(data: bytes) -> bytes:
        return left.pop()(data) if data and left else data

    return spoil


def swallow(_data: bytes) -> bytes:
    """Nothing arrives."""
    return b""


def flip(data: bytes) -> bytes:
    """One bit is wrong."""
    return data[:6] + bytes([data[6] ^ 0x10]) + data[7:]


def online(*addresses: int, key: bytes = KEY) -> tuple[VirtualLine, list[OsdpPeripheral]]:
    """A line on which everything is there and in session."""
    peripherals = [OsdpPeripheral(address, key, seed=address + 1) for address in addresses]
    line = VirtualLine(*peripherals)
    line.give_keys(key)
    line.run(2_000, lambda: all(one.is_online for one in line.panel.peripherals.values()))
    return line, peripherals
