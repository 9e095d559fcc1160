"""The staff's changes over the policy's calendar.

Until there is a release, a change of these tables is made here.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.base import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_IN_FORCE = sa.text("withdrawn_at IS NULL")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "special_days",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("branch", sa.String(length=32), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("hours", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_by", sa.String(length=64), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_special_days")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_special_days_last_on",
        "special_days",
        ["last_on"],
        sqlite_where=_IN_FORCE,
        postgresql_where=_IN_FORCE,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("special_days")
