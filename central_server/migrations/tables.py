"""Every table of the centre in one place: a table exists for migrations once listed here."""

from typing import Final

from sqlalchemy import MetaData

from central_server.access_levels import repository as access_levels
from central_server.access_log import repository as access_log
from central_server.alarms import repository as alarms
from central_server.card_issuing import repository as card_issuing
from central_server.cards import repository as cards
from central_server.holders import repository as holders
from central_server.kit import audit, feed
from central_server.kit.database import Table
from central_server.operators import repository as operators
from central_server.passes import repository as passes
from central_server.sites import repository as sites
from central_server.visits import repository as visits

TABLE_MODULES: Final = (
    access_levels,
    access_log,
    alarms,
    audit,
    card_issuing,
    cards,
    feed,
    holders,
    operators,
    passes,
    sites,
    visits,
)
"""Imported for their tables."""

METADATA: Final[MetaData] = Table.metadata
