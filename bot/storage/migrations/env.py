"""Alembic's entry: runs the migrations over the connection that `bot.storage.migrate` hands in."""

from alembic import context

from bot.storage import tables  # noqa: F401  # Registers all tables on the metadata.
from bot.storage.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
