"""Plays conversations over a real record: what is said or tapped, and what is looked at afterwards."""

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, event, update
from yaml_files import read_yaml

from bot.clock import StoppedClock
from bot.dialogue.events import Event, EventKind
from bot.messages.replies import Card, Cards, Dial, Reply
from bot.policies import load_policy
from bot.storage import tables  # noqa: F401  # Registers all tables on the metadata.
from bot.storage.base import Base
from bot.storage.engine import open_engine, writing
from bot.storage.tables.library import CopyRow, LoanRow, ReservationRow, TitleRow
from tests.dialogue.record import snapshot, write
from tests.dialogue.rim import Rim

DATA = Path(__file__).parents[2] / "data" / "dialogues"
BASE = "_record.yaml"
BEGIN = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""A Tuesday, ten in the morning in Japan."""
WHO = "U1"
OF_LIBRARY = {"mito": ("chuo", "tobu"), "kyoto": ("kyoto", "kyoto")}
"""The branches that the base record calls BRANCH and OTHER."""

Conversation = Mapping[str, Any]


class Databases:
    """A database a library, with the record that all conversations begin with."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._engines: dict[str, Engine] = {}
        self._begun: dict[str, bytes] = {}

    def fresh(self, library: str) -> Engine:
        """The library's database as it began."""
        file = self._folder / f"{library}.sqlite3"
        if library not in self._engines:
            self._engines[library] = open_engine(f"sqlite:///{file}")
            event.listen(self._engines[library], "connect", _without_waiting_for_the_disk)
            self._begun[library] = self._begin(library, file)
        engine = self._engines[library]
        engine.dispose()
        file.write_bytes(self._begun[library])
        return engine

    def close(self) -> None:
        """Let all of them go."""
        for engine in self._engines.values():
            engine.dispose()

    def _begin(self, library: str, file: Path) -> bytes:
        engine = self._engines[library]
        with engine.begin() as connection:
            Base.metadata.create_all(connection)
        with writing(engine) as session:
            write(session, rows_of(library, read_yaml(DATA / BASE)))
        engine.dispose()  # With its last connection SQLite folds the log into the file.
        return file.read_bytes()


def _without_waiting_for_the_disk(connection: Any, _record: object) -> None:
    # What a crash of the machine would leave is no matter of conversations.
    connection.execute("PRAGMA synchronous = OFF")


class Player:
    """Plays one conversation over a real record."""

    def __init__(self, talk: Conversation, library: str, databases: Databases, layout: str = "") -> None:
        """`layout` is `plain` for a patron who types numbers where others tap."""
        self._is_plain = layout == "plain"
        begin = talk.get("at")
        self.clock = StoppedClock(begin.astimezone(UTC) if begin else BEGIN)
        self._library = library
        self.database = databases.fresh(library)
        with writing(self.database) as session:
            write(session, rows_of(library, talk.get("record", {})))
        self.rim = Rim(self.database, load_policy(library), self.clock)
        self.messages: tuple[Any, ...] = ()
        self._kept: dict[str, str] = {}
        """Buttons to be tapped later in the conversation."""
        cards = talk.get("cards") or [talk.get("card", "hanako")]
        for card in filter(None, cards):
            self.rim.link(WHO, card)
            self.clock.advance(timedelta(seconds=1))
        if self._is_plain:
            self.rim.set(WHO, "layout", layout)

    def play(self, step: Mapping[str, Any], *, look: bool = True) -> None:
        """One step: something happens, and then what is to be seen is looked at."""
        self.clock.advance(timedelta(seconds=5))
        if "wait" in step:
            self.clock.advance(timedelta(minutes=step["wait"]))
        if "meanwhile" in step:
            self._meanwhile(step["meanwhile"])
        if "said" in step:
            self.say(str(step["said"]))
        if "tapped" in step and self._is_plain:
            self.say(self.number(step["tapped"]))
        elif "tapped" in step:
            self.tap(self.button(step["tapped"]))
        if "kept" in step:
            self.tap(self._kept[step["kept"]])
        if look:
            self._look(step)
        self._kept.update({label: self.button(label) for label in step.get("keep", [])})

    def say(self, text: str) -> list[str]:
        """A message of words. Returns the keys of what was answered."""
        return self.turn(Event(EventKind.TEXT, self.clock.now(), WHO, text=text))

    def tap(self, button_id: str, who: str = WHO) -> list[str]:
        """A tap on a button by its id. Returns the keys of what was answered."""
        return self.turn(Event(EventKind.TAP, self.clock.now(), who, button_id=button_id))

    def turn(self, event: Event) -> list[str]:
        """Any event. Returns the keys of what was answered."""
        self.messages = self.rim.turn(event).messages
        assert 1 <= len(self.messages) <= 5
        return [reply.key for reply in self.heard]

    def record(self) -> dict[str, Any]:
        """Every loan and reservation as it is now."""
        with writing(self.database) as session:
            return snapshot(session)

    def all_buttons(self) -> list[tuple[str, str]]:
        """Label and id of all buttons of the last answer."""
        actions = [a for m in self.messages for bubble in _bubbles(m) for a in _actions(bubble)]
        return [(action["label"], action["data"]) for action in actions if action["type"] == "postback"]

    def heard_text(self) -> str:
        """All that was answered last, to understand a failure."""
        return "\n".join(f"{reply.key} {dict(reply.values)}: {_all_text(reply)}" for reply in self.heard)

    @property
    def heard(self) -> tuple[Reply, ...]:
        return self.rim.engine.heard

    def button(self, label: str) -> str:
        """The id behind a button of the last answer; `label@2` is that of card number 2."""
        return str(self._action(label)["data"])

    def spoken(self, label: str) -> str:
        """What stands in the chat as the patron's words once that button is tapped."""
        return str(self._action(label)["displayText"])

    def _action(self, label: str) -> Mapping[str, Any]:
        label, _, number = label.partition("@")
        cards = [bubble for message in self.messages for bubble in _bubbles(message)]
        found = [
            action
            for bubble in cards
            for action in _actions(bubble)
            if action["type"] == "postback"
            and action["label"] == label
            and (not number or _number(bubble) == number)
        ]
        assert found, f"there is no button {label} among {[a['label'] for b in cards for a in _actions(b)]}"
        return found[0]

    def number(self, label: str) -> str:
        """The number to type for a button of the last answer; `label@2` is that of entry number 2."""
        label, _, wanted = label.partition("@")
        entry, found = "", []
        for line in "\n".join(message["text"] for message in self.messages).split("\n"):
            heading = re.match(r"(\d+)番　", line)
            button = re.fullmatch(r"［(\d+)］(.*)", line)
            entry = heading[1] if heading else entry if line else ""
            if button and button[2] == label and (not wanted or wanted == entry):
                found.append(button[1])
        assert found, f"there is no number for {label}"
        return found[0]

    def _meanwhile(self, changes: Mapping[str, Any]) -> None:
        with writing(self.database) as session:
            write(session, rows_of(self._library, changes.get("record", {})))
            for table, key in (
                (LoanRow, "loan_id"),
                (ReservationRow, "reservation_id"),
                (TitleRow, "title_id"),
            ):
                for row_id, values in changes.get(table.__tablename__, {}).items():
                    session.execute(update(table).where(getattr(table, key) == row_id).values(**values))
            if "lost" in changes:
                session.execute(delete(CopyRow).where(CopyRow.title_id == changes["lost"]))
                session.execute(delete(TitleRow).where(TitleRow.title_id == changes["lost"]))
            for reservation_id in changes.get("gone", ()):
                session.delete(session.get_one(ReservationRow, reservation_id))

    def _look(self, step: Mapping[str, Any]) -> None:
        keys = step.get("answered")
        if keys is not None:
            assert [reply.key for reply in self.heard] == ([keys] if isinstance(keys, str) else keys)
        values = {name: value for reply in self.heard for name, value in reply.values.items()}
        for name, value in step.get("with", {}).items():
            assert str(values.get(name)) == str(value), f"{name} is {values.get(name)!r}"
        text = " ".join(_all_text(reply) for reply in self.heard)
        for part in step.get("tells", []):
            assert part in text, f"{part} is not told"
        for part in step.get("hides", []):
            assert part not in text, f"{part} is told"
        for name in ("buttons", "dials"):
            if name in step:
                assert getattr(self, f"_{name}")() == step[name]
        self._look_at_record(step.get("record", {}))

    def _buttons(self) -> list[str]:
        return [button.label for card in self._cards() for button in card.buttons]

    def _dials(self) -> list[str]:
        dials = [
            button.phone for card in self._cards() for button in card.buttons if isinstance(button, Dial)
        ]
        return list(dict.fromkeys(dials))

    def _cards(self) -> list[Card]:
        return [card for reply in self.heard if isinstance(reply, Cards) for card in reply.cards]

    def _look_at_record(self, wanted: Mapping[str, Any]) -> None:
        now = self.record()
        for table, rows in wanted.items():
            for row_id, values in rows.items():
                found = now[table].get(row_id) or _found_by_title(now[table], row_id)
                seen = {name: found.get(name) for name in values} if found else None
                assert seen == (values or None), f"{row_id} is {seen}"


def rows_of(library: str, rows: Mapping[str, Any]) -> dict[str, Any]:
    """The rows with this library's branches; a reservation is picked up at the first one."""
    branch, other = OF_LIBRARY[library]
    text = json.dumps(deepcopy(dict(rows)), default=lambda day: {"day": day.isoformat()}, ensure_ascii=False)
    text = text.replace('"BRANCH"', f'"{branch}"').replace('"OTHER"', f'"{other}"')
    made: dict[str, Any] = json.loads(text, object_hook=_days)
    for row in made.get("reservations", []):
        row.setdefault("pickup_branch", branch)
    return made


def _days(value: dict[str, Any]) -> Any:
    if set(value) != {"day"}:
        return value
    moment = datetime.fromisoformat(value["day"])
    return moment if "T" in value["day"] else moment.date()


def _found_by_title(rows: Mapping[str, Any], title_id: str) -> Mapping[str, Any] | None:
    """A reservation made in the conversation has an id of its own: it is found by its title."""
    return next((row for row in rows.values() if row.get("title_id") == title_id), None)


def _all_text(reply: Reply) -> str:
    if not isinstance(reply, Cards):
        return reply.text
    cards = [
        [card.badge, card.title, *(f"{row.label} {row.value}" for row in card.rows)] for card in reply.cards
    ]
    return " ".join([reply.alt, *(part for card in cards for part in card)])


def _bubbles(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    contents = message.get("contents", {})
    return list(contents["contents"]) if contents.get("type") == "carousel" else [contents]


def _actions(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        if "action" in value:
            yield value["action"]
        for inner in value.values():
            yield from _actions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _actions(inner)


def _number(bubble: Mapping[str, Any]) -> str:
    """The number at the head of a bubble: its first text."""
    texts = [part["text"] for part in _texts(bubble.get("body", {}))]
    return texts[0] if texts else ""


def _texts(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        if value.get("type") == "text":
            yield value
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
