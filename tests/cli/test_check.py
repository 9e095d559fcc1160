"""`madoguchi check`: what answers and what does not, before real servers and before none."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from databases import new_database
from test_commands import SETTINGS

from bot.cli import main
from bot.policies import bundled_policy_text
from simulator.clock import ShiftedClock
from simulator.server import running
from simulator.settings import Settings
from tests.mail.smtp_server import post_office

TOKEN = "a very secret token"


@pytest.fixture(autouse=True)
def _a_machine_without_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def line_address() -> Iterator[str]:
    """LINE, played by the simulator, which sends events to the default address of `serve`."""
    settings = Settings("http://127.0.0.1:8000/line/webhook", "s", TOKEN, redelivery_seconds=())
    with running(settings, ShiftedClock()) as (_, address):
        yield address


@pytest.fixture
def working(line_address: str, tmp_path: Path) -> dict[str, str]:
    """Settings with which everything answers."""
    url = new_database(tmp_path / "x.sqlite3")
    return {
        "DATABASE_URL": url,
        "LINE_CHANNEL_SECRET": "s",
        "LINE_CHANNEL_ACCESS_TOKEN": TOKEN,
        "LINE_API_BASE_URL": line_address,
        "SECRET_KEY": "k",
    }


def check(settings: dict[str, str]) -> Result:
    """The command; no secret is ever in what it says."""
    result = CliRunner().invoke(main, ["check"], env=settings)
    assert TOKEN not in result.output
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_all_is_well_when_everything_answers(working: dict[str, str]) -> None:
    result = check(working)
    assert result.exit_code == 0, result.output
    assert "FAILURE" not in result.output
    assert "ok       database: sqlite answers, its tables are up to date" in result.output
    assert "ok       LINE: the token opens @" in result.output
    assert "ok       LINE: it sends events to http://127.0.0.1:8000/line/webhook" in result.output


def test_it_says_what_must_be_set_in_lines_console(working: dict[str, str]) -> None:
    output = check(working | {"PUBLIC_URL": "https://bot.example.jp/"}).output
    for thing in ('"Use webhook" on', '"Webhook redelivery" on', "greeting message off", "auto-response off"):
        assert thing in output
    assert "https://bot.example.jp/line/webhook" in output


def test_opening_hours_that_are_missing_are_a_warning(working: dict[str, str]) -> None:
    result = check(working)
    assert "warning  policy: no [calendar]" in result.output
    assert result.exit_code == 0


def test_a_record_that_is_empty_is_a_warning(working: dict[str, str]) -> None:
    assert "warning  library system: the embedded one is empty" in check(working).output


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"SECRET_KEY": ""}, "settings: missing setting: SECRET_KEY"),
        ({"MADOGUCHI_NOW": "soon"}, "settings: wrong setting: MADOGUCHI_NOW"),
        ({"REDIS_URL": "redis://127.0.0.1:1"}, "redis: it does not answer at REDIS_URL"),
        ({"MADOGUCHI_LIBRARY": "nowhere.toml"}, "policy: nowhere.toml"),
        ({"DATABASE_URL": "no address"}, "database: wrong setting: DATABASE_URL"),
        (
            {"DATABASE_URL": "postgresql://127.0.0.1:1/x"},
            "database: the database (DATABASE_URL) can't be used",
        ),
        ({"DATABASE_URL": "sqlite:///fresh.sqlite3"}, "database: it answers, but its tables"),
        ({"LINE_CHANNEL_ACCESS_TOKEN": "wrong"}, "LINE: LINE answered bot_info with status 401"),
        ({"LINE_API_BASE_URL": "http://127.0.0.1:1"}, "LINE: LINE did not answer bot_info"),
        ({"SMTP_URL": "mailbox"}, "mail: wrong setting: SMTP_URL"),
        ({"SMTP_URL": "smtp://127.0.0.1:1"}, "mail: the server of SMTP_URL does not let us in"),
    ],
)
def test_what_is_missing_or_does_not_answer_is_named(
    working: dict[str, str], settings: dict[str, str], told: str
) -> None:
    result = check(working | settings)
    assert result.exit_code == 1
    assert f"FAILURE  {told}" in result.output


def test_mail_that_can_be_sent_is_told_with_what_its_domain_needs(working: dict[str, str]) -> None:
    with post_office() as office:
        settings = working | {"SMTP_URL": office.url}
        output = check(settings).output
        assert "ok       mail: the server of SMTP_URL takes letters from central@library-mito.jp" in output
        assert "ok       mail: library-mito.jp must name that server (SPF)" in output
        assert "warning  mail: links in letters lead to http://127.0.0.1:8000" in output
        assert "links in letters" not in check(settings | {"PUBLIC_URL": "https://bot.example.jp"}).output
        assert office.letters == []


def test_a_server_that_does_not_let_the_library_send_is_a_failure(working: dict[str, str]) -> None:
    with post_office() as office:
        office.sender_answer = "550 5.7.1 not yours"
        result = check(working | {"SMTP_URL": office.url})
    assert result.exit_code == 1
    told = "FAILURE  mail: the server of SMTP_URL takes no letters from central@library-mito.jp"
    assert told in result.output


def test_every_mistake_in_the_policy_is_told(working: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    text = bundled_policy_text("mito").replace("limit = 1 ", "limit = 0 ", 1)
    file.write_text(text.replace('main_branch = "chuo"', 'main_branch = "osaka"', 1), encoding="utf-8")
    output = check(working | {"MADOGUCHI_LIBRARY": str(file)}).output
    assert output.count("FAILURE  policy: ") >= 2
    assert "renewal.limit" in output
    assert "main_branch" in output


def test_an_address_that_line_does_not_send_to_is_a_warning(working: dict[str, str]) -> None:
    result = check(working | {"PUBLIC_URL": "https://bot.example.jp"})
    assert "warning  LINE: it sends events to another address" in result.output
