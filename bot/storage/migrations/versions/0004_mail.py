"""Confirmed e-mail addresses and unsubscribing.

Until there is a release, a change of these tables is made here.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.base import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "mail_addresses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card_digest", sa.String(length=64), nullable=False),
        sa.Column("email_digest", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("stopped", sa.JSON(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_addresses")),
        sa.UniqueConstraint(
            "card_digest", "email_digest", name=op.f("uq_mail_addresses_card_digest_email_digest")
        ),
    )
    op.create_index(op.f("ix_mail_addresses_email_digest"), "mail_addresses", ["email_digest"], unique=False)
    op.create_table(
        "mail_tokens",
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("address_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("kinds", sa.String(length=255), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["address_id"],
            ["mail_addresses.id"],
            name=op.f("fk_mail_tokens_address_id_mail_addresses"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_mail_tokens")),
    )
    op.create_index(op.f("ix_mail_tokens_address_id"), "mail_tokens", ["address_id"], unique=False)
    op.create_index(op.f("ix_mail_tokens_made_at"), "mail_tokens", ["made_at"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("mail_tokens")
    op.drop_table("mail_addresses")
