"""What every request may reach: settings, clock, database, keys, pages, limits."""

from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Request

from access_core.clock import Clock
from central_server.config import Settings
from central_server.kit.audit import By
from central_server.kit.database import Database, Session
from central_server.kit.keys import KeyStore
from central_server.kit.limits import Limiter
from central_server.kit.pages import Pages
from central_server.kit.passwords import PasswordHasher
from central_server.kit.signed_in import SignedIn
from central_server.kit.viewings import Viewings

FindSession: TypeAlias = Callable[[Database, bytes, int], Coroutine[Any, Any, SignedIn | None]]
"""Who a session token belongs to: (database, SHA-256 of the token, now in ms)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """One limiter for each thing that strangers may do."""

    sign_in: Limiter
    booking: Limiter
    enrol: Limiter


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """Made once by `bootstrap.create_app`; at `app.state.centre`."""

    settings: Settings
    clock: Clock
    database: Database
    keys: KeyStore
    pages: Pages
    limits: Limits
    viewings: Viewings
    passwords: PasswordHasher
    find_session: FindSession


def centre_of(request: Request) -> Centre:
    """The centre that serves `request`."""
    centre = request.app.state.centre
    assert isinstance(centre, Centre)  # noqa: S101 - tells the type of an untyped attribute
    return centre


def source_of(request: Request) -> str:
    """The address a request came from, for limits and the audit."""
    return request.client.host if request.client else "unknown"


def by_of(request: Request) -> By:
    """The head of audit entries for what `request` does."""
    operator = getattr(request.state, "operator", None)
    return By(
        now_ms=centre_of(request).clock.now().wall_ms,
        operator_id=operator.operator_id if isinstance(operator, SignedIn) else None,
        source=source_of(request),
    )


# Asynchronous, though they await nothing: FastAPI sends plain functions to a thread and back.
async def _centre(request: Request) -> Centre:
    return centre_of(request)


async def _by(request: Request) -> By:
    return by_of(request)


async def _reading(request: Request) -> AsyncIterator[Session]:
    async with centre_of(request).database.reading() as session:
        yield session


async def _writing(request: Request) -> AsyncIterator[Session]:
    async with centre_of(request).database.writing() as session:
        yield session


# Scope "function": the transaction ends, and a failed commit becomes an error page, before the
# answer leaves.
Reading: TypeAlias = Annotated[Session, Depends(_reading, scope="function")]
"""A route's session that sees one state and writes nothing."""
Writing: TypeAlias = Annotated[Session, Depends(_writing, scope="function")]
"""A route's session that is committed when the route returns."""
CentreOf: TypeAlias = Annotated[Centre, Depends(_centre)]
ByOf: TypeAlias = Annotated[By, Depends(_by)]
"""Who does it, when and from where."""
