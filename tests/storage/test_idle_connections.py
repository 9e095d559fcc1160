"""Connections that died while they were idle: after a restart of PostgreSQL nobody meets one."""

from contextlib import closing

import pytest
from sqlalchemy import text

from bot.storage import engine as storage
from bot.storage.engine import open_engine, reading, writing

pytestmark = pytest.mark.postgres

_KILL_OTHERS = (
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid() AND datname = current_database()"
)


def test_a_connection_that_died_while_idle_is_replaced(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "ASK_AFTER_SECONDS", 0)
    ours, other = open_engine(postgres_url), open_engine(postgres_url)
    try:
        with reading(ours) as session:
            before = session.scalar(text("SELECT pg_backend_pid()"))
        with closing(other.connect()) as connection:
            connection.execute(text(_KILL_OTHERS))
        with writing(ours) as session:
            assert session.scalar(text("SELECT pg_backend_pid()")) != before
    finally:
        ours.dispose()
        other.dispose()
