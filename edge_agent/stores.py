"""The open files of an edge: journal and rules, each made anew when damaged, never repaired."""

import fcntl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, TypeVar

from access_core.clock import Clock
from access_core.errors import DeviceUnavailable, MalformedMessage, StoreDamaged
from edge_agent.cache import RuleCache, StoredRules, open_cache
from edge_agent.gate.facts import SiteFacts, index_rules
from edge_agent.journal import Journal, open_journal, set_aside

LOCK_FILE: Final = "lock"
JOURNAL_FILE: Final = "journal.db"
CACHE_FILE: Final = "rules.db"


class _Closable(Protocol):
    async def close(self) -> None: ...


_Store = TypeVar("_Store", bound=_Closable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Journal and rules."""

    journal: Journal
    cache: RuleCache
    losses: tuple[str, ...]
    """What had to be set aside when the files were opened, in words; mostly nothing."""


@asynccontextmanager
async def open_stores(state_dir: Path, clock: Clock) -> AsyncIterator[Stores]:
    """Both files, closed at the end. A damaged one is kept under a new name and made anew.

    Raises DeviceUnavailable if the folder cannot be used, or another agent is using it.
    """
    losses: list[str] = []
    async with AsyncExitStack() as stack:
        stack.enter_context(_alone_in(state_dir))
        journal = await _opened(open_journal, state_dir / JOURNAL_FILE, clock, losses)
        stack.push_async_callback(journal.close)
        cache = await _opened(open_cache, state_dir / CACHE_FILE, clock, losses)
        stack.push_async_callback(cache.close)
        yield Stores(journal=journal, cache=cache, losses=tuple(losses))


@contextmanager
def _alone_in(state_dir: Path) -> Iterator[None]:
    """Hold the folder's lock; the kernel gives it back however this process ends."""
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (state_dir / LOCK_FILE).open("w")
    except OSError as error:
        raise DeviceUnavailable(
            f"{state_dir}: {error}; check that it is mounted, writable and not full"
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DeviceUnavailable(
                f"{state_dir}: another edge agent is using this folder; one gate, one agent"
            ) from error
        yield


@asynccontextmanager
async def open_existing(
    opener: Callable[[Path], Awaitable[_Store]], path: Path
) -> AsyncIterator[_Store]:
    """One file for looking into, closed at the end; never made, never set aside.

    Raises FileNotFoundError or StoreDamaged.
    """
    if not path.is_file():  # noqa: ASYNC240 - one look, for a person at a terminal
        raise FileNotFoundError(
            f"{path}: there is no such file; has `edge-agent run` been started?"
        )
    store = await opener(path)
    try:
        yield store
    finally:
        await store.close()


def facts_of(stored: StoredRules | None) -> SiteFacts | None:
    """Stored rules made ready for decisions; None without rules or with contradicting ones."""
    if stored is None:
        return None
    try:
        return index_rules(
            stored.rules,
            revision=stored.revision,
            issued_ms=stored.issued_ms,
            expires_ms=stored.expires_ms,
        )
    except MalformedMessage:
        # They were checked before they were stored; a newer program may ask for more.
        return None


async def _opened(
    opener: Callable[[Path], Awaitable[_Store]], path: Path, clock: Clock, losses: list[str]
) -> _Store:
    try:
        return await opener(path)
    except StoreDamaged as error:
        kept = set_aside(path, clock.now().wall_ms)
        losses.append(f"{error}; kept as {kept.name}, begun anew")
        return await opener(path)
