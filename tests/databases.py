"""SQLite files with all tables, each a copy of one that was migrated once a process: migrating takes its time."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.storage.engine import open_engine
from bot.storage.migrate import upgrade


def new_database(file: Path) -> str:
    """A database with all tables and nothing in them, in `file`; its URL."""
    file.write_bytes(_migrated())
    return f"sqlite:///{file}"


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "migrated.sqlite3"
        engine = open_engine(f"sqlite:///{file}")
        upgrade(engine)
        engine.dispose()  # Who leaves last writes the log into the file.
        return file.read_bytes()
