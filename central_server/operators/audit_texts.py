"""Words for what operators and edges did."""

from typing import Final

from central_server.kit.audit import Action
from central_server.kit.i18n import Text, text

_A = Action
ACTION_TEXTS: Final[dict[Action, Text]] = {
    _A.SIGNED_IN: text("Signed in"),
    _A.SIGN_IN_REFUSED: text("Sign-in refused"),
    _A.SIGNED_OUT: text("Signed out"),
    _A.PASSWORD_SET: text("Password set"),
    _A.LINK_MADE: text("One-time link made"),
    _A.OPERATOR_ADDED: text("Operator added"),
    _A.OPERATOR_CHANGED: text("Operator changed"),
    _A.GATE_ADDED: text("Gate added"),
    _A.AREA_ADDED: text("Area added"),
    _A.ENROL_CODE_MADE: text("Enrolment code made"),
    _A.EDGE_ENROLLED: text("Edge enrolled"),
    _A.EDGE_REVISION_AHEAD: text("Edge was ahead of the centre"),
    _A.HOLDER_ADDED: text("Person added"),
    _A.HOLDER_BLOCKED: text("Person blocked"),
    _A.HOLDER_UNBLOCKED: text("Person taken off the block list"),
    _A.HOLDER_LEVELS_SET: text("Access levels of a person set"),
    _A.CARD_ISSUED: text("Card issued"),
    _A.CARD_DISABLED: text("Card disabled"),
    _A.CARD_ENABLED: text("Card enabled"),
    _A.CARD_REVOKED: text("Card revoked"),
    _A.CARD_TERM_CHANGED: text("Validity of a card changed"),
    _A.CARDS_IMPORTED: text("Cards imported"),
    _A.ALARM_ACKNOWLEDGED: text("Alarm acknowledged"),
    _A.ALARM_CLEARED: text("Alarm cleared"),
    _A.ACCESS_LEVEL_CHANGED: text("Access level changed"),
    _A.SCHEDULE_CHANGED: text("Schedule changed"),
    _A.PERSON_REVEALED: text("Personal data shown"),
    _A.PERSONS_LISTED: text("People listed"),
    _A.LOG_EXPORTED: text("Access log exported"),
    _A.VISIT_VIEWED: text("Visit looked at"),
    _A.VISIT_DECIDED: text("Visit decided"),
    _A.PASS_ISSUED: text("Pass issued"),
    _A.PASS_REVOKED: text("Pass revoked"),
}
"""What the audit calls each deed."""
