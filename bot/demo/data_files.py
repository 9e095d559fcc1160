"""The demo's libraries: their CSV files counted from today, their sample calendar, and the cards to try."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.demo.data.calendar import sample_calendar
from bot.demo.data.people import read_library_file
from bot.demo.data.record import build_record


@dataclass(frozen=True, slots=True)
class DemoCard:
    """A card to try: how to sign in with it, and what it shows."""

    card_number: str
    password: str
    """Empty: the card has none of its own yet."""
    temporary_password: str
    """Given out by the counter, to be changed at the first sign-in; empty: none."""
    name: str
    birth_date: date
    shows_ja: str
    shows_en: str

    def how_to_sign_in(self) -> str:
        """What to type on the sign-in page, for one line of a terminal."""
        if self.password:
            return f"{self.name}  パスワード (password) {self.password}"
        if self.temporary_password:
            return f"{self.name}  仮パスワード (temporary password) {self.temporary_password}"
        return (
            f"初回登録 (first registration)  {self.name}  生年月日 (birth date) {self.birth_date.isoformat()}"
        )


def demo_cards(library: str) -> tuple[DemoCard, ...]:
    """The thirty cards of `library` (`mito`, `kyoto`); the eight that show most come first."""
    return tuple(
        DemoCard(
            card_number=person.card_number,
            password=person.password,
            temporary_password=person.temporary_password,
            name=person.name,
            birth_date=person.birth_date,
            shows_ja=person.shows_ja,
            shows_en=person.shows_en,
        )
        for person in read_library_file(library).patron
    )


def demo_calendar(library: str) -> Mapping[str, object]:
    """The [calendar] table of the library's policy: made up, and marked as a sample (見本)."""
    return sample_calendar(library)


def write_demo_csv(library: str, today: date, folder: Path) -> None:
    """Write the five CSV files of `library` into `folder`, with all dates counted from `today`."""
    for name, rows in build_record(library, today).items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
