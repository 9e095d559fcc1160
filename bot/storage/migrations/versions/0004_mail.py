"""Confirmed e-mail addresses and unsubscribing.

Until there is a release, a change of these tables is made here.

Revision: 0004, after 0003.
"""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Take back."""
