"""A demo library in its tables."""

from dataclasses import dataclass
from pathlib import Path

from databases import new_database
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.clock import StoppedClock
from bot.demo.data.calendar import policy_with_calendar
from bot.demo.data_files import write_demo_csv
from bot.ils.embedded.importing import ImportReport, import_folder
from bot.ils.embedded.library import EmbeddedLibrary
from bot.library import Library
from bot.policies import Policy
from bot.storage.engine import open_engine


@dataclass(frozen=True)
class ImportedDemo:
    """One library on one day, imported."""

    name: str
    policy: Policy
    clock: StoppedClock
    engine: Engine
    folder: Path

    def library(self, session: Session) -> Library:
        return EmbeddedLibrary(session, self.policy, self.clock)

    def import_again(self) -> ImportReport:
        return import_folder(self.engine, self.policy, self.clock, self.folder)


def import_demo(library: str, clock: StoppedClock, folder: Path) -> ImportedDemo:
    policy = policy_with_calendar(library)
    engine = open_engine(new_database(folder / "demo.sqlite3"))
    write_demo_csv(library, clock.today(), folder)
    demo = ImportedDemo(library, policy, clock, engine, folder)
    demo.import_again()
    return demo
