"""Every table of the centre in one place: a table exists for migrations once listed here."""

from typing import Final

from sqlalchemy import MetaData

from central_server.kit import audit, feed
from central_server.kit.database import Table
from central_server.operators import repository as operators

TABLE_MODULES: Final = (audit, feed, operators)
"""Imported for their tables."""

METADATA: Final[MetaData] = Table.metadata
