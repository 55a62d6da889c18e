"""Words for what rules and forms say: the name of each purpose, what is wrong with a field."""

from typing import Final

from central_server.kit.i18n import Text, text
from central_server.visits.rules import FieldFlaw, Flaw, Purpose, VisitState

PURPOSES: Final[dict[Purpose, Text]] = {
    Purpose.MEETING: text("Meeting or visit to a person"),
    Purpose.EVENT: text("Event, lecture or exhibition"),
    Purpose.FAMILY: text("Visit to a family member"),
    Purpose.INTERVIEW: text("Interview or examination"),
    Purpose.DELIVERY: text("Delivery"),
    Purpose.WORKS: text("Works, repair or service"),
    Purpose.OTHER: text("Something else"),
}

STATES: Final[dict[VisitState, Text]] = {
    VisitState.WAITING: text("Waiting for an answer"),
    VisitState.APPROVED: text("Approved"),
    VisitState.DECLINED: text("Declined"),
    VisitState.CANCELLED: text("Cancelled by the visitor"),
    VisitState.WITHDRAWN: text("Approval withdrawn"),
    VisitState.LAPSED: text("Nobody answered in time"),
    VisitState.OVER: text("Over"),
}

_MISSING: Final[dict[str, Text]] = {
    "purpose": text("Choose why you come."),
    "host_name": text("Write the full name of the person you visit."),
    "gate": text("Choose the gate where you come in."),
    "day": text("Choose the day of your visit."),
    "from": text("Choose when you arrive."),
    "until": text("Choose when you leave."),
    "name": text("Write your full name."),
    "key": text("The page was out of date. Please press “Send” again."),
}
_FLAWS: Final[dict[Flaw, str]] = {
    Flaw.TOO_LONG: text("At most %(limit)s characters, please.", limit=0).message,
    Flaw.NOT_TEXT: text("Write words here, please.").message,
    Flaw.NO_CONTACT: text("Give a phone number or an e-mail address, one is enough.").message,
    Flaw.BAD_PHONE: text("Write 7 to 15 digits, with + and country code if abroad.").message,
    Flaw.BAD_EMAIL: text("Write the address like name@example.org.").message,
    Flaw.BAD_CHOICE: text("Choose one of the list, please.").message,
    Flaw.BAD_DAY: text("Write the day as year-month-day, for instance 2027-03-09.").message,
    Flaw.BAD_TIME: text("Write the time as hours:minutes, for instance 14:30.").message,
    Flaw.BAD_NUMBER: text("Write a number, 0 if nobody comes along.").message,
    Flaw.BAD_PLATE: text("Write the number plate, 4 to 10 letters and digits.").message,
    Flaw.DAY_PAST: text("This day is past. Choose today or later.").message,
    Flaw.DAY_TOO_FAR: text("Choose a day within the next %(limit)s days.", limit=0).message,
    Flaw.WINDOW_PAST: text("This time is past. Choose a later one.").message,
    Flaw.TOO_SOON: text("Leave at least %(limit)s minutes from now.", limit=0).message,
    Flaw.TOO_SHORT: text("Stay at least %(limit)s minutes.", limit=0).message,
    Flaw.STAY_TOO_LONG: text(
        "At most %(limit)s hours for this purpose; the end must be after the beginning.", limit=0
    ).message,
    Flaw.CLOSED: text("Visitors may come within %(limit)s.", limit="").message,
    Flaw.TOO_MANY: text("At most %(limit)s may come along on one booking.", limit=0).message,
    Flaw.NO_CONSENT: text("Please read the notice and agree to it.").message,
}


def say_flaw(flaw: FieldFlaw) -> Text:
    """What is wrong with a field and what to write instead."""
    if flaw.flaw is Flaw.MISSING:
        return _MISSING.get(flaw.field, text("Please fill this in."))
    message = _FLAWS[flaw.flaw]
    return Text(message, {"limit": flaw.limit} if "%(limit)" in message else {})
