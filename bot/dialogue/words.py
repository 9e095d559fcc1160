"""Words that only a question before them gives a meaning; the words are data, in `words.toml`."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

from bot.dialogue.scene import Answer
from bot.intents import Intent
from bot.library import Title

_BREAKS: Final = re.compile(r"[\s、。,.!?…〜~ー♪☆()]+")
_LONGEST_YES: Final = 40
"""A longer message says more than yes."""
_KATAKANA: Final = ("ァ", "ヶ")


class Yes(StrEnum):
    """What an answer to a question of confirmation is."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"
    """Neither: ask again."""
    OTHER = "other"
    """No answer to it at all."""


def yes_or_no(answer: Answer) -> Yes:
    """What the patron says to a confirmation. Only a clear yes is one."""
    if answer.reading is None:
        return Yes.YES if answer.chosen.get("yes") is True else Yes.NO
    if answer.intent is Intent.DENY and _is_clear_no(answer):
        return Yes.NO
    if _is_unclear(answer.text) and answer.intent in {Intent.AFFIRM, Intent.DENY, None}:
        return Yes.UNCLEAR
    if answer.intent is Intent.AFFIRM:
        return Yes.UNCLEAR if _is_hedged(answer.text) else Yes.YES
    return Yes.OTHER


def repeats_with_yes(text: str) -> bool:
    """Whether a wish said once more begins with a yes (はい、延長してください)."""
    said = folded(text)
    return any(said.startswith(word) for word in _words()["yes_before"]) and not _is_hedged(text)


def wants_to_resume(text: str) -> bool:
    """「続ける」: put the open question again."""
    return folded(text) in _words()["resume"]


def appearance_named(text: str) -> str | None:
    """`plain`, `buttons`, `easy`, `kana`, `usual_words` or `usual`: how the words ask to be answered, if they do."""
    said = folded(text)
    endings = sorted(_words()["appearance_endings"], key=len, reverse=True)
    shorter = True
    while shorter:
        ending = next((word for word in endings if said.endswith(word) and len(said) > len(word)), "")
        shorter, said = bool(ending), said.removesuffix(ending)
    table: Mapping[str, list[str]] = _words()["appearance"]
    return next((name for name, words in table.items() if said in words), None)


def means_the_whole_family(words: object) -> bool:
    """Whether a word for whose card it is means all that are linked (家族, 全員)."""
    return isinstance(words, str) and folded(words) in _words()["whole_family"]


def wants_to_write(text: str) -> bool:
    """職員に伝えて: to leave a message rather than to phone."""
    said = folded(text)
    return any(word in said for word in _words()["tell_staff"])


def wants_to_rewrite(text: str) -> bool:
    """「書き直す」: the message anew."""
    said = folded(text)
    return any(word in said for word in _words()["rewrite"])


def wants_on(text: str) -> bool:
    """期限のお知らせをオンにして: to turn on, rather than to see."""
    said, words = folded(text), _words()

    def names(table: str) -> bool:
        return any(folded(word) in said for word in words[table])

    return names("turn_on") or (names("turn_on_perhaps") and not names("only_see"))


def means_all(text: str) -> bool:
    """新着のお知らせを全部止めて: all of them."""
    said = folded(text)
    return any(word in said for word in _words()["all"])


def contact_named(text: str) -> str | None:
    """`phone`, `mail`, `line` or `none`, where the words name one way of being told."""
    said = unicodedata.normalize("NFKC", text).lower()
    table: Mapping[str, list[str]] = _words()["contact"]
    return next((contact for contact, words in table.items() if any(word in said for word in words)), None)


def change_named(text: str) -> str | None:
    """`branch` or `contact`, where the words name one of the two that can be changed of a reservation."""
    said = unicodedata.normalize("NFKC", text)
    table: Mapping[str, list[str]] = _words()["change"]
    named = [what for what, words in table.items() if any(word in said for word in words)]
    return named[0] if len(named) == 1 else None


def without_ending(text: str) -> str:
    """An answer without です, でお願いします and the like."""
    said = unicodedata.normalize("NFKC", text).strip(" 、。,.!?")
    for ending in _words()["endings"]:
        if said.endswith(ending) and len(said) > len(ending):
            return said.removesuffix(ending)
    return said


def folded(text: str) -> str:
    """Width, case, kana and spaces made one, to compare names."""
    said = "".join(unicodedata.normalize("NFKC", text).lower().split()).strip("、。,.!?")
    first, last = _KATAKANA
    return "".join(chr(ord(char) - 0x60) if first <= char <= last else char for char in said)


def is_named(title: Title, words: str) -> bool:
    """Whether the words name this work, by its title or its reading, or a part of them."""
    asked = folded(words)
    return bool(asked) and any(asked in folded(name) for name in (title.title, title.title_kana))


def is_by(title: Title, words: str) -> bool:
    """Whether the words name this work's author, or a part of the name."""
    asked = folded(words)
    return bool(asked) and any(asked in folded(name) for name in (title.author, title.author_kana))


def _is_clear_no(answer: Answer) -> bool:
    """Whether a word of the no is not one of the unclear ones (いいえ、結構です)."""
    matched = answer.reading.matched[1:] if answer.reading else ()
    return any(word not in _words()["unclear"] for word in matched)


def _is_hedged(text: str) -> bool:
    """Whether something takes the yes back or asks about it (はいは言いません, もしはいと言ったら？)."""
    said = unicodedata.normalize("NFKC", text).lower()
    if len(said) > _LONGEST_YES:
        return True
    for whole in _words()["whole_yes"]:
        said = said.replace(whole, "")
    return any(word in said for word in _words()["hedges"])


def _is_unclear(text: str) -> bool:
    said = unicodedata.normalize("NFKC", text).lower()
    unclear = _words()["unclear"]
    parts = [part for part in _BREAKS.split(said) if part]
    return bool(parts) and any(part in unclear for part in parts)


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(files("bot.dialogue").joinpath("words.toml").read_text("utf-8"))
