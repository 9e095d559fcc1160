"""The staff's changes over the policy's calendar.

Until there is a release, a change of these tables is made here.

Revision: 0003, after 0002.
"""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Take back."""
