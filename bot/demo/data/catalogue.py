"""The works of the demo's libraries: readable files into rows of `titles.csv`.

A work's key (`kokoro-shincho`) is its title id. Magazines are listed once; their last issues are counted from today.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import Final

ISSUES: Final = 4
"""Issues of each magazine that the library has: the latest one and those before it."""

_SHELVES_OF_A_KIND: Final = {"magazine": "雑誌", "audiovisual": "視聴覚", "kamishibai": "紙芝居"}


@dataclass(frozen=True, slots=True)
class Work:
    """One title with the place where its copies stand."""

    title_id: str
    title: str
    title_kana: str
    author: str = ""
    author_kana: str = ""
    publisher: str = ""
    published: str = ""
    isbn: str = ""
    material: str = "book"
    subjects: str = ""
    series: str = ""
    volume: str = ""
    contest_division: str = ""
    issue: str = ""
    latest_issue: bool = False
    arrived_on: date | None = None
    ndc: str = ""
    """The class of the Nippon Decimal Classification (913.6), or E for picture books."""
    shelf: str = ""

    @property
    def call_number(self) -> str:
        """Class and the first kana of the author, or of the title where none is named: 913.6 ナ."""
        reading = self.author_kana or self.title_kana
        return f"{self.ndc} {reading[:1]}".strip()


class Catalogue:
    """All titles of a demo library, in the order of the files."""

    def __init__(self, works: Iterable[Work]) -> None:
        self.works = tuple(works)
        self._by_key = {work.title_id: work for work in self.works}

    def find(self, key: str) -> Work:
        """The work with this key; `bungeishunju:0` is a magazine's latest issue, `:1` the one before.

        Raises ValueError for a key that no file has.
        """
        name, colon, age = key.partition(":")
        if colon:
            issues = [work for work in self.works if work.issue and work.title_id.startswith(f"{name}-")]
            if int(age) < len(issues):
                return issues[int(age)]
        if key not in self._by_key:
            raise ValueError(f"the demo's title files have no {key}")
        return self._by_key[key]


def read_catalogue(library: str, today: date) -> Catalogue:
    """The titles of a demo library (`mito`, `kyoto`) as of `today`."""
    return Catalogue(
        [
            *_plain_works("titles.csv", today),
            *_plain_works(f"titles_{library}.csv", today),
            *_issues(today),
        ]
    )


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file beside this module, spaces around the cells cut off."""
    text = (files("bot.demo.data") / name).read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), strict=True)
    return [{column: (cell or "").strip() for column, cell in row.items()} for row in rows]


def _plain_works(name: str, today: date) -> Iterator[Work]:
    for row in read_table(name):
        days_ago = row["arrived_days_ago"]
        yield Work(
            title_id=row["title_id"],
            title=row["title"],
            title_kana=row["title_kana"],
            author=row["author"],
            author_kana=row["author_kana"],
            publisher=row["publisher"],
            published=row["published"],
            isbn=row["isbn"],
            material=row["material"],
            subjects=row["subjects"],
            series=row["series"],
            volume=row["volume"],
            contest_division=row["contest_division"],
            arrived_on=today - timedelta(days=int(days_ago)) if days_ago else None,
            ndc=row["ndc"],
            shelf=row["shelf"] or _SHELVES_OF_A_KIND.get(row["material"], ""),
        )


def _issues(today: date) -> Iterator[Work]:
    for row in read_table("magazines.csv"):
        for age, (year, month, out_on) in enumerate(_latest_issues(row, today)):
            yield Work(
                title_id=f"{row['title_id']}-{year}-{month:02}",
                title=row["title"],
                title_kana=row["title_kana"],
                publisher=row["publisher"],
                published=str(out_on.year),
                material="magazine",
                subjects=row["subjects"],
                issue=f"{year}年{month}月号",
                latest_issue=age == 0,
                arrived_on=out_on,
                ndc=row["ndc"],
                shelf=_SHELVES_OF_A_KIND["magazine"],
            )


def _latest_issues(row: Mapping[str, str], today: date) -> Iterator[tuple[int, int, date]]:
    """Year and month on the cover and the day it came out, the latest first."""
    lead_months, out_on_day = int(row["lead_months"]), int(row["out_on_day"])
    month = today.year * 12 + today.month - 1
    if today.day < out_on_day:
        month -= 1
    for age in range(ISSUES):
        came_out, cover = month - age, month - age + lead_months
        yield cover // 12, cover % 12 + 1, date(came_out // 12, came_out % 12 + 1, out_on_day)
