"""Finds works as patrons name them: by ISBN, title, author, theme, a reading in kana, a volume.

What was asked is tried as it was understood first; where that finds nothing, a volume is taken out of the title,
and then the words are looked for anywhere. The matching itself is the library system's.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.dialogue.gathered import text_of, texts_of
from bot.dialogue.scene import Scene
from bot.dialogue.words import folded, is_named
from bot.library import Title, TitlePage, TitleQuery
from bot.messages.limits import IN_SENTENCE, clean, cut

_VOLUME: Final = re.compile(
    r"^(?P<title>.+?)(?:の|\s|第)*"
    r"(?P<volume>[0-9]{1,4}(?=月号|[巻号集話部]|$)|[上中下](?=巻?$))(?:月号|[巻号集話部])?$"
)
_AROUND_VOLUMES: Final = "第巻月号集話部"
_NUMBER: Final = re.compile("[0-9]+")
_ALL_VOLUMES: Final = 300
"""A series looked through for one volume: longer than any."""
_LONGEST: Final = 120
"""Characters of what is looked for: no title is named at greater length, and nobody may make the library toil."""
_MOST_WORDS: Final = 8
MOST_WORKS: Final = 10
"""Works of one message that are looked for; whoever names more is told so."""
_SLOTS: Final = ("title", "author", "subject", "isbn")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One work, or works of one kind, as the patron named them."""

    title: str = ""
    author: str = ""
    subject: str = ""
    isbn: str = ""

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Wanted":
        """As kept in a state or a button."""
        return cls(**{name: text_of(value, name)[:_LONGEST] for name in _SLOTS})

    def to_json(self) -> dict[str, str]:
        """What is filled, for a state or a button."""
        return {name: said for name in _SLOTS if (said := getattr(self, name))}

    @property
    def is_empty(self) -> bool:
        """Whether nothing was named."""
        return not self.to_json()

    @property
    def spoken(self) -> str:
        """As it is named back to the patron."""
        return cut(clean(" ".join(self.to_json().values())), IN_SENTENCE)


def wanted_in(slots: Mapping[str, Any]) -> list[Wanted]:
    """What the slots of a wish name: the first work, then the others, `MOST_WORKS` at most."""
    first = Wanted.from_json(slots)
    others = [Wanted.from_json({"title": title}) for title in texts_of(slots, "more_titles")[:MOST_WORKS]]
    return [*([] if first.is_empty else [first]), *others][:MOST_WORKS]


def are_too_many(slots: Mapping[str, Any]) -> bool:
    """Whether more works are named than are looked for."""
    return len(texts_of(slots, "more_titles")) >= MOST_WORKS


def find(scene: Scene, wanted: Wanted, *, limit: int) -> TitlePage:
    """The titles that are meant, best first, from the first one on."""
    subject = _few(wanted.subject)
    exact = TitleQuery(title=wanted.title, author=wanted.author, subject=subject, isbn=wanted.isbn)
    page = scene.library.find_titles(exact, limit=limit)
    if page.total or wanted.isbn:
        return page
    volume = _volume(scene, wanted, limit)
    if volume is not None:
        return volume
    words = _few(" ".join([wanted.title, wanted.author, wanted.subject]))
    return scene.library.find_titles(TitleQuery(words=words), limit=limit)


def is_meant(title: Title, words: str) -> bool:
    """Whether the words name this work: its title or reading or a part of them, its volume, or both."""
    if len(words) > _LONGEST:
        return False
    asked = folded(words)
    if is_named(title, words) or (asked and asked in folded(f"{title.title}{title.volume}{title.issue}")):
        return True
    if asked and _is_volume(title, asked.strip(_AROUND_VOLUMES)):
        return True
    named = _VOLUME.match(asked)
    return named is not None and is_named(title, named["title"]) and _is_volume(title, named["volume"])


def meant_exactly(titles: Sequence[Title], wanted: Wanted) -> Title | None:
    """The one title of several that is called exactly as was asked; None where none or more are."""
    asked = folded(wanted.title)
    called = [title for title in titles if asked and asked in {folded(title.title), folded(title.title_kana)}]
    return called[0] if len(called) == 1 else None


def _few(words: str) -> str:
    return " ".join(words.split()[:_MOST_WORDS])


def _volume(scene: Scene, wanted: Wanted, limit: int) -> TitlePage | None:
    """キングダム5巻: the series, and of it the volume where there is such a one."""
    series = TitlePage((), 0)
    for name in _series_names(wanted.title):
        query = TitleQuery(title=name, author=wanted.author)
        series = scene.library.find_titles(query, limit=_ALL_VOLUMES)
        these = tuple(title for title in series.titles if is_meant(title, wanted.title))
        if these:
            return TitlePage(these[:limit], len(these))
    return TitlePage(series.titles[:limit], series.total) if series.total else None


def _series_names(asked: str) -> list[str]:
    """What may be the series in a title with a volume: all before the last number, or before a space."""
    named = _VOLUME.match(folded(asked))
    parts = asked.split()[:_MOST_WORDS]
    names = [" ".join(parts[:end]) for end in range(len(parts) - 1, 0, -1)]
    return [*names, *([named["title"]] if named else [])]


def _is_volume(title: Title, volume: str) -> bool:
    """Whether this is the volume or issue: 上, or the last number of 第2部, BOOK3, 2026年11月号."""
    marks = [folded(mark) for mark in (title.volume, title.issue) if mark]
    found = _VOLUME.match(folded(title.title))
    marks += [found["volume"]] if found else []
    return any(
        mark.strip(_AROUND_VOLUMES) == volume or _NUMBER.findall(mark)[-1:] == [volume] for mark in marks
    )
