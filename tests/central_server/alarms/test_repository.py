"""The table of alarms."""

from central_server.alarms import repository
from central_server.alarms.rules import AlarmKind, Over, Raised
from central_server.alarms.schemas import Handled
from central_server.kit.centre import Centre

TAMPER = Raised(
    kind=AlarmKind.TAMPER,
    device="reader",
    event_id=1,
    first_ms=1,
    last_ms=1,
    count=1,
    detail="reader: open",
)


async def test_an_alarm_is_found_again_only_on_its_own_device_and_edge(centre: Centre) -> None:
    """And only until somebody has acknowledged it."""
    async with centre.database.writing() as session:
        bulk = await session.connection()
        await bulk.run_sync(lambda b: repository.insert_alarm(b, 1, TAMPER, 1))
        assert await bulk.run_sync(lambda b: repository.raise_again(b, 1, TAMPER))
        assert not await bulk.run_sync(lambda b: repository.raise_again(b, 2, TAMPER))
        over = Over(kind=AlarmKind.TAMPER, device="other", at_ms=5)
        await bulk.run_sync(lambda b: repository.end(b, 1, over))
        (alarm,) = await repository.not_cleared(session)
        assert (alarm.count, alarm.over_ms) == (2, None)
        done = Handled(at_ms=2, operator_id=1)
        assert not await repository.clear(session, alarm.alarm_id, done, "note")
        assert await repository.acknowledge(session, alarm.alarm_id, done, "note")
        assert not await repository.acknowledge(session, alarm.alarm_id, done, "note")
        assert not await bulk.run_sync(lambda b: repository.raise_again(b, 1, TAMPER))
        assert await repository.clear(session, alarm.alarm_id, done, "note")
        assert [found.cleared for found in await repository.cleared(session, 5)] == [done]
