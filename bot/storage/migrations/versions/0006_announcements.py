"""Announcements, their audience and their progress.

Until there is a release, a change of these tables is made here.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.base import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_UNDER_WAY = sa.text("state IN ('waiting', 'sending')")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "announcements",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("layout", sa.String(length=16), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link_label", sa.Text(), nullable=False),
        sa.Column("link_url", sa.Text(), nullable=False),
        sa.Column("link_key", sa.String(length=32), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("send_at", UtcDateTime(), nullable=True),
        sa.Column("written_by", sa.String(length=64), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("is_broadcast", sa.Boolean(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("taps", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=True),
        sa.Column("clicked", sa.Integer(), nullable=True),
        sa.Column("insight_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_announcements")),
        sa.UniqueConstraint("link_key", name=op.f("uq_announcements_link_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_announcements_state"), "announcements", ["state"])
    op.create_index(op.f("ix_announcements_ended_at"), "announcements", ["ended_at"])
    op.create_table(
        "announcement_pictures",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        _of_announcement("announcement_pictures"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_announcement_pictures")),
        sa.UniqueConstraint("key", name=op.f("uq_announcement_pictures_key")),
    )
    op.create_table(
        "announcement_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_trial", sa.Boolean(), nullable=False),
        sa.Column("recipients", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("messages", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("retry_key", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("may_have_arrived", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=True),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        _of_announcement("announcement_batches"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_batches")),
    )
    op.create_index(
        "ix_announcement_batches_due",
        "announcement_batches",
        ["next_attempt_at"],
        sqlite_where=_UNDER_WAY,
        postgresql_where=_UNDER_WAY,
    )
    op.create_index(op.f("ix_announcement_batches_number"), "announcement_batches", ["number"])
    op.create_table(
        "staff_phones",
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("line_user_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["username"],
            ["staff_accounts.username"],
            name=op.f("fk_staff_phones_username_staff_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_staff_phones")),
    )


def downgrade() -> None:
    """Take back."""
    for table in ("staff_phones", "announcement_batches", "announcement_pictures", "announcements"):
        op.drop_table(table)


def _of_announcement(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_number_announcements")
    return sa.ForeignKeyConstraint(["number"], ["announcements.number"], name=name, ondelete="CASCADE")
