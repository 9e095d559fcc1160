"""What the classifier sees of a message: pieces of its spelling and sound, its words, the known groups, its build.

Names of works are one sign each, another for those that are only taken for one, and numbers one digit, so that
what is asked is told apart from what it is asked of. The build of a message is its row of known groups,
particles and kinds of unknown words: 食べたい and 登りたい are built alike. Which features speak for which
intent is learnt (`classifier`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Final

from bot.intents.match import Hit
from bot.intents.naming import Named
from bot.intents.spans import MASK
from bot.intents.tokens import Token

MOST_PAIRED: Final = 7
"""Known groups in a message whose pairs are looked at; in more than these anything stands beside anything."""
LONGEST_SEEN: Final = 1_000
"""Characters of a message that are looked at: what a letter is about stands in its beginning or not at all."""

_LENGTHS_WRITTEN: Final = (2, 3)
"""Characters of a piece of spelling."""
_LENGTHS_SPOKEN: Final = (3, 4)
"""Kana of a piece of sound, by which 延長 and えんちょう are the same."""
_LONGEST_BUILD: Final = 3
_NUMBER: Final = re.compile(r"[0-9]+")
_SPACES: Final = re.compile(r"\s+")
_PERHAPS: Final = "\ue001"
"""Stands for what is only taken for a name."""
_MASKED: Final = re.compile(f"([{MASK}{_PERHAPS}])\\1+")
_MADE_BY_NAMES: Final = frozenset({"@rest", "@noun", "@subject", "@elsewhere"})
"""Groups that are no words."""
_PARTICLES: Final = frozenset({"助詞", "助動詞", "補助記号", "記号"})
_KINDS: Final = {
    "名詞": "N",
    "動詞": "V",
    "形容詞": "A",
    "形状詞": "J",
    "副詞": "D",
    "代名詞": "O",
    "接尾辞": "S",
    "接頭辞": "H",
    "感動詞": "I",
    "接続詞": "C",
    "連体詞": "R",
}
_A_FEW: Final = 3
_LENGTH_STEP: Final = 4
_LONG: Final = 6


def features(
    masked: str,
    tokens: Sequence[Token],
    hits: Sequence[Hit],
    last: Iterable[Hit],
    named: Sequence[Named],
    sentences: int,
) -> frozenset[str]:
    """The features of a message, each once.

    `masked` is the text with its quotes masked, which `tokens`, `hits` and `named` point into; `hits` are
    those of the whole, `last` those of the last sentence, which most often says what is wanted.
    """
    names = [n for n in named if not n.kind and (n.certain or n.attached)]
    groups = sorted({hit.group for hit in hits})
    found = {f"g{group}" for group in groups}
    if len(groups) <= MOST_PAIRED:
        found.update([f"q{one}+{other}" for one, other in combinations(groups, 2)])
    found.update([f"l{hit.group}" for hit in last])
    found.update(_size(len(masked), named, sentences))
    found.update(_pieces("c", _outline(masked[:LONGEST_SEEN], names), _LENGTHS_WRITTEN))
    seen = [token for token in tokens if token.begin < LONGEST_SEEN and token.pos[0] != "空白"]
    in_names = {at: name for name in names for at in range(name.begin, min(name.end, LONGEST_SEEN))}
    words = [token for token in seen if token.begin not in in_names]
    found.update(_heads(seen, in_names))
    found.update(_pieces("r", _sound(words), _LENGTHS_SPOKEN))
    found.update(_words(words))
    found.update(_build(seen, hits, in_names))
    return frozenset(found)


def _heads(tokens: Iterable[Token], in_names: Mapping[int, Named]) -> Iterable[str]:
    """The last words of what is only taken for a name: nobody reserves a コート at a library."""
    for token in tokens:
        name = in_names.get(token.begin)
        if name is not None and not name.certain and token.end >= name.end:
            yield f"h{token.norm}"
            yield f"h>{' '.join(token.pos[:3])}"


def _outline(masked: str, names: Iterable[Named]) -> str:
    chars = list(masked)
    for name in names:
        end = min(name.end, len(chars))
        chars[name.begin : end] = (MASK if name.certain else _PERHAPS) * max(0, end - name.begin)
    one_sign = _MASKED.sub(r"\1", "".join(chars))
    return f"^{_SPACES.sub(' ', _NUMBER.sub('0', one_sign)).strip()}$"


def _sound(words: Iterable[Token]) -> str:
    return f"^{''.join([token.reading or token.surface for token in words])}$"


def _pieces(kind: str, text: str, lengths: Iterable[int]) -> Iterable[str]:
    for length in lengths:
        for at in range(len(text) - length + 1):
            yield kind + text[at : at + length]


def _words(words: Iterable[Token]) -> Iterable[str]:
    """Normalized forms, alone and in pairs."""
    before = "^"
    for token in words:
        yield "w" + token.norm
        yield f"b{before}_{token.norm}"
        before = token.norm
    yield f"b{before}_$"


def _size(length: int, named: Sequence[Named], sentences: int) -> Iterable[str]:
    """How long it is, and how much of it is names."""
    yield f"n{min(_LONG, length // _LENGTH_STEP)}"
    yield f"s{sentences}"
    yield f"m{min(_A_FEW, len(named))}"
    for one in named:
        is_all = one.end - one.begin >= length - 1
        yield f"k{one.certain:d}{one.attached:d}{bool(one.subject):d}{one.kind:d}{is_all:d}"


def _build(tokens: Sequence[Token], hits: Iterable[Hit], in_names: Mapping[int, Named]) -> Iterable[str]:
    """The row of known groups, particles and kinds of words, in pieces."""
    row = ["^"]
    group_at = _group_at(hits)
    for token in tokens:
        name = in_names.get(token.begin)
        if name is not None:
            part = "<work>" if name.certain else "<name>"
        else:
            group = group_at.get(token.begin)
            part = f"<{group}>" if group else _kind(token)
        if part != row[-1] or part[0] != "<":
            row.append(part)
    row.append("$")
    for length in range(1, _LONGEST_BUILD + 1):
        for at in range(len(row) - length + 1):
            yield "t" + " ".join(row[at : at + length])


def _group_at(hits: Iterable[Hit]) -> dict[int, str]:
    """The group of the longest word at each place."""
    words = [
        h for h in hits if h.role != "aside" and h.group not in _MADE_BY_NAMES and h.begin < LONGEST_SEEN
    ]
    words.sort(key=lambda h: h.end - h.begin)
    return {at: hit.group for hit in words for at in range(hit.begin, hit.end)}


def _kind(token: Token) -> str:
    kind, finer, finest = token.pos[:3]
    if kind in _PARTICLES or finer == "非自立可能":
        return token.norm
    if finer == "固有名詞":
        return f"P{finest[:1]}"
    if finer == "数詞":
        return "0"
    short = _KINDS.get(kind, "X")
    return short + finest[:1] if kind == "名詞" else short
