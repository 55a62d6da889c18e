"""What ends is begun again."""

import asyncio

import pytest
from structlog.testing import capture_logs

from device_drivers.system_clock import SystemClock
from edge_agent.supervisor import Supervisor


async def test_a_task_that_fails_or_ends_is_begun_again() -> None:
    """Both are said; the third beginning runs on and the others are not disturbed."""
    supervisor = Supervisor(clock=SystemClock(), pause_s=0.001)
    begun, third = 0, asyncio.Event()

    async def work() -> None:
        nonlocal begun
        begun += 1
        if begun == 1:
            raise RuntimeError("first")
        if begun == 3:
            third.set()
            await asyncio.Event().wait()

    with capture_logs() as lines:
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            task = group.create_task(supervisor.keep("door", work))
            await third.wait()
            task.cancel()
    assert [line["event"] for line in lines] == ["task failed", "task ended by itself"]
    assert {line["task"] for line in lines} == {"door"}
    assert supervisor.failing(within_s=60) == ["door"]
    assert supervisor.failing(within_s=0) == []


async def test_the_end_of_the_program_is_not_a_failure() -> None:
    """Cancelling goes through."""
    supervisor = Supervisor(clock=SystemClock())
    task = asyncio.ensure_future(supervisor.keep("x", asyncio.Event().wait))  # type: ignore[arg-type] # noqa: TID251 - cancelled below
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
