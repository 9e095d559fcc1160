"""Rich menus that are deployed, and whose own menu is to be set anew.

Until there is a release, a change of these tables is made here.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.base import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "rich_menus",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rich_menu_id", sa.String(length=64), nullable=False),
        sa.Column("deployed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rich_menus")),
    )
    op.create_table(
        "menu_changes",
        sa.Column("line_user_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("line_user_id", name=op.f("pk_menu_changes")),
    )
    op.create_index("ix_menu_changes_next_attempt_at", "menu_changes", ["next_attempt_at"])


def downgrade() -> None:
    """Take back."""
    for table in ("menu_changes", "rich_menus"):
        op.drop_table(table)
