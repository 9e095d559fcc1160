"""Create all tables. Until there is a release, a change of a table is made here.

Revision: 0001, the first.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.base import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915  # All tables at once.
    """Apply."""
    op.create_table(
        "buttons",
        sa.Column("button_id", sa.String(length=64), nullable=False),
        sa.Column("line_user_id", sa.String(length=64), nullable=False),
        sa.Column("card_number", sa.String(length=64), nullable=False),
        sa.Column("question_id", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("good_until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("button_id", name=op.f("pk_buttons")),
    )
    op.create_index(op.f("ix_buttons_line_user_id"), "buttons", ["line_user_id"], unique=False)
    op.create_index(op.f("ix_buttons_made_at"), "buttons", ["made_at"], unique=False)
    op.create_table(
        "cart_items",
        sa.Column("line_user_id", sa.String(length=64), nullable=False),
        sa.Column("card_number", sa.String(length=64), nullable=False),
        sa.Column("title_id", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("line_user_id", "card_number", "title_id", name=op.f("pk_cart_items")),
    )
    op.create_index(op.f("ix_cart_items_added_at"), "cart_items", ["added_at"], unique=False)
    op.create_table(
        "follow_ups",
        sa.Column("follow_up_id", sa.String(length=32), nullable=False),
        sa.Column("line_user_id", sa.String(length=64), nullable=False),
        sa.Column("card_number", sa.String(length=64), nullable=False),
        sa.Column("after_title_id", sa.String(length=64), nullable=False),
        sa.Column("later", sa.JSON(), nullable=False),
        sa.Column("pickup_branch", sa.String(length=32), nullable=False),
        sa.Column("contact", sa.String(length=16), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("look_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("follow_up_id", name=op.f("pk_follow_ups")),
    )
    op.create_index(
        "ix_follow_ups_card_number_after", "follow_ups", ["card_number", "after_title_id"], unique=False
    )
    op.create_index(op.f("ix_follow_ups_line_user_id"), "follow_ups", ["line_user_id"], unique=False)
    op.create_index(op.f("ix_follow_ups_look_at"), "follow_ups", ["look_at"], unique=False)
    op.create_index(op.f("ix_follow_ups_made_at"), "follow_ups", ["made_at"], unique=False)
    op.create_table(
        "conversations",
        sa.Column("chat_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("message_ids", sa.JSON(), nullable=False),
        sa.Column("touched_at", UtcDateTime(), nullable=False),
        sa.Column("lease_owner", sa.String(length=32), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_conversations")),
    )
    op.create_index(op.f("ix_conversations_touched_at"), "conversations", ["touched_at"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webhook_event_id", sa.String(length=64), nullable=False),
        sa.Column("chat_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.Column("understood", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("webhook_event_id", name=op.f("uq_inbox_webhook_event_id")),
    )
    op.create_index(
        "ix_inbox_due",
        "inbox",
        ["next_attempt_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(op.f("ix_inbox_message_id"), "inbox", ["message_id"], unique=False)
    op.create_index("ix_inbox_state_received_at", "inbox", ["state", "received_at"], unique=False)
    op.create_index(
        "ix_inbox_waiting",
        "inbox",
        ["chat_id", "at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "line_users",
        sa.Column("line_user_id", sa.String(length=64), nullable=False),
        sa.Column("followed_at", UtcDateTime(), nullable=False),
        sa.Column("blocked_at", UtcDateTime(), nullable=True),
        sa.Column("agreed_at", UtcDateTime(), nullable=True),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("line_user_id", name=op.f("pk_line_users")),
    )
    op.create_table(
        "loan_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.String(length=32), nullable=False),
        sa.Column("card_number", sa.String(length=64), nullable=True),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("actor", sa.String(length=16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_history")),
    )
    op.create_index(op.f("ix_loan_history_loan_id"), "loan_history", ["loan_id"], unique=False)
    op.create_table(
        "mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("to", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("unsubscribe_url", sa.String(), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("refusal", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=False),
        sa.Column("given_up_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )
    op.create_index(
        "ix_mails_due",
        "mails",
        ["next_attempt_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_mails_state_created_at", "mails", ["state", "created_at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.String(length=64), nullable=False),
        sa.Column("webhook_event_id", sa.String(length=64), nullable=False),
        sa.Column("messages", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.Column("reply_token", sa.String(length=300), nullable=False),
        sa.Column("reply_by", UtcDateTime(), nullable=True),
        sa.Column("may_push", sa.Boolean(), nullable=False),
        sa.Column("retry_key", sa.String(length=36), nullable=False),
        sa.Column("reports_change", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("may_have_arrived", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("pushed_at", UtcDateTime(), nullable=True),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_chat_id_state", "outbox", ["chat_id", "state"], unique=False)
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["next_attempt_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'sending')"),
        postgresql_where=sa.text("state IN ('waiting', 'sending')"),
    )
    op.create_index("ix_outbox_state_created_at", "outbox", ["state", "created_at"], unique=False)
    op.create_index(
        "ix_outbox_under_way",
        "outbox",
        ["chat_id", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'sending')"),
        postgresql_where=sa.text("state IN ('waiting', 'sending')"),
    )
    op.create_index(op.f("ix_outbox_webhook_event_id"), "outbox", ["webhook_event_id"], unique=False)
    op.create_table(
        "patrons",
        sa.Column("card_number", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_kana", sa.String(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("home_branch", sa.String(length=32), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("suspended_until", sa.Date(), nullable=True),
        sa.Column("imported_as", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("card_number", name=op.f("pk_patrons")),
    )
    op.create_table(
        "reservation_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reservation_id", sa.String(length=32), nullable=False),
        sa.Column("card_number", sa.String(length=64), nullable=True),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("from_state", sa.String(length=16), nullable=False),
        sa.Column("to_state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("actor", sa.String(length=16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation_history")),
    )
    op.create_index(op.f("ix_reservation_history_at"), "reservation_history", ["at"], unique=False)
    op.create_index(
        op.f("ix_reservation_history_reservation_id"), "reservation_history", ["reservation_id"], unique=False
    )
    op.create_table(
        "sign_in_tries",
        sa.Column("subject_digest", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("subject_digest", name=op.f("pk_sign_in_tries")),
    )
    op.create_index(op.f("ix_sign_in_tries_failed_at"), "sign_in_tries", ["failed_at"], unique=False)
    op.create_table(
        "titles",
        sa.Column("title_id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("title_kana", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("author_kana", sa.String(), nullable=False),
        sa.Column("publisher", sa.String(), nullable=False),
        sa.Column("published", sa.String(), nullable=False),
        sa.Column("isbn", sa.String(length=13), nullable=False),
        sa.Column("material", sa.String(length=32), nullable=False),
        sa.Column("subjects", sa.String(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("volume", sa.String(), nullable=False),
        sa.Column("issue", sa.String(), nullable=False),
        sa.Column("latest_issue", sa.Boolean(), nullable=False),
        sa.Column("contest_division", sa.String(length=32), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=True),
        sa.Column("title_key", sa.String(), nullable=False),
        sa.Column("title_kana_key", sa.String(), nullable=False),
        sa.Column("author_key", sa.String(), nullable=False),
        sa.Column("author_kana_key", sa.String(), nullable=False),
        sa.Column("words_key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("title_id", name=op.f("pk_titles")),
    )
    op.create_index("ix_titles_arrived_on", "titles", ["arrived_on"], unique=False)
    op.create_index("ix_titles_author_key", "titles", ["author_key"], unique=False)
    op.create_index("ix_titles_isbn", "titles", ["isbn"], unique=False)
    op.create_index("ix_titles_title_kana_key", "titles", ["title_kana_key"], unique=False)
    op.create_index("ix_titles_title_key", "titles", ["title_key"], unique=False)
    op.create_table(
        "copies",
        sa.Column("barcode", sa.String(length=64), nullable=False),
        sa.Column("title_id", sa.String(length=64), nullable=False),
        sa.Column("branch", sa.String(length=32), nullable=False),
        sa.Column("use", sa.String(length=16), nullable=False),
        sa.Column("call_number", sa.String(), nullable=False),
        sa.Column("shelf", sa.String(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["title_id"], ["titles.title_id"], name=op.f("fk_copies_title_id")),
        sa.PrimaryKeyConstraint("barcode", name=op.f("pk_copies")),
    )
    op.create_index(op.f("ix_copies_title_id"), "copies", ["title_id"], unique=False)
    op.create_table(
        "credentials",
        sa.Column("card_number", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("temporary", sa.Boolean(), nullable=False),
        sa.Column("set_by", sa.String(length=16), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_number"], ["patrons.card_number"], name=op.f("fk_credentials_card_number")
        ),
        sa.PrimaryKeyConstraint("card_number", name=op.f("pk_credentials")),
    )
    op.create_table(
        "link_tokens",
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("line_user_id", sa.String(length=64), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_user_id"], ["line_users.line_user_id"], name=op.f("fk_link_tokens_line_user_id")
        ),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_link_tokens")),
    )
    op.create_index(op.f("ix_link_tokens_issued_at"), "link_tokens", ["issued_at"], unique=False)
    op.create_index(op.f("ix_link_tokens_line_user_id"), "link_tokens", ["line_user_id"], unique=False)
    op.create_table(
        "links",
        sa.Column("link_id", sa.String(length=32), nullable=False),
        sa.Column("line_user_id", sa.String(length=64), nullable=False),
        sa.Column("card_number", sa.String(length=64), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("linked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_user_id"], ["line_users.line_user_id"], name=op.f("fk_links_line_user_id")
        ),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_links")),
        sa.UniqueConstraint("line_user_id", "card_number", name=op.f("uq_links_line_user_id_card_number")),
    )
    op.create_index(op.f("ix_links_card_number"), "links", ["card_number"], unique=False)
    op.create_index(
        "ix_links_one_in_use",
        "links",
        ["line_user_id"],
        unique=True,
        sqlite_where=sa.text("in_use"),
        postgresql_where=sa.text("in_use"),
    )
    op.create_table(
        "nonces",
        sa.Column("nonce_digest", sa.String(length=64), nullable=False),
        sa.Column("line_user_id", sa.String(length=64), nullable=False),
        sa.Column("card_number", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["line_user_id"], ["line_users.line_user_id"], name=op.f("fk_nonces_line_user_id")
        ),
        sa.PrimaryKeyConstraint("nonce_digest", name=op.f("pk_nonces")),
    )
    op.create_index(op.f("ix_nonces_line_user_id"), "nonces", ["line_user_id"], unique=False)
    op.create_index(op.f("ix_nonces_made_at"), "nonces", ["made_at"], unique=False)
    op.create_table(
        "pending_passwords",
        sa.Column("secret_digest", sa.String(length=64), nullable=False),
        sa.Column("line_user_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["line_user_id"], ["line_users.line_user_id"], name=op.f("fk_pending_passwords_line_user_id")
        ),
        sa.PrimaryKeyConstraint("secret_digest", name=op.f("pk_pending_passwords")),
    )
    op.create_index(op.f("ix_pending_passwords_begun_at"), "pending_passwords", ["begun_at"], unique=False)
    op.create_index(
        op.f("ix_pending_passwords_line_user_id"), "pending_passwords", ["line_user_id"], unique=False
    )
    op.create_table(
        "loans",
        sa.Column("loan_id", sa.String(length=32), nullable=False),
        sa.Column("card_number", sa.String(length=64), nullable=False),
        sa.Column("barcode", sa.String(length=64), nullable=False),
        sa.Column("checked_out_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("renewals", sa.Integer(), nullable=False),
        sa.Column("interlibrary", sa.Boolean(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("imported_as", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["barcode"], ["copies.barcode"], name=op.f("fk_loans_barcode")),
        sa.ForeignKeyConstraint(["card_number"], ["patrons.card_number"], name=op.f("fk_loans_card_number")),
        sa.PrimaryKeyConstraint("loan_id", name=op.f("pk_loans")),
    )
    op.create_index("ix_loans_card_number_returned_on", "loans", ["card_number", "returned_on"], unique=False)
    op.create_index(
        "ix_loans_due_on",
        "loans",
        ["due_on", "loan_id"],
        unique=False,
        sqlite_where=sa.text("returned_on IS NULL"),
        postgresql_where=sa.text("returned_on IS NULL"),
    )
    op.create_index("uq_loans_key", "loans", ["card_number", "barcode", "checked_out_on"], unique=True)
    op.create_index(
        "uq_loans_open_barcode",
        "loans",
        ["barcode"],
        unique=True,
        sqlite_where=sa.text("returned_on IS NULL"),
        postgresql_where=sa.text("returned_on IS NULL"),
    )
    op.create_table(
        "reservations",
        sa.Column("reservation_id", sa.String(length=32), nullable=False),
        sa.Column("card_number", sa.String(length=64), nullable=False),
        sa.Column("title_id", sa.String(length=64), nullable=True),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("pickup_branch", sa.String(length=32), nullable=False),
        sa.Column("contact", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("ready_on", sa.Date(), nullable=True),
        sa.Column("pickup_by", sa.Date(), nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("barcode", sa.String(length=64), nullable=True),
        sa.Column("placed_at_branch", sa.String(length=32), nullable=False),
        sa.Column("request_text", sa.String(), nullable=False),
        sa.Column("imported_as", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["barcode"], ["copies.barcode"], name=op.f("fk_reservations_barcode")),
        sa.ForeignKeyConstraint(
            ["card_number"], ["patrons.card_number"], name=op.f("fk_reservations_card_number")
        ),
        sa.ForeignKeyConstraint(["title_id"], ["titles.title_id"], name=op.f("fk_reservations_title_id")),
        sa.PrimaryKeyConstraint("reservation_id", name=op.f("pk_reservations")),
    )
    op.create_index("ix_reservations_barcode", "reservations", ["barcode"], unique=False)
    op.create_index("ix_reservations_placed_at", "reservations", ["placed_at"], unique=False)
    op.create_index(
        "ix_reservations_ready",
        "reservations",
        ["reservation_id"],
        unique=False,
        sqlite_where=sa.text("state = 'ready'"),
        postgresql_where=sa.text("state = 'ready'"),
    )
    op.create_index(
        "ix_reservations_card_number_state", "reservations", ["card_number", "state"], unique=False
    )
    op.create_index("ix_reservations_title_id_state", "reservations", ["title_id", "state"], unique=False)
    op.create_index(
        "uq_reservations_active",
        "reservations",
        ["card_number", "title_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('queued', 'in_preparation', 'ready')"),
        postgresql_where=sa.text("state IN ('queued', 'in_preparation', 'ready')"),
    )
    op.create_table(
        "desk_messages",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("line_user_id", sa.String(length=64), nullable=False),
        sa.Column("card_number", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_desk_messages")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_desk_messages_created_at"), "desk_messages", ["created_at"], unique=False)
    op.create_index(
        "ix_desk_messages_line_user_id_answered_at",
        "desk_messages",
        ["line_user_id", "answered_at"],
        unique=False,
    )
    op.create_index(op.f("ix_desk_messages_message_id"), "desk_messages", ["message_id"], unique=False)
    op.create_table(
        "card_pages",
        sa.Column("key_digest", sa.String(length=64), nullable=False),
        sa.Column("line_user_id", sa.String(length=64), nullable=False),
        sa.Column("card_number", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_user_id"], ["line_users.line_user_id"], name=op.f("fk_card_pages_line_user_id")
        ),
        sa.PrimaryKeyConstraint("key_digest", name=op.f("pk_card_pages")),
    )
    op.create_index(op.f("ix_card_pages_line_user_id"), "card_pages", ["line_user_id"], unique=False)
    op.create_index(op.f("ix_card_pages_made_at"), "card_pages", ["made_at"], unique=False)
    op.create_table(
        "watches",
        sa.Column("watch_id", sa.String(length=32), nullable=False),
        sa.Column("line_user_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("words", sa.String(length=120), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_user_id"], ["line_users.line_user_id"], name=op.f("fk_watches_line_user_id")
        ),
        sa.PrimaryKeyConstraint("watch_id", name=op.f("pk_watches")),
        sa.UniqueConstraint("line_user_id", "kind", "words", name=op.f("uq_watches_line_user_id_kind_words")),
    )
    op.create_table(
        "shared_values",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_shared_values")),
    )
    op.create_table(
        "task_leases",
        sa.Column("task", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_task_leases")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("follow_ups")
    op.drop_table("cart_items")
    op.drop_table("task_leases")
    op.drop_table("shared_values")
    op.drop_table("watches")
    op.drop_table("card_pages")
    op.drop_table("desk_messages")
    op.drop_table("reservations")
    op.drop_table("loans")
    op.drop_table("pending_passwords")
    op.drop_table("nonces")
    op.drop_table("links")
    op.drop_table("link_tokens")
    op.drop_table("credentials")
    op.drop_table("copies")
    op.drop_table("titles")
    op.drop_table("sign_in_tries")
    op.drop_table("reservation_history")
    op.drop_table("patrons")
    op.drop_table("outbox")
    op.drop_table("mails")
    op.drop_table("loan_history")
    op.drop_table("line_users")
    op.drop_table("inbox")
    op.drop_table("conversations")
    op.drop_table("buttons")
