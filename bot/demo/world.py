"""A library made up for the demo: its policy with a sample calendar and sample addresses, its record, its cards.

The record is loaded with the same import that a real library uses, from files whose dates are counted from
the clock's today.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot import wiring
from bot.clock import Clock
from bot.demo.data.places import with_sample_places
from bot.demo.data_files import DemoCard, demo_calendar, demo_cards, write_demo_csv
from bot.demo.staff import DemoStaff, add_demo_staff
from bot.policies import bundled_policy_text, load_policy
from bot.storage.engine import open_engine
from bot.storage.migrate import upgrade

_DATABASE = "madoguchi-demo.sqlite3"


@dataclass(frozen=True, slots=True)
class World:
    """Everything the demo's server needs."""

    policy_file: Path
    database_url: str
    library_name: str
    """What the library's account is called in the chat."""
    cards: tuple[DemoCard, ...]
    staff: DemoStaff

    @property
    def log_file(self) -> Path:
        """Where the counter writes its log."""
        return self.policy_file.parent / "serve.log"


def build(library: str, folder: Path, clock: Clock) -> World:
    """Make the world of `library` (`mito`, `kyoto`) anew in `folder`; an earlier database is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{_DATABASE}*"):
        old.unlink()
    policy_file = folder / f"{library}.toml"
    policy_file.write_text(
        with_sample_places(bundled_policy_text(library), library) + _calendar_toml(demo_calendar(library)),
        encoding="utf-8",
    )
    policy = load_policy(str(policy_file))
    database_url = f"sqlite:///{folder.resolve() / _DATABASE}"
    cards = demo_cards(library)
    files = folder / "csv"
    files.mkdir(exist_ok=True)
    write_demo_csv(library, clock.today(), files)
    engine = open_engine(database_url)
    upgrade(engine)
    wiring.import_record(engine, policy, clock, files)
    wiring.set_passwords(
        engine, policy, clock, {card.card_number: card.password for card in cards if card.password}
    )
    staff = add_demo_staff(engine, policy, clock)
    engine.dispose()
    return World(policy_file, database_url, policy.name, cards, staff)


def _calendar_toml(calendar: Mapping[str, object]) -> str:
    """The sample calendar as TOML text: strings, booleans, dates, and lists and tables of them."""
    lines: list[str] = []
    _write_table(["calendar"], calendar, lines)
    return "\n# A sample calendar (見本) for the demo; not the library's own.\n" + "\n".join(lines) + "\n"


def _write_table(path: list[str], table: Mapping[str, object], lines: list[str]) -> None:
    lines.append(f"[{'.'.join(path)}]")
    nested = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    lines += [f"{key} = {_toml_value(value)}" for key, value in table.items() if key not in nested]
    for key, value in nested.items():
        _write_table([*path, key], value, lines)


def _toml_value(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml_value(item) for item in value)}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key} = {_toml_value(item)}' for key, item in value.items())}}}"
    if isinstance(value, date):
        return value.isoformat()
    # JSON's strings, booleans and integers are TOML's as well.
    return json.dumps(value, ensure_ascii=False)
