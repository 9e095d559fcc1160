"""`madoguchi import` and `madoguchi desk` as commands: exit status, what is said, and where."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ils_world import IlsWorld

from bot.cli import main

Run = Callable[..., Result]


@pytest.fixture
def run(database: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs `madoguchi` on the world's database, on 1 December 2026."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{database}")
    monkeypatch.setenv("MADOGUCHI_LIBRARY", "mito")
    monkeypatch.setenv("MADOGUCHI_NOW", "2026-12-01T10:00:00+09:00")
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


@pytest.fixture
def shelf(world: IlsWorld) -> IlsWorld:
    """The small library, loaded."""
    world.files.write_all()
    world.load()
    return world


def test_an_import_says_what_it_did_by_file(world: IlsWorld, run: Run) -> None:
    world.files.write_all()
    (world.files.folder / "reservations.csv").unlink()
    result = run("import", str(world.files.folder))
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "patrons.csv: 2 added, 0 updated, 0 unchanged",
        "titles.csv: 2 added, 0 updated, 0 unchanged",
        "copies.csv: 3 added, 0 updated, 0 unchanged",
        "loans.csv: 1 added, 0 updated, 0 unchanged",
        "reservations.csv: not there, left as it is",
    ]
    world.files.write("loans", [])
    again = run("import", str(world.files.folder), "--snapshot")
    assert "loans.csv: 0 added, 0 updated, 0 unchanged, 1 closed" in again.stdout


def test_an_import_with_mistakes_lists_them_all_and_fails(world: IlsWorld, run: Run) -> None:
    world.files.write_all(patrons=[",水戸 花子,,,,,", "7,,,,,,"], copies=["b1,nothing,中央,loan"])
    result = run("import", str(world.files.folder))
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "copies.csv:2: title_id is neither in titles.csv nor recorded",
        "loans.csv:2: card_number is neither in patrons.csv nor recorded",
        "patrons.csv:2: card_number is empty",
        "patrons.csv:3: name is empty",
        "reservations.csv:2: card_number is neither in patrons.csv nor recorded",
        "reservations.csv:3: card_number is neither in patrons.csv nor recorded",
        "reservations.csv:4: card_number is neither in patrons.csv nor recorded",
        "madoguchi: 7 mistakes in the files; nothing was loaded",
    ]
    assert not any("水戸" in line for line in result.output.splitlines())
    assert world.dump() == []


WRONG_USAGE = [
    ("import",),
    ("import", "no/such/folder"),
    ("desk", "no-such-command"),
    ("desk", "checkout", "--card", "100"),
    ("desk", "pickup"),
    ("desk", "pickup", "--card", "100"),
    ("desk", "set-aside", "--card", "100", "--barcode", "b3"),
    ("desk", "decline", "--barcode", "b2"),
    ("desk", "checkout", "--card", "100", "--barcode", "b3", "--due-on", "tomorrow"),
]


@pytest.mark.parametrize("arguments", WRONG_USAGE, ids=" ".join)
def test_wrong_usage_is_status_two(shelf: IlsWorld, run: Run, arguments: tuple[str, ...]) -> None:
    before = shelf.dump()
    assert run(*arguments).exit_code == 2
    assert shelf.dump() == before


@pytest.mark.parametrize("arguments", [("import", "."), ("desk", "expire"), ("desk", "show", "--card", "1")])
def test_a_database_without_tables_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/empty.sqlite3")
    result = run(*arguments)
    assert result.exit_code == 1
    [line] = result.stderr.splitlines()
    assert line.endswith("run madoguchi migrate")


FAILURES = [
    (("checkout", "--card", "999", "--barcode", "b3"), "no patron has this card"),
    (("checkout", "--card", "100", "--barcode", "b2"), "the copy is set aside for another patron"),
    (("return", "--barcode", "b3"), "the copy is not on loan"),
    (("cancel", "--reservation", "none"), "there is no such reservation"),
    (("temporary-password", "--card", "999"), "no patron has this card"),
    (("ready", "--card", "999", "--title", "kokoro"), "the patron has no active reservation of this title"),
    (
        ("reserve", "--card", "100", "--title", "kokoro", "--pickup-branch", "那珂"),
        "this library has no such branch",
    ),
    (
        ("reserve", "--card", "100", "--title", "kokoro", "--pickup-branch", "東部"),
        "not reserved: on_loan_to_you",
    ),
]


@pytest.mark.parametrize(
    ("arguments", "why"), FAILURES, ids=lambda it: " ".join(it) if type(it) is tuple else ""
)
def test_what_can_not_be_done_is_told_in_one_line(
    shelf: IlsWorld, run: Run, arguments: tuple[str, ...], why: str
) -> None:
    before = shelf.dump()
    result = run("desk", *arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"madoguchi: {why}\n")
    assert shelf.dump() == before


def test_a_day_at_the_counter(shelf: IlsWorld, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (shelf.reservation(card, "sorekara").reservation_id for card in ("100", "200"))
    ready = shelf.reservation("200", "kokoro").reservation_id

    def says(*arguments: str) -> list[str]:
        result = run("desk", *arguments)
        assert result.exit_code == 0, result.output
        return result.stdout.splitlines()

    assert says("renew", "--card", "100", "--barcode", "b1") == ["b1: renewed, due on 2026-12-15"]
    assert says("set-aside", "--barcode", "b3") == [
        f"reservation {first}: in preparation, copy b3 for card 100, pickup at 中央"
    ]
    assert says("put-back", "--barcode", "b3") == [
        f"reservation {first}: queued",
        f"b3: set it aside for reservation {first}, card 100, pickup at 中央",
    ]
    assert says("ready", "--card", "100", "--title", "sorekara") == [
        f"reservation {first}: ready, copy b3 for card 100, pickup at 中央, until 2026-12-08"
    ]
    assert says("pickup", "--reservation", first) == [
        "b3: lent, due on 2026-12-15",
        f"reservation {first}: fulfilled",
    ]
    assert says("return", "--barcode", "b3") == [
        "b3: returned",
        f"b3: set it aside for reservation {second}, card 200, pickup at 中央",
    ]
    assert says("decline", "--card", "200", "--title", "sorekara", "--reason", "破損のため") == [
        f"reservation {second}: declined"
    ]
    assert says("reserve", "--card", "100", "--title", "sorekara", "--pickup-branch", "東部")[0].endswith(
        ": queued, place 1"
    )
    assert says("checkout", "--card", "200", "--barcode", "b3", "--due-on", "2026-12-20") == [
        "b3: lent, due on 2026-12-20"
    ]
    assert says("show", "--card", "200") == [
        "loan b3: title sorekara, due on 2026-12-20, renewals 0",
        f"reservation {ready}: title kokoro, ready, place 1 of 1, pickup at 中央, until 2026-12-08",
    ]
    assert says("cancel", "--card", "100", "--title", "sorekara")[0].endswith(": cancelled")
    [password] = says("temporary-password", "--card", "100")
    assert len(password) == 8
    assert says("expire") == ["0 released"]
    monkeypatch.setenv("MADOGUCHI_NOW", "2026-12-09T10:00:00+09:00")
    assert says("expire") == [
        f"reservation {ready}: expired",
        "b2: nobody waits for it, back to its shelf",
        "1 released",
    ]
    assert says("show", "--card", "100") == ["loan b1: title kokoro, due on 2026-12-15, renewals 1"]


def test_an_expired_reservations_copy_goes_to_the_next_patron(
    shelf: IlsWorld, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = shelf.reservation("200", "sorekara").reservation_id
    run("desk", "ready", "--barcode", "b3")
    monkeypatch.setenv("MADOGUCHI_NOW", "2026-12-09T10:00:00+09:00")
    assert (
        f"reservation {second}: in preparation, copy b3 for card 200, pickup at 中央"
        in run("desk", "expire").stdout
    )


# Closing and opening


def test_closing_says_what_it_moved_and_is_listed_until_it_is_taken_back(shelf: IlsWorld, run: Run) -> None:
    closed = run(
        "desk", "close", "all", "--from", "2026-12-04", "--until", "2026-12-05", "--reason", "台風のため"
    )
    assert closed.stdout.splitlines() == [
        "1: all branches closed 2026-12-04 to 2026-12-05, 台風のため",
        "due dates moved: 1, last days on the hold shelf moved: 0",
    ]
    assert shelf.loan("b1").due_on.isoformat() == "2026-12-06"
    again = run(
        "desk", "close", "all", "--from", "2026-12-04", "--until", "2026-12-05", "--reason", "台風のため"
    )
    assert again.stdout.splitlines()[0].endswith("(entered before)")
    opened = run("desk", "open", "東部", "--from", "2026-12-05", "--hours", "10:00-15:00")
    assert opened.stdout.startswith("2: 東部 open 10:00-15:00 2026-12-05\n")
    assert run("desk", "closures").stdout.splitlines() == [
        "1: all branches closed 2026-12-04 to 2026-12-05, 台風のため, by desk",
        "2: 東部 open 10:00-15:00 2026-12-05, by desk",
    ]
    assert run("desk", "closures", "--take-back", "1").stdout.startswith("taken back: 1: all branches closed")
    assert run("desk", "closures").stdout.splitlines() == ["2: 東部 open 10:00-15:00 2026-12-05, by desk"]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("close", "kyoto", "--from", "2026-12-04"), 2, "there is no branch kyoto"),
        (("close", "all", "--from", "tomorrow"), 2, "does not match the format"),
        (("close", "all", "--from", "2026-11-01"), 1, "madoguchi: its last day is past"),
        (("close", "all", "--from", "2026-12-05", "--until", "2026-12-04"), 1, "it ends before it begins"),
        (
            ("open", "tobu", "--from", "2026-12-05", "--hours", "10-15"),
            1,
            "hours are written like 10:00-15:00",
        ),
        (("closures", "--take-back", "7"), 1, "there is no such closure"),
    ],
)
def test_what_can_not_be_closed_is_said_in_one_line(
    shelf: IlsWorld, run: Run, arguments: tuple[str, ...], status: int, said: str
) -> None:
    result = run("desk", *arguments)
    assert result.exit_code == status
    assert said in result.stderr


def test_no_closures_are_said_to_be_none(shelf: IlsWorld, run: Run) -> None:
    assert run("desk", "closures").stderr == "there are none\n"
