"""The input device of a keyboard: opened, taken for this process alone, read by the asyncio loop.

Without the grab every code scanned would also be typed into whatever has the keyboard's focus: a
login prompt, for instance. So a device that cannot be grabbed is not read. The grab ends with the
descriptor, also if this process is killed.
"""

import errno
import fcntl
import os
import stat
from typing import Final

from access_core.errors import DeviceUnavailable
from device_drivers.keyboard_wedge.codec import EVENT
from device_drivers.transports.readiness import is_readable, until_readable

EVIOCGRAB: Final = 0x40044590
"""`_IOW('E', 0x90, int)` of linux/input.h, on every architecture Debian calls amd64, arm64, armhf
or riscv64."""
READ_BYTES: Final = 64 * EVENT.size
"""The kernel gives whole events only, at most so many at once."""

_CURES: Final = {
    errno.ENOENT: "no such device; check the cable and compare with /dev/input/by-id",
    errno.ENODEV: "the device has gone; check the cable",
    errno.EACCES: "not permitted; add this service's account to the group `input`",
    errno.EPERM: "not permitted; add this service's account to the group `input`",
    errno.EBUSY: "another program has taken the keyboard for itself; end it",
    errno.ENOTTY: "this is not an input device; check `device`, it ends with -event-kbd",
    errno.EINVAL: "this is not an input device; check `device`, it ends with -event-kbd",
}


def what_to_check(error: OSError) -> str:
    """What a technician should look at when opening or reading failed with `error`."""
    cure = _CURES.get(error.errno) if error.errno is not None else None
    return cure or f"the device cannot be read ({error}); check `device`"


class InputNode:
    """An open input device, grabbed. One reader; implements `transports.line.ByteSource`.

    A FIFO may stand in for it: events recorded elsewhere, which nobody else can read either.
    """

    def __init__(self, path: str) -> None:
        """Open and grab the device at `path`.

        Raises:
            DeviceUnavailable: It is not there, or not for this process alone; the message says
                what to check.
        """
        self._path = path
        self._descriptor = -1
        try:
            self._descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            if not stat.S_ISFIFO(os.fstat(self._descriptor).st_mode):
                fcntl.ioctl(self._descriptor, EVIOCGRAB, 1)
        except OSError as error:
            self.close()
            raise self._gone(error) from error

    async def read(self) -> bytes:
        """The events that have arrived, at least a part of one.

        Raises:
            DeviceUnavailable: The device has gone.
        """
        while True:
            await until_readable(self._descriptor)
            try:
                data = os.read(self._descriptor, READ_BYTES)
            except BlockingIOError:
                continue
            except OSError as error:
                raise self._gone(error) from error
            if not data:
                raise self._gone(OSError(errno.ENODEV, "gone"))
            return data

    def has_bytes_waiting(self) -> bool:
        """True if `read()` would return at once."""
        return is_readable(self._descriptor)

    def close(self) -> None:
        """Give the device back; may be called twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def in_words(self) -> str:
        """The device's path, which is also its name."""
        return self._path

    def _gone(self, error: OSError) -> DeviceUnavailable:
        return DeviceUnavailable(f"{self._path}: {what_to_check(error)}")
