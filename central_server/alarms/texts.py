"""Words for alarms, and what security does first."""

from typing import Final

from central_server.alarms.rules import AlarmKind, AlarmState
from central_server.kit.i18n import Text, text

_K = AlarmKind
KIND_TEXTS: Final[dict[AlarmKind, Text]] = {
    _K.DOOR_FORCED: text("Door forced"),
    _K.DOOR_HELD_OPEN: text("Door held open"),
    _K.WRONG_DIRECTION: text("Went the wrong way"),
    _K.TAILGATING: text("Tailgating"),
    _K.TAMPER: text("Housing opened"),
    _K.DEVICE_UNTRUSTED: text("Device kept out: not trusted"),
    _K.DOOR_ALARM: text("Door alarm"),
    _K.JOURNAL_CONFLICT: text("A gate's journal contradicts itself"),
    _K.ENROL_CODE_REUSED: text("Enrolment code used again"),
}
ADVICE: Final[dict[AlarmKind, Text]] = {
    _K.DOOR_FORCED: text("Look at the lane; find out who went through without a grant."),
    _K.DOOR_HELD_OPEN: text("Look at the lane; let the door close and see that it locks."),
    _K.WRONG_DIRECTION: text("Look at the lane; somebody went against the direction released."),
    _K.TAILGATING: text("Look at the lane; a second person went through on one grant."),
    _K.TAMPER: text("Go to the device; see whether somebody works on it who may."),
    _K.DEVICE_UNTRUSTED: text("Go to the reader; see whether it, or its cable, was exchanged."),
    _K.DOOR_ALARM: text("Look at the lane; the door itself reports something."),
    _K.JOURNAL_CONFLICT: text("Tell the technician: an old disk was put back, or somebody forges."),
    _K.ENROL_CODE_REUSED: text("Find out who else had the code; if unsure, enrol the edge anew."),
}
STATE_TEXTS: Final[dict[AlarmState, Text]] = {
    AlarmState.OPEN: text("Nobody has acknowledged it"),
    AlarmState.ACKNOWLEDGED: text("Acknowledged"),
    AlarmState.CLEARED: text("Cleared"),
}
SIGNS: Final[dict[AlarmState, str]] = {
    AlarmState.OPEN: "bad",
    AlarmState.ACKNOWLEDGED: "idle",
    AlarmState.CLEARED: "good",
}
"""The sign beside a state; always with words."""
