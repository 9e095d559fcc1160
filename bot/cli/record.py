"""The library's record for the commands that change it."""

from sqlalchemy import Engine

from bot.cli.context import CommandError, Context
from bot.storage.migrate import is_current


def migrated(context: Context) -> Engine:
    """The database, with its tables. Raises CommandError where they are missing or of another version."""
    if not is_current(context.engine):
        raise CommandError("the database's tables are missing or not of this version: run madoguchi migrate")
    return context.engine
