"""Staff accounts, their sessions, the audit log, and what was not understood.

Until there is a release, a change of these tables is made here.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.base import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_UNCHANGING = (("staff_audit", "UPDATE"), ("staff_audit", "DELETE"), ("staff_audit_subjects", "UPDATE"))
"""What nobody does to which table."""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "staff_accounts",
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("roles", sa.String(length=100), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("disabled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_staff_accounts")),
    )
    op.create_table(
        "staff_recovery_codes",
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["username"], ["staff_accounts.username"], name=op.f("fk_staff_recovery_codes_username")
        ),
        sa.PrimaryKeyConstraint("code_digest", name=op.f("pk_staff_recovery_codes")),
    )
    op.create_index(op.f("ix_staff_recovery_codes_username"), "staff_recovery_codes", ["username"])
    op.create_table(
        "staff_sessions",
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["username"], ["staff_accounts.username"], name=op.f("fk_staff_sessions_username")
        ),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_staff_sessions")),
    )
    op.create_index(op.f("ix_staff_sessions_username"), "staff_sessions", ["username"])
    op.create_index(op.f("ix_staff_sessions_seen_at"), "staff_sessions", ["seen_at"])
    _create_audit()
    for table, change in _UNCHANGING:
        _refuse(table, change)
    op.create_table(
        "not_understood",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("masked", sa.String(length=80), nullable=False),
        sa.Column("guess", sa.String(length=32), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "masked", "guess", name=op.f("pk_not_understood")),
    )


def _create_audit() -> None:
    op.create_table(
        "staff_audit",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_digest", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_staff_audit")),
        sa.UniqueConstraint("previous", name=op.f("uq_staff_audit_previous")),
    )
    op.create_index(op.f("ix_staff_audit_at"), "staff_audit", ["at"])
    op.create_index(op.f("ix_staff_audit_actor"), "staff_audit", ["actor"])
    op.create_table(
        "staff_audit_subjects",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["staff_audit.number"], name=op.f("fk_staff_audit_subjects_number")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_staff_audit_subjects")),
    )
    op.create_index(op.f("ix_staff_audit_subjects_subject"), "staff_audit_subjects", ["subject"])


def _refuse(table: str, change: str) -> None:
    """A trigger that lets nobody change what was written, whichever program asks."""
    name = f"{table}_no_{change.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"
        )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is only added to'; END $$"
    )
    when = f"BEFORE {change}" + (" OR TRUNCATE" if change == "DELETE" else "")
    op.execute(
        f"CREATE TRIGGER {name} {when} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("not_understood")
    op.drop_table("staff_audit_subjects")
    op.drop_table("staff_audit")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_audit_change()")
    op.drop_table("staff_sessions")
    op.drop_table("staff_recovery_codes")
    op.drop_table("staff_accounts")
