"""The program's own log: one JSON line per happening, never with a secret or a person in it."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final, TextIO

import structlog

_REDACTED: Final = "[redacted]"
_SECRET: Final = (
    "password", "secret", "token", "code", "cookie", "authorization", "signature", "seed", "link",
)  # fmt: skip
_PERSONAL: Final = ("full_name", "person", "phone", "email", "contact", "plate", "document")
_HARMLESS: Final = frozenset({"status_code", "error_code"})


def redact(
    _logger: object, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A line without what must not be kept: values whose key speaks of a secret or a person."""
    return {key: _clean(key, value) for key, value in line.items()}


def _clean(key: str, value: object) -> object:
    lowered = key.lower()
    if lowered not in _HARMLESS and any(word in lowered for word in (*_SECRET, *_PERSONAL)):
        return _REDACTED
    if isinstance(value, dict):
        return {str(inner): _clean(str(inner), item) for inner, item in value.items()}
    return value


def configure_log(stream: TextIO | None = None) -> None:
    """Write JSON lines to `stream`, standard error if none; call before the first line."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
