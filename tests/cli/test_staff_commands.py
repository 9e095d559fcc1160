"""`madoguchi staff`: accounts are made, listed and shut, and each change stands in the audit log."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from databases import new_database
from sqlalchemy import Engine, text

from bot.cli import main
from bot.clock import StoppedClock
from bot.staff import Audit, Role, StaffAccounts
from bot.staff.audit import SHELL, Wanted
from bot.storage.engine import open_engine, reading, writing

NOW = "2026-12-01T11:00:00+09:00"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(new_database(tmp_path / "x.sqlite3"))
    yield engine
    engine.dispose()


def run(engine: Engine, *arguments: str) -> Result:
    """The command on this database."""
    settings = {"DATABASE_URL": engine.url.render_as_string(), "MADOGUCHI_NOW": NOW}
    return CliRunner().invoke(main, ["staff", *arguments], env=settings)


def entries(engine: Engine) -> list[tuple[str, str, str]]:
    """Actor, action and subject, oldest first."""
    with reading(engine) as session:
        found = Audit(session, _clock()).list(Wanted(), limit=100)
    return [(entry.actor, entry.action, entry.subject.value) for entry in reversed(found)]


def _clock() -> StoppedClock:
    from datetime import datetime

    return StoppedClock(datetime.fromisoformat(NOW))


def test_a_new_account_gets_a_password_that_is_shown_once(engine: Engine) -> None:
    result = run(engine, "add", "hanako", "--name", "水戸 花子", "--role", "desk", "--role", "writer")
    assert result.exit_code == 0
    password = result.stdout.strip()
    assert len(password) == 19
    assert run(engine, "list").stdout.splitlines() == [
        "hanako\tdesk,writer\tno codes yet\tenabled\t水戸 花子"
    ]
    assert entries(engine) == [(SHELL, "account_added", "hanako")]
    with reading(engine) as session:
        kept = session.execute(text("SELECT password_hash, must_change FROM staff_accounts")).one()
    assert kept.password_hash.startswith("$argon2id$")
    assert kept.must_change


def test_every_change_is_done_and_noted(engine: Engine) -> None:
    run(engine, "add", "hanako", "--role", "desk")
    for command in (
        ["roles", "hanako", "writer", "approver"],
        ["reset-totp", "hanako"],
        ["disable", "hanako"],
    ):
        assert run(engine, *command).exit_code == 0, command
    [line] = run(engine, "list").stdout.splitlines()
    assert line == "hanako\tapprover,writer\tno codes yet\tdisabled\thanako"
    assert run(engine, "enable", "hanako").exit_code == 0
    assert len(run(engine, "reset-password", "hanako").stdout.strip()) == 19
    with reading(engine) as session:
        account = StaffAccounts(session, _clock()).find("hanako")
    assert account is not None
    assert account.roles == {Role.WRITER, Role.APPROVER}
    assert account.disabled_at is None
    assert [action for _, action, _ in entries(engine)] == [
        "account_added",
        "roles_changed",
        "codes_reset",
        "account_disabled",
        "account_enabled",
        "password_reset",
    ]


@pytest.mark.parametrize(
    "command",
    [
        ["add", "hanako", "--role", "desk"],
        ["add", "Hanako!", "--role", "desk"],
        ["roles", "nobody", "desk"],
        ["disable", "nobody"],
        ["enable", "nobody"],
        ["reset-totp", "nobody"],
        ["reset-password", "nobody"],
    ],
)
def test_what_can_not_be_is_explained_in_a_line_and_changes_nothing(
    engine: Engine, command: list[str]
) -> None:
    run(engine, "add", "hanako", "--role", "desk")
    before = entries(engine)
    result = run(engine, *command)
    assert result.exit_code == 1
    assert result.stderr.startswith("madoguchi: ")
    assert len(result.stderr.splitlines()) == 1
    assert entries(engine) == before


@pytest.mark.parametrize(
    "command", [["add", "hanako"], ["add", "hanako", "--role", "king"], ["roles", "x", "king"]]
)
def test_wrong_usage_is_told_as_such(engine: Engine, command: list[str]) -> None:
    assert run(engine, *command).exit_code == 2


def test_without_accounts_the_list_says_how_to_make_one(engine: Engine) -> None:
    result = run(engine, "list")
    assert result.stdout == ""
    assert "madoguchi staff add" in result.stderr


def test_the_log_can_be_checked_from_the_shell(engine: Engine) -> None:
    run(engine, "add", "hanako", "--role", "desk")
    assert run(engine, "check-audit").stdout == "the audit log is whole\n"
    with writing(engine) as session:
        session.execute(text("DROP TRIGGER staff_audit_no_update"))
        session.execute(text("UPDATE staff_audit SET actor = 'jiro'"))
    result = run(engine, "check-audit")
    assert result.exit_code == 1
    assert "entry 1" in result.stderr
