"""Whether this machine's clock is kept right by somebody, as the kernel or systemd says."""

import ctypes
import errno
from pathlib import Path
from typing import Final

_TIMESYNCD: Final = Path("/run/systemd/timesync/synchronized")
"""systemd-timesyncd makes this file at the first synchronisation since boot."""
_TIME_ERROR: Final = 5
"""adjtimex(2): the clock is not synchronised."""
_FAILED: Final = -1
_TIMEX_BYTES: Final = 512
"""More than `struct timex` has on any machine; its first field 0 means: only tell."""


def is_clock_synchronised(stamp: Path = _TIMESYNCD) -> bool | None:
    """Whether it is; None where neither may be asked, as inside some containers."""
    if stamp.exists():
        return True
    libc = ctypes.CDLL(None, use_errno=True)
    state = int(libc.adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES)))
    if state == _FAILED and ctypes.get_errno() in {errno.EPERM, errno.ENOSYS}:
        # The unit's ProtectClock bars the question together with the setting.
        return None
    return state not in {_TIME_ERROR, _FAILED}
