"""The program's own log: one JSON line per happening on standard output, for the technician.

Not the journal: nothing depends on it, and nothing that must stay secret may stand in it.
"""

import logging
from collections.abc import Mapping
from typing import Final

import structlog
from structlog.typing import EventDict, WrappedLogger

from access_core.clock import Clock

_LEVELS: Final[Mapping[str, int]] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
_NEVER_LOGGED: Final = frozenset({"payload", "code", "key", "signature", "reveal"})


def configure_log(level: str, clock: Clock) -> None:
    """Write lines from `level` on."""

    def stamped(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
        line["at"] = clock.now().utc().isoformat(timespec="milliseconds")
        return line

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            stamped,
            redacted,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_ForwardedLog()], level=logging.WARNING, force=True)


class _ForwardedLog(logging.Handler):
    """Lines of libraries, which use the standard library's logging, among our own."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line of a library."""
        structlog.get_logger(record.name).log(record.levelno, record.getMessage())


def redacted(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """`line` without the values of keys that must never be logged."""
    for name in _NEVER_LOGGED & line.keys():
        line[name] = "(not logged)"
    return line
