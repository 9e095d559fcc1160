"""Push notices: what is told to whom, and what became of it.

Until there is a release, a change of these tables is made here.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.base import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")
_TO_CALL = sa.text("call_on IS NOT NULL")
_UNDER_WAY = sa.text("state IN ('waiting', 'sending')")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card_number", sa.String(length=64), nullable=False),
        sa.Column("line_user_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("call_on", sa.Date(), nullable=True),
        sa.Column("called_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    key = ["card_number", "line_user_id", "kind", "subject", "day"]
    op.create_index("uq_notices_key", "notices", key, unique=True)
    _partial("ix_notices_due", "notices", ["not_before", "id"], _WAITING)
    _partial("ix_notices_to_call", "notices", ["call_on"], _TO_CALL)
    op.create_index("ix_notices_line_user_id_state", "notices", ["line_user_id", "state"])
    op.create_index("ix_notices_ended_at", "notices", ["ended_at"])
    op.create_table(
        "notice_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("recipient", sa.String(length=64), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.Column("messages", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("retry_key", sa.String(length=36), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("pushed_at", UtcDateTime(), nullable=True),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_messages")),
    )
    _partial(
        "ix_notice_messages_due", "notice_messages", ["channel", "urgent", "next_attempt_at"], _UNDER_WAY
    )
    op.create_index("ix_notice_messages_recipient", "notice_messages", ["recipient"])
    op.create_index("ix_notice_messages_ended_at", "notice_messages", ["ended_at"])
    op.create_table(
        "notice_message_items",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        _cascade("message_id", "notice_messages"),
        _cascade("notice_id", "notices"),
        sa.PrimaryKeyConstraint("message_id", "notice_id", name=op.f("pk_notice_message_items")),
    )
    op.create_index(op.f("ix_notice_message_items_notice_id"), "notice_message_items", ["notice_id"])


def downgrade() -> None:
    """Take back."""
    for table in ("notice_message_items", "notice_messages", "notices"):
        op.drop_table(table)


def _partial(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _cascade(column: str, table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_notice_message_items_{column}")
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name, ondelete="CASCADE")
