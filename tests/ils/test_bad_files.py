"""Files with mistakes: nothing is loaded, every bad row is named by file, line and reason, and no person is."""

import pytest
from ils_world import HEADERS, ROWS, IlsWorld

from bot.ils.embedded.importing import BadFilesError

HEADER = HEADERS["patrons"]


def mistakes(world: IlsWorld) -> list[str]:
    """What is said of the files; nothing is loaded."""
    before = world.dump()
    with pytest.raises(BadFilesError) as error:
        world.load()
    assert world.dump() == before
    said = [str(row) for row in error.value.bad_rows]
    assert not any(person in line for line in said for person in ("水戸", "花子", "hanako", "100"))
    return said


# What stands in one row of patrons.csv, and what is said of it.
CELLS = [
    (",水戸 花子,,,,,", ["card_number is empty"]),
    ("１００,水戸 花子,,,,,", ["card_number is not 1 to 64 half-width characters without spaces"]),
    ("1 0,水戸 花子,,,,,", ["card_number is not 1 to 64 half-width characters without spaces"]),
    ("5,,,,,,", ["name is empty"]),
    ("5,水戸\t花子,,,,,", ["name holds a control character"]),
    ("5,水戸\x00花子,,,,,", ["name holds a control character"]),
    ("5,水戸 花子,,1950/4/1,,,", ["birth_date is no date as YYYY-MM-DD"]),
    ("5,水戸 花子,,1950-02-30,,,", ["birth_date is no date as YYYY-MM-DD"]),
    ("5,水戸 花子,,,hanako,,", ["email is no e-mail address"]),
    (
        "5,水戸 花子,,,,那珂,",
        ["home_branch is no branch of this library (中央, 東部, 西部, 見和, 常澄, 内原)"],
    ),
    ("5,水戸 花子,,,", ["has 5 cells instead of 7"]),
    ("5,水戸 花子,,,,,,", ["has 8 cells instead of 7"]),
    ('5,"水戸" 花子,,,,,', ["is no CSV: ',' expected after '\"'"]),
    (
        ",,,1,x,那珂,",
        ["birth_date is no date as YYYY-MM-DD", "card_number is empty", "email is no e-mail address"],
    ),
]


@pytest.mark.parametrize(("row", "reasons"), CELLS)
def test_each_mistake_in_a_row_is_named(world: IlsWorld, row: str, reasons: list[str]) -> None:
    world.files.write("patrons", ["1,水戸 一郎,,,,,", row, "2,水戸 二郎,,,,,"])
    assert mistakes(world)[: len(reasons)] == [f"patrons.csv:3: {reason}" for reason in reasons]


# Rows of the other files, and what is said of each.
OTHER_FILES = [
    ("titles", "t,こころ,,,,,,123,book,,,,,,,", "isbn is no ISBN of 10 or 13 digits"),
    (
        "titles",
        "t,こころ,,,,,,,novel,,,,,,,",
        "material is none of book, kamishibai, magazine, audiovisual, public_document",
    ),
    ("titles", "t,こころ,,,,,,,book,,,,,yes,,", "latest_issue is neither true nor false"),
    (
        "titles",
        "t,こころ,,,,,,,book,,,,,,primary,",
        "contest_division is none of elementary, junior_high, high_school",
    ),
    ("copies", "b7,kokoro,中央,reading", "use is none of loan, in_library"),
    ("copies", "b7,no-such,中央,loan", "title_id is neither in titles.csv nor recorded"),
    ("loans", "300,b2,2026-11-20,2026-12-04,0,false", "card_number is neither in patrons.csv nor recorded"),
    ("loans", "200,b9,2026-11-20,2026-12-04,0,false", "barcode is neither in copies.csv nor recorded"),
    ("loans", "200,b2,2026-11-20,2026-11-19,0,false", "due_on is before checked_out_on"),
    ("loans", "200,b2,2026-11-20,,0,false", "due_on is no date as YYYY-MM-DD"),
    ("loans", "200,b2,2026-11-20,2026-12-04,-1,false", "renewals is no whole number from 0 to 9999"),
    ("loans", "200,b1,2026-11-21,2026-12-04,0,false", "the copy is on loan already by line 2"),
    (
        "loans",
        "100,b1,2026-11-20,2026-12-05,0,false",
        "has the same card_number, barcode, checked_out_on as line 2",
    ),
    (
        "reservations",
        "200,kokoro,2026-11-26T12:00:00,chuo,line,queued,,,line",
        "the patron has reserved the title already by line 2",
    ),
    (
        "reservations",
        "100,kokoro,yesterday,chuo,line,queued,,,line",
        "placed_at is no date-time as YYYY-MM-DDTHH:MM:SS",
    ),
    (
        "reservations",
        "100,kokoro,2026-11-26T12:00:00,chuo,line,ready,,,line",
        "ready_on and pickup_by are empty, but state is ready",
    ),
    (
        "reservations",
        "100,,2026-11-26T12:00:00,chuo,line,queued,,,line",
        "title_id is empty, but channel is not counter",
    ),
    (
        "reservations",
        "100,kokoro,2026-11-26T12:00:00,chuo,phone,queued,,,line",
        "contact is none of line, mail, none",
    ),
]


@pytest.mark.parametrize(("name", "row", "reason"), OTHER_FILES)
def test_a_row_that_can_not_be_true_is_named(world: IlsWorld, name: str, row: str, reason: str) -> None:
    world.files.write_all(**{name: [*ROWS[name], row]})
    assert mistakes(world) == [f"{name}.csv:{len(ROWS[name]) + 2}: {reason}"]


HEADER_MISTAKES = [
    (HEADER.replace("name_kana,", ""), ["missing column: name_kana"]),
    (HEADER + ",shoe_size", ["unknown column: shoe_size"]),
    (HEADER + ",email", ["column stands twice: email"]),
    (HEADER + ",水戸 花子", ["unknown column: number 8"]),
    ('"card_number', ["is no CSV: unexpected end of data"]),
]


@pytest.mark.parametrize(("header", "reasons"), HEADER_MISTAKES)
def test_a_wrong_header_is_named(world: IlsWorld, header: str, reasons: list[str]) -> None:
    world.files.write("patrons", [], header)
    assert mistakes(world) == [f"patrons.csv:1: {reason}" for reason in reasons]


def test_a_file_without_a_header_quotes_nobody(world: IlsWorld) -> None:
    world.files.write("patrons", [], "100,水戸 花子,,1950-04-01,,中央,")
    missing, unknown = mistakes(world)
    assert missing == "patrons.csv:1: missing column: " + ", ".join(HEADER.split(","))
    assert unknown.startswith("patrons.csv:1: unknown column: number 1, number 2")


def test_all_bad_rows_of_all_files_are_named_at_once(world: IlsWorld) -> None:
    world.files.write_all(
        patrons=[*ROWS["patrons"], ",水戸 太郎,,,,,", "5,,,,,,"],
        copies=[*ROWS["copies"], "b7,nothing,中央,loan"],
        loans=["100,b1,20 Nov,2026-12-04,0,false"],
    )
    assert mistakes(world) == [
        "copies.csv:5: title_id is neither in titles.csv nor recorded",
        "loans.csv:2: checked_out_on is no date as YYYY-MM-DD",
        "patrons.csv:4: card_number is empty",
        "patrons.csv:5: name is empty",
    ]


def test_every_line_that_is_no_utf8_is_named(world: IlsWorld) -> None:
    lines = [
        HEADER.encode(),
        b"1,a,,,,,",
        "2,水戸,,,,,".encode("cp932"),
        "3,水戸,,,,,".encode(),
        b"4,\xff,,,,,",
    ]
    (world.files.folder / "patrons.csv").write_bytes(b"\n".join(lines))
    assert mistakes(world) == ["patrons.csv:3: is not UTF-8", "patrons.csv:5: is not UTF-8"]


def test_a_quotation_mark_that_is_never_closed_is_named_where_it_begins(world: IlsWorld) -> None:
    world.files.write("patrons", ["1,a,,,,,", '2,"水戸,,,,,', "3,b,,,,,"])
    assert mistakes(world) == ["patrons.csv:3: is no CSV: unexpected end of data"]


def test_a_row_over_several_lines_counts_them(world: IlsWorld) -> None:
    world.files.write("patrons", ['1,"a\nb",,,,,', "", "2,,,,,,"])
    assert mistakes(world) == [
        "patrons.csv:2: name holds a control character",
        "patrons.csv:5: name is empty",
    ]


def test_an_empty_file_is_named(world: IlsWorld) -> None:
    (world.files.folder / "loans.csv").write_bytes(b"")
    assert mistakes(world) == [f"loans.csv:1: missing column: {', '.join(HEADERS['loans'].split(','))}"]


def test_a_folder_without_any_file_is_named(world: IlsWorld) -> None:
    assert mistakes(world) == ["the folder: there is none of the CSV files in it"]


def test_another_active_reservation_of_the_title_in_the_record_is_named(world: IlsWorld) -> None:
    closed, active = (
        "100,sorekara,2026-11-22T12:00:00,chuo,none,{},,,counter",
        "100,sorekara,2026-11-26T12:00:00,chuo,none,{},,,counter",
    )
    world.files.write_all(reservations=[closed.format("cancelled"), active.format("queued")])
    world.load()
    world.files.write_all(reservations=[closed.format("queued")])
    assert mistakes(world) == [
        "reservations.csv:2: the patron has another active reservation of the title recorded"
    ]
