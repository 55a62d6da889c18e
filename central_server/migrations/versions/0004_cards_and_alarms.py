"""Cards and their import, access levels of holders, alarms that are dealt with.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pass_id", sa.LargeBinary(length=8), nullable=False),
        sa.Column("holder", sa.Integer(), nullable=False),
        sa.Column("card_format", sa.String(length=8), nullable=False),
        sa.Column("ending", sa.String(length=4), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("valid_from_s", sa.BigInteger(), nullable=False),
        sa.Column("valid_until_s", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("issued_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card")),
        sa.UniqueConstraint("pass_id", name=op.f("uq_card_pass_id")),
    )
    op.create_index(op.f("ix_card_holder"), "card", ["holder"], unique=False)
    op.create_table(
        "card_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(length=100), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.Column("moved_ms", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_import")),
    )
    _add_levels()
    _extend_alarms()


def _add_levels() -> None:
    levels = sa.Column("access_levels", sa.JSON(), nullable=False, server_default="[]")
    op.add_column("holder", levels)
    holder = sa.table("holder", sa.column("kind"), sa.column("access_levels", sa.JSON))
    members = sa.update(holder).where(holder.c.kind.in_(("staff", "student")))
    op.execute(members.values(access_levels=["members"]))


def _extend_alarms() -> None:
    op.add_column("alarm", sa.Column("device", sa.String(60), nullable=False, server_default=""))
    op.add_column("alarm", sa.Column("event_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "alarm", sa.Column("last_ms", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.add_column("alarm", sa.Column("count", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("alarm", sa.Column("over_ms", sa.BigInteger(), nullable=True))
    op.add_column("alarm", sa.Column("acknowledged_ms", sa.BigInteger(), nullable=True))
    op.add_column("alarm", sa.Column("acknowledged_by", sa.Integer(), nullable=True))
    op.add_column("alarm", sa.Column("note", sa.String(400), nullable=False, server_default=""))
    op.add_column("alarm", sa.Column("cleared_ms", sa.BigInteger(), nullable=True))
    op.add_column("alarm", sa.Column("cleared_by", sa.Integer(), nullable=True))
    op.create_index("ix_alarm_cleared_ms", "alarm", ["cleared_ms"], unique=False)
    op.execute("UPDATE alarm SET last_ms = at_ms")
