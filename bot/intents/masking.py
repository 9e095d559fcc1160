"""What was not understood, without anything that could be somebody's: only words of a closed list are left standing.

Kept are the words that stand in the parser's own data and those that Japanese has by the handful (particles,
auxiliaries, pronouns). Whatever else is said becomes a gap: names, titles, numbers, what stands in quotes, foreign
words. So a word must be known to be harmless in order to stay, and none must be known to be a name in order to go.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby, islice, pairwise
from typing import Final

from bot.intents.lexicon import Lexicon, load_lexicon
from bot.intents.match import Finder, Hit
from bot.intents.model import SlotValue
from bot.intents.normalize import Spellings, Text, normalize
from bot.intents.tokens import Token, Tokenizer

GAP: Final = "＿"
"""Stands for one or more words that are not kept."""

LONGEST_MASKED: Final = 80
"""Characters of what is left."""

_LONGEST_READ: Final = 300
"""Characters of a message that are looked at: what is longer tells no more about single words."""

_SAYS_SOMETHING: Final = frozenset({"edge", "weak"})
"""Roles of words without which there is nothing to learn from a message."""
_QUOTED = re.compile(r"""[「『【《〈(\["“'‘〝][^」』】》〉)\]"”'’〟]*(?:[」』】》〉)\]"”'’〟]|$)""")
_FOREIGN = re.compile(r"[ァ-ヺー・]+|[a-z]+")
"""A foreign word is known as a whole or not at all."""
_KANA = re.compile(r"[ぁ-ゖー]+")
_SIGNS: Final = frozenset("。、?!")
_AFTER_A_GAP: Final = frozenset(
    {"を", "に", "が", "は", "の", "で", "と", "も", "から", "まで", "って", "です", "だ"}
)
"""Of the small words those that may follow a gap; any other may be the rest of a name (のり, かな)."""
_AFTER_ANYTHING: Final = frozenset({"です", "だ", "らしい", "ない"})
"""Auxiliaries that need no verb that goes on before them; any other there begins a name (たろう, とる)."""
_PARTICLES: Final = frozenset({"助詞", "助動詞"})
_BEGIN_NAMES: Final = frozenset({"せ", "い", "たろう"})
"""Forms of small words that are taken for one in a name as often as not (せんば, たろう)."""
_INFLECTED: Final = frozenset({"動詞", "形容詞", "助動詞"})
_SMALL_VERBS: Final = frozenset(
    {
        "する",
        "できる",
        "ある",
        "いる",
        "くださる",
        "下さる",
        "もらう",
        "いただく",
        "しまう",
        "おく",
        "ない",
        "ほしい",
        "よい",
    }
)
_POINTING: Final = frozenset(
    {
        "これ",
        "それ",
        "あれ",
        "どれ",
        "ここ",
        "そこ",
        "どこ",
        "こちら",
        "どちら",
        "何",
        "誰",
        "いつ",
        "私",
        "この",
        "その",
        "あの",
        "どの",
    }
)
_SHORT_KANA = 3
"""A word in hiragana that is no longer is as likely a name (みる, そら, つづき)."""
_SMALL_TALK: Final = frozenset({"greet", "thank", "thank_firm", "chat"})
"""Groups of words that tell nothing about a counter."""


class Masker:
    """Masks messages; safe to share between threads. Made by `load_masker`."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._spellings = Spellings(lexicon.spellings)
        self._tokenizer = Tokenizer()
        self._finder = Finder(lexicon)

    def mask(self, message: str, named: Iterable[SlotValue] = ()) -> str:
        """The message with gaps, in the usual spelling, of at most `LONGEST_MASKED` characters.

        `named` is what the parser took for titles and names in it. Empty where nothing about a library's counter
        was said: then there is nothing to learn from it, either.
        """
        text = normalize(message[:_LONGEST_READ], self._spellings)
        tokens = self._tokenizer.tokenize(text.canon)
        hits = [hit for hit in self._finder.find(text.canon, tokens, ()) if _is_harmless(hit, text.canon)]
        hidden = _hidden(text, named)
        known = _places(hits, tokens) - hidden
        known -= _half_foreign(text.canon, known) | _coined(tokens, hits)
        left = _Left(tokens, known, hidden)
        words = [(left.of(n), token) for n, token in enumerate(tokens)]
        telling = _places([hit for hit in hits if hit.role in _SAYS_SOMETHING], tokens)
        if not any(word != GAP and token.begin in telling for word, token in words):
            return ""
        folded = ((word, run) for word, run in groupby(word for word, _ in words if word))
        return "".join(word if word == GAP else "".join(run) for word, run in folded)[:LONGEST_MASKED]


class _Left:
    """What is left of each token, in their order."""

    def __init__(self, tokens: Sequence[Token], known: set[int], hidden: set[int]) -> None:
        self._tokens = tokens
        self._known = known
        self._hidden = hidden
        self._before = ""
        """What the token before came to; empty at the beginning of a sentence."""

    def of(self, n: int) -> str:
        """The token, a gap, or nothing for a space."""
        token = self._tokens[n]
        if not token.surface.strip():
            return ""
        if token.surface in _SIGNS and token.begin not in self._hidden:
            self._before = ""
            return token.surface
        self._before = token.surface if self._stays(n, token) else GAP
        return self._before

    def _stays(self, n: int, token: Token) -> bool:
        places = range(token.begin, token.end)
        if not self._hidden.isdisjoint(places) or token.pos[1] == "固有名詞":
            return False
        if any(char.isdigit() for char in token.surface):
            return False
        if self._known.issuperset(places):
            return True
        return token.lemma in _POINTING or (_is_small(token) and self._may_follow(n, token))

    def _may_follow(self, n: int, token: Token) -> bool:
        if self._before in ("", GAP):
            return self._before == GAP and token.surface in _AFTER_A_GAP
        if token.pos[0] == "助動詞" and token.lemma not in _AFTER_ANYTHING:
            return self._goes_on(n - 1)
        return token.pos[1] != "終助詞" or _ends_here(islice(self._tokens, n + 1, None))

    def _goes_on(self, n: int) -> bool:
        """Whether it is a verb in a form that needs something after it (し, くださ), not one that has ended (する)."""
        token = self._tokens[n]
        return token.pos[0] in _INFLECTED and token.surface != token.lemma


def _is_small(token: Token) -> bool:
    is_verb = token.pos[1] == "非自立可能" and token.lemma in _SMALL_VERBS
    return (token.pos[0] in _PARTICLES or is_verb) and token.surface not in _BEGIN_NAMES


def _ends_here(following: Iterable[Token]) -> bool:
    """Whether nothing more is said in this sentence."""
    for token in following:
        if token.surface in _SIGNS:
            return True
        if not token.is_function:
            return False
    return True


def _is_harmless(hit: Hit, canon: str) -> bool:
    word = canon[hit.begin : hit.end]
    return hit.group not in _SMALL_TALK and not (len(word) <= _SHORT_KANA and _KANA.fullmatch(word))


def _coined(tokens: Sequence[Token], hits: Sequence[Hit]) -> set[int]:
    """Places of two things that somebody put together, as titles do (コンビニ人間); what one does with a thing may
    follow it (雑誌予約).
    """
    coined: set[int] = set()
    for one, other in pairwise(tokens):
        are_things = all(t.pos[0] == "名詞" and t.pos[2] != "サ変可能" for t in (one, other))
        if are_things and not any(hit.begin <= one.begin and other.end <= hit.end for hit in hits):
            coined.update(range(one.begin, other.end))
    return coined


def _places(hits: Iterable[Hit], tokens: Sequence[Token]) -> set[int]:
    """Where known words stand that begin where a word of the language does."""
    begins = {token.begin for token in tokens}
    return {at for hit in hits if hit.begin in begins for at in range(hit.begin, hit.end)}


def _half_foreign(canon: str, known: set[int]) -> set[int]:
    """The foreign words of which a part only is known (カード in カードファイト)."""
    runs = (range(*found.span()) for found in _FOREIGN.finditer(canon))
    return {at for run in runs if not known.issuperset(run) for at in run}


def _hidden(text: Text, named: Iterable[SlotValue]) -> set[int]:
    """Places in `canon` of what stands in quotes and of what the parser took for a title or a name."""
    hidden = {at for found in _QUOTED.finditer(text.canon) for at in range(*found.span())}
    in_written = {at for name in _texts(named) for at in _occurrences(name, text.written)}
    return hidden | {at for at in range(len(text.canon)) if text.origin[at] in in_written}


def _occurrences(name: str, written: str) -> Iterator[int]:
    for found in re.finditer(re.escape(name), written):
        yield from range(*found.span())


def _texts(values: Iterable[SlotValue]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from (one for one in value if isinstance(one, str))


@cache
def load_masker() -> Masker:
    """The masker over the packaged data; one for a process.

    Raises:
        DataError: a data file of this package is wrong.
    """
    return Masker(load_lexicon())
