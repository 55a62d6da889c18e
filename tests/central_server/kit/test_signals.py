"""Wake-ups within the process."""

import asyncio

from central_server.kit.signals import Signals, wait_for_signal


async def test_everyone_who_watches_wakes_and_can_wait_again() -> None:
    """A signal wakes all watchers of its topic, once each."""
    signals = Signals()
    with signals.watch("a") as first, signals.watch("a") as second, signals.watch("b") as other:
        signals.send("a")
        await wait_for_signal(first, 60)
        assert not first.is_set()
        assert second.is_set()
        assert not other.is_set()


async def test_waiting_ends_at_its_limit() -> None:
    """Without a signal the wait ends by itself."""
    with Signals().watch("a") as event:
        await wait_for_signal(event, 0)
        assert not event.is_set()


async def test_a_signal_between_looking_and_waiting_is_not_missed() -> None:
    """Watch, look, signal, wait: the wait returns at once."""
    signals = Signals()
    with signals.watch("a") as event:
        signals.send("a")
        async with asyncio.timeout(5):
            await wait_for_signal(event, 60)
    signals.send("a")


async def test_at_the_end_nobody_waits_any_more() -> None:
    """Whoever waits wakes, whatever they wait for, and is told that it is over."""
    signals = Signals()
    with signals.watch("a") as first, signals.watch("b") as second:
        signals.end()
        async with asyncio.timeout(5):
            await wait_for_signal(first, 60)
            await wait_for_signal(second, 60)
        assert signals.is_over
        assert signals.is_watched("a")
    assert not signals.is_watched("a")
