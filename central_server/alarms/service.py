"""Raise alarms, acknowledge and clear them."""

from collections.abc import Iterable
from typing import Final

from central_server.alarms import repository
from central_server.alarms.rules import AlarmChange, AlarmKind, AlarmState, Raised
from central_server.alarms.schemas import Alarm, Handled
from central_server.kit.audit import Action, By, record
from central_server.kit.database import Bulk, Session
from central_server.kit.errors import Conflict, NotFound
from central_server.kit.i18n import text

SHOWN_CLEARED: Final = 50
_SEPARATOR: Final = " / "


def apply_changes(bulk: Bulk, edge_number: int, changes: Iterable[AlarmChange]) -> None:
    """What a batch of events means for alarms, in the transaction that records the batch."""
    for change in changes:
        if not isinstance(change, Raised):
            repository.end(bulk, edge_number, change)
        elif not repository.raise_again(bulk, edge_number, change):
            repository.insert_alarm(bulk, edge_number, change, change.event_id)


def raise_now(bulk: Bulk, kind: AlarmKind, edge_number: int, detail: str, now_ms: int) -> None:
    """Tell security of what is no event of a gate, in a batch's transaction."""
    raised = Raised(
        kind=kind,
        device="",
        event_id=0,
        first_ms=now_ms,
        last_ms=now_ms,
        count=1,
        detail=detail,
    )
    repository.insert_alarm(bulk, edge_number, raised, None)


async def raise_alarm(
    session: Session, kind: AlarmKind, edge_number: int, detail: str, now_ms: int
) -> None:
    """The same in the caller's transaction."""
    await session.run_sync(
        lambda inner: raise_now(inner.connection(), kind, edge_number, detail, now_ms)
    )


async def list_alarms(session: Session) -> tuple[Alarm, ...]:
    """What has to be dealt with, what nobody has acknowledged first."""
    return tuple(await repository.not_cleared(session))


async def list_cleared(session: Session) -> tuple[Alarm, ...]:
    """What was cleared last."""
    return tuple(await repository.cleared(session, SHOWN_CLEARED))


async def get_alarm(session: Session, alarm_id: int) -> Alarm:
    """One alarm; NotFound if there is none."""
    alarm = await repository.get(session, alarm_id)
    if alarm is None:
        raise NotFound
    return alarm


async def acknowledge(session: Session, alarm: Alarm, note: str, by: By) -> None:
    """Somebody takes it on; Conflict if another has."""
    done = Handled(at_ms=by.now_ms, operator_id=by.operator_id)
    if not await repository.acknowledge(session, alarm.alarm_id, done, note):
        raise Conflict(text("Somebody has acknowledged this alarm already."))
    await record(session, by.did(Action.ALARM_ACKNOWLEDGED, _subject(alarm), note))


async def clear(session: Session, alarm: Alarm, note: str, by: By) -> None:
    """It is dealt with; acknowledges it on the way. Conflict if it is cleared already."""
    if alarm.state is AlarmState.OPEN:
        await acknowledge(session, alarm, note, by)
        words = note
    else:
        words = f"{alarm.note}{_SEPARATOR}{note}"[:400]
    done = Handled(at_ms=by.now_ms, operator_id=by.operator_id)
    if not await repository.clear(session, alarm.alarm_id, done, words):
        raise Conflict(text("This alarm is cleared already."))
    await record(session, by.did(Action.ALARM_CLEARED, _subject(alarm), note))


def _subject(alarm: Alarm) -> str:
    return f"alarm:{alarm.alarm_id}"
