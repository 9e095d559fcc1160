"""`madoguchi import`: what is loaded, what a second import changes, and what a snapshot closes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from ils_world import HEADERS, ROWS, IlsWorld

from bot.ils.embedded.desk import Desk
from bot.ils.embedded.importing import BadFilesError, Counts
from bot.ils.embedded.library import EmbeddedLibrary
from bot.ils.embedded.passwords import EmbeddedPasswords
from bot.library import Contact, SignIn, TitleQuery
from bot.storage.engine import open_engine, reading, writing
from bot.storage.tables.library import (
    CopyRow,
    LoanHistoryRow,
    LoanRow,
    PatronRow,
    ReservationHistoryRow,
    ReservationRow,
    TitleRow,
)


def test_all_five_files_are_loaded(world: IlsWorld) -> None:
    world.files.write_all()
    report = world.report()
    assert {name: counts.added for name, counts in report.counts.items()} == {
        "patrons": 2,
        "titles": 2,
        "copies": 3,
        "loans": 1,
        "reservations": 3,
    }
    assert report.absent == ()
    with reading(world.engine) as session:
        library = EmbeddedLibrary(session, world.policy, world.clock)
        [facts] = library.list_loans("100")
        [found] = library.find_titles(TitleQuery(author="なつめ"), limit=5).titles
        patron = library.find_patron("100")
    assert facts.loan is not None
    assert (facts.loan.title.title, facts.loan.due_on, facts.loan.branch) == (
        "こころ",
        date(2026, 12, 4),
        "tobu",
    )
    assert (found.title_id, found.isbn, found.subjects) == ("kokoro", "9784003101117", ("小説", "明治"))
    assert patron is not None
    assert (patron.birth_date, patron.home_branch) == (date(1950, 4, 1), "chuo")


@pytest.mark.parametrize("snapshot", [False, True])
def test_the_same_files_again_change_nothing(world: IlsWorld, snapshot: bool) -> None:
    world.files.write_all()
    world.load()
    before = world.dump()
    world.clock.advance(timedelta(days=1))
    counts = world.load(snapshot=snapshot)
    assert [(it.added, it.updated, it.closed) for it in counts.values()] == [(0, 0, 0)] * 5
    assert [it.unchanged for it in counts.values()] == [2, 2, 3, 1, 3]
    assert world.dump() == before


def test_a_byte_order_mark_quotes_and_windows_line_endings_do_not_matter(world: IlsWorld) -> None:
    quoted = ['"100","水戸, ""花子""",,,,,\r', "200,水戸 次郎,,,,,\r"]
    world.files.write("patrons", quoted, HEADERS["patrons"] + "\r", encoding="utf-8-sig")
    assert world.load()["patrons"] == Counts(added=2)
    assert [row.name for row in world.rows(PatronRow)] == ['水戸, "花子"', "水戸 次郎"]


def test_columns_come_in_any_order_and_optional_ones_may_be_there(world: IlsWorld) -> None:
    world.files.write_all()
    world.files.write(
        "copies",
        ["館内,in_library,b9,kokoro,中央図書館,lost,913.6"],
        "shelf,use,barcode,title_id,branch,status,call_number",
    )
    world.files.write("loans", [])
    world.files.write("reservations", [])
    world.load()
    [copy] = world.rows(CopyRow)
    assert (copy.branch, copy.shelf, copy.status, copy.call_number) == ("chuo", "館内", "lost", "913.6")


def test_any_of_the_files_may_be_missing(world: IlsWorld) -> None:
    world.files.write("titles", ROWS["titles"])
    assert world.report().absent == ("patrons.csv", "copies.csv", "loans.csv", "reservations.csv")
    world.files.write("copies", ROWS["copies"])
    (world.files.folder / "titles.csv").unlink()
    assert world.load() == {"copies": Counts(added=3)}


def test_rows_that_differ_are_updated_with_their_search_words(world: IlsWorld) -> None:
    world.files.write_all()
    world.load()
    world.files.write_all(titles=[ROWS["titles"][0].replace("こころ,ココロ", "心,シン"), ROWS["titles"][1]])
    assert world.load()["titles"] == Counts(updated=1, unchanged=1)
    assert world.rows(TitleRow)[0].title_key == "心"


def test_a_time_without_a_zone_is_the_librarys(world: IlsWorld) -> None:
    world.files.write_all()
    world.load()
    assert world.reservation("100", "sorekara").placed_at == datetime(2026, 11, 26, 3, tzinfo=UTC)


def test_a_ready_reservation_gets_a_copy_and_its_last_day(world: IlsWorld) -> None:
    world.files.write_all()
    world.load()
    row = world.reservation("200", "kokoro")
    # Ready on Monday, told on Tuesday, kept for seven days; b1 is on loan.
    assert (row.barcode, row.pickup_by) == ("b2", date(2026, 12, 8))


def test_a_ready_reservation_without_a_free_copy_is_loaded_all_the_same(world: IlsWorld) -> None:
    lent = "100,b2,2026-11-20,2026-12-04,0,false"
    world.files.write_all(loans=[*ROWS["loans"], lent])
    world.load()
    assert world.reservation("200", "kokoro").barcode is None


def test_every_load_is_history_by_the_system(world: IlsWorld) -> None:
    world.files.write_all()
    world.load()
    assert world.events(LoanHistoryRow) == [("imported", "system")]
    assert world.events(ReservationHistoryRow) == [("place", "system")] * 3
    later = ["100,b1,2026-11-20,2026-12-18,1,false"]
    moved = [
        ROWS["reservations"][0].replace("ready,2026-11-30", "fulfilled,2026-11-30"),
        *ROWS["reservations"][1:],
    ]
    world.files.write_all(loans=later, reservations=moved)
    world.load()
    assert world.events(LoanHistoryRow)[1:] == [("renewed", "system")]
    [change] = world.rows(ReservationHistoryRow)[3:]
    assert (change.event, change.from_state, change.to_state) == ("import", "ready", "fulfilled")
    assert world.reservation("200", "kokoro").barcode is None


def test_a_returned_loan_frees_its_copy_for_another_in_the_same_files(world: IlsWorld) -> None:
    world.files.write_all()
    world.load()
    header = f"{HEADERS['loans']},returned_on"
    again = "200,b1,2026-11-30,2026-12-14,0,false,"
    world.files.write("loans", [again, "100,b1,2026-11-20,2026-12-04,0,false,2026-11-29"], header)
    assert world.load()["loans"] == Counts(added=1, updated=1)
    assert world.events(LoanHistoryRow)[1:] == [("returned", "system"), ("imported", "system")]


# What patrons and the counter did here


def test_what_patrons_did_themselves_stays(world: IlsWorld) -> None:
    world.files.write_all()
    world.load()
    with writing(world.engine) as session:
        passwords = EmbeddedPasswords(session, world.policy, world.clock)
        own = {"new_password": "my own word", "new_password_again": "my own word"}
        assert passwords.change("200", password="temporary1", email="jiro@example.jp", **own).done
        library = EmbeddedLibrary(session, world.policy, world.clock)
        loan_id = world.loan("b1").loan_id
        assert library.renew("100", loan_id, expected_due_on=date(2026, 12, 15)).done
        assert library.cancel("100", world.reservation("100", "sorekara").reservation_id).done
    before = world.dump()
    for snapshot in (False, True):
        world.load(snapshot=snapshot)
        assert world.dump() == before
    with writing(world.engine) as session:
        opens = EmbeddedPasswords(session, world.policy, world.clock).check("200", "my own word")
    assert opens is SignIn.ACCEPTED


def test_a_changed_row_without_an_address_keeps_the_patrons_own(world: IlsWorld) -> None:
    world.files.write_all()
    world.load()
    world.files.write_all(patrons=["100,水戸 華子,,1950-04-01,,中央,", ROWS["patrons"][1]])
    world.load()
    patron = world.rows(PatronRow)[0]
    assert (patron.name, patron.email) == ("水戸 華子", "hanako@example.jp")


def test_a_reservation_made_here_is_the_one_that_the_files_bring_later(world: IlsWorld) -> None:
    world.files.write_all(reservations=[])
    world.load()
    with writing(world.engine) as session:
        library = EmbeddedLibrary(session, world.policy, world.clock)
        placed = library.reserve("100", "sorekara", pickup_branch="tobu", contact=Contact.LINE).reservation
    assert placed is not None
    world.files.write_all()
    counts = world.load(snapshot=True)["reservations"]
    assert (counts.added, counts.updated, counts.closed) == (2, 1, 0)
    row = world.reservation("100", "sorekara")
    assert (row.reservation_id, row.pickup_branch) == (placed.reservation_id, "chuo")


def test_a_copy_lent_here_is_not_lent_again_by_the_files(world: IlsWorld) -> None:
    world.files.write_all(loans=[], reservations=[])
    world.load()
    with writing(world.engine) as session:
        Desk(session, world.policy, world.clock).lending.checkout("200", "b1")
    before = world.dump()
    world.files.write_all(reservations=[])
    with pytest.raises(BadFilesError) as error:
        world.load()
    assert [str(row) for row in error.value.bad_rows] == [
        "loans.csv:2: barcode is recorded as on loan, to another card or since another day"
    ]
    assert world.dump() == before


# A complete export


def test_a_snapshot_returns_the_loans_that_are_gone(world: IlsWorld) -> None:
    world.files.write_all()
    world.load()
    world.files.write_all(loans=[])
    assert world.load()["loans"] == Counts()
    assert world.loan("b1").returned_on is None
    assert world.load(snapshot=True)["loans"] == Counts(closed=1)
    assert world.loan("b1").returned_on == date(2026, 12, 1)
    assert world.events(LoanHistoryRow)[-1] == ("returned", "system")
    world.files.write_all()
    assert world.load(snapshot=True)["loans"] == Counts(updated=1)
    assert world.loan("b1").returned_on is None


def test_a_snapshot_lends_anew_what_came_back(world: IlsWorld) -> None:
    world.files.write_all()
    world.load()
    world.files.write_all(loans=["200,b1,2026-12-01,2026-12-15,0,false"])
    assert world.load(snapshot=True)["loans"] == Counts(added=1, closed=1)


def test_a_snapshot_closes_the_reservations_that_are_gone_by_what_became_of_them(world: IlsWorld) -> None:
    world.files.write_all()
    world.load()
    world.files.write_all(loans=[*ROWS["loans"], "100,b3,2026-12-01,2026-12-15,0,false"], reservations=[])
    world.clock.advance(timedelta(days=8))
    assert world.load(snapshot=True)["reservations"] == Counts(closed=3)
    states = {(row.card_number, row.title_id): row.state for row in (world.reservation(*key) for key in KEYS)}
    assert states == {
        ("100", "sorekara"): "fulfilled",  # The patron has it now.
        ("200", "kokoro"): "expired",  # Its last day is past.
        ("200", "sorekara"): "cancelled",
    }
    assert world.events(ReservationHistoryRow)[3:] == [("import", "system")] * 3


KEYS = [("100", "sorekara"), ("200", "kokoro"), ("200", "sorekara")]


def test_a_file_that_is_not_in_a_snapshot_closes_nothing(world: IlsWorld) -> None:
    world.files.write_all()
    world.load()
    for name in ("loans", "reservations"):
        (world.files.folder / f"{name}.csv").unlink()
    before = world.dump()
    world.load(snapshot=True)
    assert world.dump() == before


@pytest.mark.postgres
def test_an_import_into_postgresql_is_the_same(world: IlsWorld, postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    other = IlsWorld.over(engine, world.files.folder)
    world.files.write_all()
    for snapshot in (False, True):
        assert other.load(snapshot=snapshot) == world.load(snapshot=snapshot)
        world.files.write_all(loans=[], reservations=ROWS["reservations"][1:])
    assert other.load(snapshot=True) == world.load(snapshot=True)
    assert other.events(ReservationHistoryRow) == world.events(ReservationHistoryRow)
    engine.dispose()


@pytest.mark.parametrize("snapshot", [False, True])
def test_what_ended_longer_ago_than_it_is_remembered_is_not_taken_up_again(
    world: IlsWorld, snapshot: bool
) -> None:
    world.files.write_all()
    header = f"{HEADERS['loans']},returned_on"
    over = [
        "100,b2,2026-10-01,2026-10-15,0,false,2026-11-23",
        "100,b3,2026-10-01,2026-10-15,0,false,2026-11-24",
    ]
    world.files.write("loans", over, header)
    closed = [
        "100,kokoro,2026-11-01T12:00:00,chuo,none,expired,2026-11-08,2026-11-16,web",
        "100,sorekara,2026-11-01T12:00:00,chuo,none,fulfilled,2026-11-09,2026-11-17,web",
        "200,kokoro,2026-11-01T12:00:00,chuo,none,cancelled,,,web",
    ]
    world.files.write("reservations", closed)
    counts = world.load(snapshot=snapshot)
    assert [(counts[name].added, counts[name].unchanged) for name in ("loans", "reservations")] == [
        (1, 1),
        (1, 2),
    ]
    assert [row.barcode for row in world.rows(LoanRow)] == ["b3"]
    assert [row.title_id for row in world.rows(ReservationRow)] == ["sorekara"]
