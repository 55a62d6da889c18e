"""Words for what happened."""

from typing import Final

from access_core.devices.events import Direction
from access_core.model.access_event import AccessEventKind
from access_core.policy.reason_texts import TEXTS
from access_core.policy.reasons import ReasonCode
from central_server.kit.i18n import Language, Text, text

_K = AccessEventKind
KIND_TEXTS: Final[dict[AccessEventKind, Text]] = {
    _K.ACCESS_GRANTED: text("Access granted"),
    _K.ACCESS_DENIED: text("Access denied"),
    _K.ACCESS_TAKEN: text("Went through"),
    _K.ACCESS_NOT_TAKEN: text("Did not go through"),
    _K.ACCESS_REVERSED: text("Stepped back"),
    _K.ACCESS_OUTCOME_UNKNOWN: text("Passage unknown (edge restarted)"),
    _K.RELEASE_FAILED: text("The door did not release"),
    _K.DOOR_FORCED: text("Door forced"),
    _K.FREE_PASSAGE: text("Went through while free"),
    _K.FIRE_ACTIVATED: text("Fire: gate freed"),
    _K.FIRE_CLEARED: text("Fire contact back; still free"),
    _K.FIRE_RESET: text("Reset after fire; locked"),
    _K.DOOR_ALARM: text("Door alarm"),
    _K.DEVICE_LOST: text("Device lost"),
    _K.DEVICE_READY: text("Device ready"),
    _K.EDGE_STARTED: text("Edge started"),
    _K.EDGE_STOPPED: text("Edge stopped"),
    _K.SNAPSHOT_REFUSED: text("Edge refused new rules"),
    _K.DOOR_HELD_OPEN: text("Door held open"),
    _K.DOOR_CLOSED_AGAIN: text("Door closed again"),
    _K.WRONG_DIRECTION: text("Went the wrong way"),
    _K.TAILGATING: text("Tailgating"),
    _K.EXIT_REQUESTED: text("Exit button"),
    _K.TAMPER_ACTIVATED: text("Housing opened"),
    _K.TAMPER_CLEARED: text("Housing closed again"),
    _K.OUT_OF_ORDER: text("Lane out of order"),
    _K.BACK_IN_ORDER: text("Lane in order again"),
    _K.DEVICE_UNTRUSTED: text("Device kept out: not trusted"),
    _K.OUTPUT_TESTED: text("Output tested by a technician"),
}
"""What the log calls each kind."""

DIRECTION_TEXTS: Final[dict[Direction, Text]] = {
    Direction.ENTRY: text("in"),
    Direction.EXIT: text("out"),
}
BAD_KINDS: Final = frozenset(
    {
        _K.ACCESS_DENIED,
        _K.RELEASE_FAILED,
        _K.DOOR_FORCED,
        _K.FIRE_ACTIVATED,
        _K.DOOR_ALARM,
        _K.DEVICE_LOST,
        _K.SNAPSHOT_REFUSED,
        _K.DOOR_HELD_OPEN,
        _K.WRONG_DIRECTION,
        _K.TAILGATING,
        _K.TAMPER_ACTIVATED,
        _K.OUT_OF_ORDER,
        _K.DEVICE_UNTRUSTED,
    }
)
GOOD_KINDS: Final = frozenset({_K.ACCESS_GRANTED, _K.ACCESS_TAKEN, _K.DEVICE_READY})


def state_of(kind: AccessEventKind) -> str:
    """The sign beside a kind: `good`, `bad` or `idle`; always with words."""
    if kind in BAD_KINDS:
        return "bad"
    return "good" if kind in GOOD_KINDS else "idle"


def reason_words(reason: ReasonCode, language: Language) -> str:
    """What a guard is told about a reason."""
    words = TEXTS[reason]
    return words.guard_zh if language is Language.ZH else words.guard_en
