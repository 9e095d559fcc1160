"""Everything that the console may have to say has its words."""

import re
from pathlib import Path
from string import Formatter

import pytest

from bot.announcements import AudienceKind, Flaw, Layout, LeftOut, State
from bot.intents import Intent
from bot.library import PickupReason, ReservationState
from bot.library.desk import DeskProblem
from bot.staff import Role, SubjectKind
from bot.staff.announcements import Obstacle
from bot.staff.audit import Action
from bot.staff.model import PasswordFlaw
from webhooks.staff import navigation, texts
from webhooks.staff.accounts import ACTS as ACCOUNT_ACTS
from webhooks.staff.announcements import ACTS as ANNOUNCEMENT_ACTS
from webhooks.staff.charts import SERIES
from webhooks.staff.desk import ACTS
from webhooks.staff.texts import say

FOLDER = Path(texts.__file__).parent
VALUES = {
    "least": 12,
    "title": "こころ",
    "day": "あす",
    "count": 1,
    "missing": "1",
    "barcode": "b1",
    "branch": "東部",
    "card": "100",
    "value": "東部",
}
VALUES |= {"state": "準備中", "minutes": 1, "name": "花子", "number": 1, "due_dates": 1, "last_days": 1}

NEEDED = [
    *(f"role.{role}" for role in Role),
    *(f"action.{action}" for action in Action),
    *(f"subject.{kind}" for kind in SubjectKind if kind),
    *(f"problem.{problem}" for problem in DeskProblem),
    *(f"problem.{reason}" for reason in PickupReason),
    *(f"state.{state}" for state in ReservationState),
    *(f"flaw.{flaw}" for flaw in PasswordFlaw),
    *(f"{part}.{act.name}" for act in ACTS for part in ("act", "act_lead", "act_button")),
    *(f"account_act.{act}" for act in ACCOUNT_ACTS),
    *(f"account_ask.{act}{part}" for act in ACCOUNT_ACTS for part in ("", "_title")),
    *(f"account_done.{act}" for act in ACCOUNT_ACTS if act != "reset-password"),
    *(f"layout.{layout}" for layout in Layout),
    *(f"{part}.{kind}" for kind in AudienceKind for part in ("audience", "audience_kind")),
    *(f"left_out.{reason}" for reason in LeftOut),
    *(f"announce_state.{state}" for state in State),
    *(f"announce_done.{act}" for act in ANNOUNCEMENT_ACTS),
    *(f"announce_no.{obstacle}" for obstacle in Obstacle),
    *(f"announce_flaw.{flaw}" for flaw in Flaw),
    *(f"insight.{name}" for name in SERIES),
    *(f"intent.{intent}" for intent in Intent),
    *(entry.key for entry in navigation.ENTRIES),
    *(f"{entry.key}_about" for entry in navigation.ENTRIES),
]


@pytest.mark.parametrize("key", NEEDED)
def test_what_may_be_said_has_its_words(key: str) -> None:
    assert say(key, **VALUES)


def test_whatever_code_and_pages_ask_for_is_there() -> None:
    sources = [*FOLDER.rglob("*.py"), *FOLDER.rglob("*.html")]
    asked = {
        key
        for source in sources
        for key in re.findall(r"""say\(\s*["']([a-z_]+\.[a-z_-]+)["']""", source.read_text(encoding="utf-8"))
    }
    known = {f"{section}.{name}" for section, part in texts._texts().items() for name in part}
    assert asked
    assert asked - known == set()


def test_no_text_has_a_place_that_nobody_fills() -> None:
    for section, part in texts._texts().items():
        for name, text in part.items():
            places = {place for _, place, _, _ in Formatter().parse(text) if place}
            assert places <= set(VALUES), f"{section}.{name}"
