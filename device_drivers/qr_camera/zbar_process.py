"""The zbar decoder behind a time limit, where Debian's libzbar0 is installed."""

import ctypes.util
import logging
import os
import select
import subprocess
import sys
from functools import cache
from types import TracebackType
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from access_core.clock import Clock, Instant

Grey: TypeAlias = NDArray[np.uint8]

ANSWER_MS = 40
"""Longest wait for an answer. A 640 by 360 picture takes 6 ms (measured 2026-11)."""

START_AGAIN_MS = 10_000
"""After the process was ended for being too slow it is left ended for so long."""

READY = b"R"
"""As in `zbar_child`, which is not imported here: importing it loads libzbar0."""

_log = logging.getLogger(__name__)


@cache
def is_installed() -> bool:
    """True if libzbar0 can be loaded; says once in the log if it cannot."""
    if ctypes.util.find_library("zbar") is not None:
        return True
    _log.warning("libzbar0 is not installed: the decoder chain works without its zbar step")
    return False


class ZbarProcess:
    """Reads pictures in a child process that is ended when it takes too long.

    Not for two threads at once. Close it, or use it as a context manager.
    """

    def __init__(self, clock: Clock, *, answer_ms: int = ANSWER_MS) -> None:
        """The process is started by the first picture."""
        self._clock = clock
        self._answer_ms = answer_ms
        self._child: subprocess.Popen[bytes] | None = None
        self._is_ready = False
        self._not_before: Instant | None = None

    def __enter__(self) -> Self:
        """Use until the block ends."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process."""
        self.close()

    def read(self, picture: Grey) -> list[bytes]:
        """Payloads in `picture`; empty without libzbar0, while starting, and when too slow."""
        if not is_installed() or not self._has_started():
            return []
        rows, columns = picture.shape
        request = rows.to_bytes(2) + columns.to_bytes(2) + np.ascontiguousarray(picture).tobytes()
        deadline = self._clock.now().plus_ms(self._answer_ms)
        try:
            self._send(request, deadline)
            count = self._take(1, deadline)[0]
            return [
                self._take(int.from_bytes(self._take(2, deadline)), deadline) for _ in range(count)
            ]
        except (TimeoutError, BrokenPipeError, EOFError):
            self.close()
            self._not_before = deadline.plus_ms(START_AGAIN_MS)
            return []

    def wait_until_ready(self, timeout_ms: int) -> bool:
        """Start the process and wait for it; for still images, where the first picture counts."""
        if not is_installed():
            return False
        if not self._has_started() and self._child is not None and self._child.stdout is not None:
            select.select([self._child.stdout], [], [], timeout_ms / 1000)
        return self._has_started()

    def close(self) -> None:
        """End the process; may be called twice."""
        if self._child is None:
            return
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                pipe.close()
        self._child = None
        self._is_ready = False

    def _has_started(self) -> bool:
        if self._child is None:
            now = self._clock.now()
            if self._not_before is None or now.mono_ns >= self._not_before.mono_ns:
                self._start()
            return False
        if not self._is_ready and self._child.stdout is not None:
            readable, _, _ = select.select([self._child.stdout], [], [], 0)
            if readable:
                self._is_ready = os.read(self._child.stdout.fileno(), 1) == READY
                if not self._is_ready:
                    self.close()
                    self._not_before = self._clock.now().plus_ms(START_AGAIN_MS)
        return self._is_ready

    def _start(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "device_drivers.qr_camera.zbar_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        if self._child.stdin is not None:
            os.set_blocking(self._child.stdin.fileno(), False)

    def _send(self, request: bytes, deadline: Instant) -> None:
        pipe = self._child.stdin if self._child else None
        rest = memoryview(request)
        while rest:
            if pipe is None:
                raise EOFError
            _, writable, _ = select.select([], [pipe], [], self._left_s(deadline))
            if not writable:
                raise TimeoutError
            rest = rest[os.write(pipe.fileno(), rest) :]

    def _take(self, count: int, deadline: Instant) -> bytes:
        pipe = self._child.stdout if self._child else None
        taken = b""
        while len(taken) < count:
            if pipe is None:
                raise EOFError
            readable, _, _ = select.select([pipe], [], [], self._left_s(deadline))
            if not readable:
                raise TimeoutError
            part = os.read(pipe.fileno(), count - len(taken))
            if not part:
                raise EOFError
            taken += part
        return taken

    def _left_s(self, deadline: Instant) -> float:
        return max(0.0, deadline.ms_since(self._clock.now()) / 1000)
