"""Every table of the centre in one place: a table exists for migrations once listed here."""

from typing import Final

from sqlalchemy import MetaData

from central_server.kit import audit, feed
from central_server.kit.database import Table
from central_server.operators import repository as operators
from central_server.passes import repository as passes
from central_server.visits import repository as visits

TABLE_MODULES: Final = (audit, feed, operators, passes, visits)
"""Imported for their tables."""

METADATA: Final[MetaData] = Table.metadata
