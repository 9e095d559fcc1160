"""The works of the demo: what a librarian would look for in the files before trusting them."""

import re
from collections import Counter, defaultdict
from datetime import date

import pytest
from demo_record import DAYS, LIBRARIES, demo_on

from bot.demo.data import record
from bot.demo.data.catalogue import ISSUES, Catalogue, Work, read_catalogue
from bot.demo.data.people import read_library_file
from bot.library import ContestDivision, Material
from bot.policies import load_policy

TODAY = date(2026, 11, 24)

_KANA = re.compile("[ァ-ヶー ]+")
_FIRST_PRINTED_HERE = 1900
_ENOUGH = 250
_VOLUMES_IN_ORDER = (
    ["上", "下"],
    ["上", "中", "下"],
    ["BOOK1", "BOOK2", "BOOK3"],
    ["第1部", "第2部", "第3部"],
)


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def catalogue(library: str) -> Catalogue:
    return read_catalogue(library, TODAY)


def test_there_are_some_250_works_of_every_material(catalogue: Catalogue) -> None:
    assert len(catalogue.works) >= _ENOUGH
    assert {work.material for work in catalogue.works} == {material.value for material in Material}


def test_no_work_stands_twice(catalogue: Catalogue) -> None:
    ids = Counter(work.title_id for work in catalogue.works)
    same = Counter(
        (work.title, work.author, work.publisher, work.volume, work.issue, work.material)
        for work in catalogue.works
    )
    assert [key for key, times in (ids | same).items() if times > 1] == []


def test_every_work_has_its_reading_in_kana(catalogue: Catalogue) -> None:
    unread = [work.title for work in catalogue.works if not _KANA.fullmatch(work.title_kana)]
    unread += [
        work.author for work in catalogue.works if work.author and not _KANA.fullmatch(work.author_kana)
    ]
    assert unread == []


def test_an_author_is_always_read_the_same_way(catalogue: Catalogue) -> None:
    readings = defaultdict(set)
    for work in catalogue.works:
        readings[work.author].add(work.author_kana)
    assert {author: kana for author, kana in readings.items() if len(kana) > 1} == {}


def test_years_are_plausible(catalogue: Catalogue) -> None:
    years = {work.title: work.published for work in catalogue.works if work.published}
    wrong = {
        title: year for title, year in years.items() if not _FIRST_PRINTED_HERE < int(year) <= TODAY.year
    }
    assert wrong == {}


def test_isbns_have_a_valid_check_digit(catalogue: Catalogue) -> None:
    isbns = [work.isbn for work in catalogue.works if work.isbn]
    assert len(set(isbns)) == len(isbns)
    assert [isbn for isbn in isbns if not _is_isbn13(isbn)] == []


def _is_isbn13(isbn: str) -> bool:
    weighted = (int(char) * (3 if place % 2 else 1) for place, char in enumerate(isbn))
    return len(isbn) == 13 and isbn.isdigit() and sum(weighted) % 10 == 0


def test_volumes_of_one_work_are_complete_and_agree(catalogue: Catalogue) -> None:
    works: dict[tuple[str, str], list[Work]] = defaultdict(list)
    for work in catalogue.works:
        if work.volume:
            works[work.title, work.publisher].append(work)
    for (title, _), volumes in works.items():
        assert len({(work.title_kana, work.author, work.series, work.ndc) for work in volumes}) == 1, title
        named = [work.volume for work in volumes]
        counted = [str(number + 1) for number in range(len(named))]
        assert len(named) == 1 or named == counted or named in _VOLUMES_IN_ORDER, title


def test_a_series_is_one_authors_work_and_not_a_publishers_line_of_books(catalogue: Catalogue) -> None:
    authors = defaultdict(set)
    for work in catalogue.works:
        authors[work.series].add(work.author)
    del authors[""]
    assert {series: names for series, names in authors.items() if len(names) > 1} == {}
    assert [series for series in authors if "文庫" in series or "新書" in series] == []


def test_some_works_are_new_arrivals(catalogue: Catalogue) -> None:
    arrived = [work.arrived_on for work in catalogue.works if work.arrived_on and not work.issue]
    assert len([on for on in arrived if (TODAY - on).days <= 30]) >= 10


def test_every_work_has_a_place_on_a_shelf(catalogue: Catalogue) -> None:
    assert [work.title for work in catalogue.works if not work.shelf or not work.ndc] == []


def test_some_works_have_the_same_title_so_that_one_must_be_picked(catalogue: Catalogue) -> None:
    titles = Counter(work.title for work in catalogue.works if not work.volume and not work.issue)
    assert {"こころ", "銀河鉄道の夜", "星の王子さま", "魔女の宅急便"} <= {
        title for title, times in titles.items() if times > 1
    }


def test_contest_books_are_there_for_each_division(catalogue: Catalogue) -> None:
    divisions = {work.contest_division for work in catalogue.works if work.contest_division}
    assert divisions == {division.value for division in ContestDivision}


@pytest.mark.parametrize("today", DAYS)
def test_each_magazine_has_its_latest_issue_and_earlier_ones(library: str, today: date) -> None:
    issues = defaultdict(list)
    for work in read_catalogue(library, today).works:
        if work.material == "magazine":
            issues[work.title].append(work)
    for of_one in issues.values():
        assert len(of_one) == ISSUES
        assert [work.latest_issue for work in of_one] == [True] + [False] * (ISSUES - 1)
        came = [work.arrived_on for work in of_one if work.arrived_on is not None]
        assert came == sorted(came, reverse=True)
        assert (today - came[0]).days <= 31


def test_the_cover_of_an_issue_names_the_month_it_is_for() -> None:
    found = read_catalogue("mito", date(2026, 12, 9)).find("bungeishunju:0")
    assert (found.issue, found.arrived_on) == ("2026年12月号", date(2026, 11, 10))
    found = read_catalogue("mito", date(2026, 12, 10)).find("bungeishunju:0")
    assert (found.issue, found.arrived_on) == ("2027年1月号", date(2026, 12, 10))


def test_an_unknown_key_is_named(catalogue: Catalogue) -> None:
    with pytest.raises(ValueError, match="nosuchbook"):
        catalogue.find("nosuchbook")
    with pytest.raises(ValueError, match="bungeishunju:9"):
        catalogue.find("bungeishunju:9")


def test_lending_more_than_there_is_names_the_title(monkeypatch: pytest.MonkeyPatch) -> None:
    library = read_library_file("mito")
    greedy = library.patron[1].model_copy(update={"loans": library.patron[1].loans * 9})
    changed = library.model_copy(update={"patron": (greedy,)})
    monkeypatch.setattr(record, "read_library_file", lambda _: changed)
    with pytest.raises(ValueError, match="lends enchosen more often"):
        record.build_record("mito", TODAY)


def test_the_copies_of_a_title_are_listed_once(library: str, catalogue: Catalogue) -> None:
    listed = Counter(catalogue.find(line.title).title_id for line in read_library_file(library).held)
    assert [title_id for title_id, times in listed.items() if times > 1] == []


def test_copies_stand_in_every_branch_and_only_there(library: str) -> None:
    copies = demo_on(library, TODAY).files["copies"]
    assert {row["branch"] for row in copies} == {branch.code for branch in load_policy(library).branches}
    assert len({row["barcode"] for row in copies}) == len(copies)


def test_every_title_has_a_copy_and_copies_of_every_kind_are_there(library: str) -> None:
    demo = demo_on(library, TODAY)
    titles = {row["title_id"] for row in demo.files["copies"]}
    assert titles == {row["title_id"] for row in demo.files["titles"]}
    kinds = {(row["use"], row["status"]) for row in demo.files["copies"]}
    assert {("loan", ""), ("in_library", ""), ("loan", "lost"), ("loan", "in_repair")} <= kinds
    mixed = [
        title_id
        for title_id in titles
        if {row["use"] for row in demo.files["copies"] if row["title_id"] == title_id}
        == {"loan", "in_library"}
    ]
    assert mixed != []
