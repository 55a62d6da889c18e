"""Enrolment codes are kept once they are used, so that a second use is seen.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("enrol_code", sa.Column("used_ms", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("enrol_code", "used_ms")
