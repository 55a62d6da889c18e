"""visits and passes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credential",
        sa.Column("pass_id", sa.LargeBinary(length=8), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("holder_id", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("pass_type", sa.Integer(), nullable=False),
        sa.Column("valid_from_s", sa.BigInteger(), nullable=False),
        sa.Column("valid_until_s", sa.BigInteger(), nullable=False),
        sa.Column("access_levels", sa.JSON(), nullable=False),
        sa.Column("zones", sa.BigInteger(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("short_code", sa.String(length=8), nullable=True),
        sa.Column("claim_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("anchor", sa.LargeBinary(length=16), nullable=True),
        sa.Column("signed", sa.LargeBinary(length=200), nullable=True),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("pass_id", name=op.f("pk_credential")),
        sa.UniqueConstraint("short_code", name=op.f("uq_credential_short_code")),
    )
    with op.batch_alter_table("credential", schema=None) as batch_op:
        batch_op.create_index("ix_credential_holder_id", ["holder_id"], unique=False)
        batch_op.create_index("ix_credential_subject", ["subject"], unique=False)
        batch_op.create_index("ix_credential_valid_until_s", ["valid_until_s"], unique=False)

    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("before_cancel", sa.String(length=12), nullable=True),
        sa.Column("booked_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("starts_s", sa.BigInteger(), nullable=False),
        sa.Column("ends_s", sa.BigInteger(), nullable=False),
        sa.Column("decide_by_s", sa.BigInteger(), nullable=False),
        sa.Column("gate_id", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=24), nullable=False),
        sa.Column("phone_end", sa.String(length=4), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("host_name", sa.String(length=60), nullable=False),
        sa.Column("host_department", sa.String(length=80), nullable=False),
        sa.Column("host_id", sa.Integer(), nullable=True),
        sa.Column("companions", sa.Integer(), nullable=False),
        sa.Column("plate", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("consent_version", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("holder_id", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_visit_link_hash")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index("ix_visit_ends_s", ["ends_s"], unique=False)
        batch_op.create_index("ix_visit_host_id", ["host_id", "ends_s"], unique=False)
        batch_op.create_index("ix_visit_phone_end", ["phone_end"], unique=False)
