"""Push notices: what is told to whom, and what became of it.

Until there is a release, a change of these tables is made here.

Revision: 0002, after 0001.
"""

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Take back."""
