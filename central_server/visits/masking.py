"""Personal data as it is shown unless somebody asks, with a reason, to see more. Pure."""

from typing import Final

_HEAD: Final = 3
_TAIL: Final = 4
_SHORTEST_SPLIT: Final = _HEAD + _TAIL
_STARS: Final = "****"


def masked_phone(phone: str) -> str:
    """Three digits and four: `138****5678`; of a short number the last four only."""
    if len(phone) <= _SHORTEST_SPLIT:
        return f"{_STARS}{phone[-_TAIL:]}" if phone else ""
    return f"{phone[:_HEAD]}{_STARS}{phone[-_TAIL:]}"


def masked_email(email: str) -> str:
    """The first character and the domain: `l***@example.org`."""
    name, at, domain = email.partition("@")
    return f"{name[:1]}***{at}{domain}" if email else ""


def masked_plate(plate: str) -> str:
    """All but the last three: `京A12***`."""
    return f"{plate[:-3]}***" if plate else ""
