"""Foundation: operators, sites, people, levels, feed, access log; with the first rows of each."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_tables()
    _create_more_tables()
    _insert_first_rows()


def _create_tables() -> None:
    op.create_table(
        "alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("edge_number", sa.SmallInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    op.create_table(
        "area",
        sa.Column("area_id", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("zone_bit", sa.SmallInteger(), nullable=False),
        sa.Column("parent_id", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["area.area_id"], name=op.f("fk_area_parent_id")),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_area")),
        sa.UniqueConstraint("zone_bit", name=op.f("uq_area_zone_bit")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("detail", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=45), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_subject", ["subject"], unique=False)

    op.create_table(
        "batch",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edge_number", sa.SmallInteger(), nullable=False),
        sa.Column("epoch", sa.LargeBinary(length=16), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("head_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sa.UniqueConstraint(
            "edge_number", "epoch", "first_seq", name=op.f("uq_batch_edge_number_epoch_first_seq")
        ),
    )
    op.create_table(
        "batch_conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edge_number", sa.SmallInteger(), nullable=False),
        sa.Column("epoch", sa.LargeBinary(length=16), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_conflict")),
        sa.UniqueConstraint(
            "edge_number",
            "epoch",
            "first_seq",
            "head_hash",
            name=op.f("uq_batch_conflict_edge_number_epoch_first_seq_head_hash"),
        ),
    )
    op.create_table(
        "event",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("edge_seq", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("gate", sa.SmallInteger(), nullable=False),
        sa.Column("access_point", sa.SmallInteger(), nullable=True),
        sa.Column("direction", sa.SmallInteger(), nullable=True),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("pass_ref", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.SmallInteger(), nullable=True),
        sa.Column("is_offline", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_gate", ["gate"], unique=False)
        batch_op.create_index("ix_event_person", ["person"], unique=False)
        batch_op.create_index(
            "ix_event_reason",
            ["reason"],
            unique=False,
            sqlite_where=sa.text("reason IS NOT NULL"),
            postgresql_where=sa.text("reason IS NOT NULL"),
        )

    op.create_table(
        "feed",
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_feed")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "holder",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("full_name", sa.String(length=60), nullable=False),
        sa.Column("department", sa.String(length=80), nullable=False),
        sa.Column("is_blocked", sa.Boolean(), nullable=False),
        sa.Column("block_reason", sa.String(length=200), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_holder")),
    )
    with op.batch_alter_table("holder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_holder_full_name"), ["full_name"], unique=False)
        batch_op.create_index(batch_op.f("ix_holder_is_blocked"), ["is_blocked"], unique=False)

    op.create_table(
        "operator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login_name", sa.String(length=64), nullable=False),
        sa.Column("full_name", sa.String(length=60), nullable=False),
        sa.Column("department", sa.String(length=80), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator")),
        sa.UniqueConstraint("login_name", name=op.f("uq_operator_login_name")),
    )


def _create_more_tables() -> None:
    op.create_table(
        "parked",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("edge_number", sa.SmallInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.String(length=200), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked")),
    )
    op.create_table(
        "schedule",
        sa.Column("schedule_id", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("week", sa.JSON(), nullable=False),
        sa.Column("special_days", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("schedule_id", name=op.f("pk_schedule")),
    )
    op.create_table(
        "access_level",
        sa.Column("access_level_id", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("schedule_id", sa.String(length=40), nullable=False),
        sa.Column("is_everywhere", sa.Boolean(), nullable=False),
        sa.Column("gates", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedule.schedule_id"], name=op.f("fk_access_level_schedule_id")
        ),
        sa.PrimaryKeyConstraint("access_level_id", name=op.f("pk_access_level")),
    )
    op.create_table(
        "gate",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("gate_id", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("area_id", sa.String(length=40), nullable=False),
        sa.Column("door_id", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.area_id"], name=op.f("fk_gate_area_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_gate")),
        sa.UniqueConstraint("gate_id", name=op.f("uq_gate_gate_id")),
    )
    op.create_table(
        "one_time_link",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["operator.id"],
            name=op.f("fk_one_time_link_operator_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_one_time_link")),
    )
    op.create_table(
        "operator_role",
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["operator.id"],
            name=op.f("fk_operator_role_operator_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("operator_id", "role", name=op.f("pk_operator_role")),
    )
    op.create_table(
        "operator_session",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=45), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["operator.id"],
            name=op.f("fk_operator_session_operator_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_operator_session")),
    )
    with op.batch_alter_table("operator_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_operator_session_operator_id"), ["operator_id"], unique=False
        )

    op.create_table(
        "access_point",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("access_point_id", sa.String(length=60), nullable=False),
        sa.Column("gate_number", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=5), nullable=False),
        sa.Column("reader_id", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["gate_number"], ["gate.number"], name=op.f("fk_access_point_gate_number")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_access_point")),
        sa.UniqueConstraint("access_point_id", name=op.f("uq_access_point_access_point_id")),
    )
    with op.batch_alter_table("access_point", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_access_point_gate_number"), ["gate_number"], unique=False
        )

    op.create_table(
        "edge",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("edge_id", sa.String(length=64), nullable=False),
        sa.Column("gate_number", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("enrolled_ms", sa.BigInteger(), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("journal_seq", sa.BigInteger(), nullable=False),
        sa.Column("delivered_seq", sa.BigInteger(), nullable=False),
        sa.Column("skew_ms", sa.BigInteger(), nullable=False),
        sa.Column("software", sa.String(length=40), nullable=False),
        sa.Column("devices", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["gate_number"], ["gate.number"], name=op.f("fk_edge_gate_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_edge")),
        sa.UniqueConstraint("edge_id", name=op.f("uq_edge_edge_id")),
        sa.UniqueConstraint("gate_number", name=op.f("uq_edge_gate_number")),
    )
    op.create_table(
        "enrol_code",
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("gate_number", sa.Integer(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["gate_number"], ["gate.number"], name=op.f("fk_enrol_code_gate_number")
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_enrol_code")),
    )


def _insert_first_rows() -> None:
    all_day = [[[0, 1440]]] * 7
    op.bulk_insert(
        sa.table("area", *map(sa.column, ("area_id", "name_zh", "name_en", "zone_bit"))),
        [{"area_id": "campus", "name_zh": "校园", "name_en": "Campus", "zone_bit": 0}],
    )
    op.bulk_insert(
        sa.table(
            "schedule",
            sa.column("schedule_id"),
            sa.column("name_zh"),
            sa.column("name_en"),
            sa.column("week", sa.JSON),
            sa.column("special_days", sa.JSON),
        ),
        [
            {
                "schedule_id": "always",
                "name_zh": "全天",
                "name_en": "Always",
                "week": all_day,
                "special_days": {},
            }
        ],
    )
    names = {"visitors": ("访客", "Visitors"), "members": ("师生员工", "Members")}
    op.bulk_insert(
        sa.table(
            "access_level",
            sa.column("access_level_id"),
            sa.column("name_zh"),
            sa.column("name_en"),
            sa.column("schedule_id"),
            sa.column("is_everywhere", sa.Boolean),
            sa.column("gates", sa.JSON),
        ),
        [
            {
                "access_level_id": level_id,
                "name_zh": name_zh,
                "name_en": name_en,
                "schedule_id": "always",
                "is_everywhere": True,
                "gates": [],
            }
            for level_id, (name_zh, name_en) in names.items()
        ],
    )
