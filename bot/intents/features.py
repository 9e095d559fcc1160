"""What the classifier sees of a message: pieces of its spelling, its words, and the known groups among them.

Names of works, quoted or plain, are one sign each and numbers one digit, so that what is asked is told apart
from what it is asked of. Which features speak for which intent is learnt (`classifier`).
"""

import re
from collections.abc import Iterable, Sequence
from itertools import combinations

from bot.intents.match import Hit
from bot.intents.naming import Named
from bot.intents.spans import MASK
from bot.intents.tokens import Token

LONGEST_PIECE = 4
"""Characters of a piece of spelling."""
MOST_PAIRED = 7
"""Known groups in a message whose pairs are looked at; in more than these anything stands beside anything."""
LONGEST_SEEN = 1_000
"""Characters of a message that are looked at: what a letter is about stands in its beginning or not at all."""

_NUMBER = re.compile(r"[0-9]+")
_SPACES = re.compile(r"\s+")
_MASKED = re.compile(f"{MASK}+")


def features(
    masked: str,
    tokens: Sequence[Token],
    hits: Iterable[Hit],
    last: Iterable[Hit],
    named: Iterable[Named],
) -> frozenset[str]:
    """The features of a message, each once.

    `masked` is the text with its quotes masked, which `tokens`, `hits` and `named` point into; `hits` are
    those of the whole, `last` those of the last sentence, which most often says what is wanted.
    """
    names = [(n.begin, n.end) for n in named if not n.kind and (n.certain or n.attached)]
    groups = sorted({hit.group for hit in hits})
    found = {f"g{group}" for group in groups}
    if len(groups) <= MOST_PAIRED:
        found.update(f"q{one}+{other}" for one, other in combinations(groups, 2))
    found.update(f"l{hit.group}" for hit in last)
    found.update(_pieces(_outline(masked[:LONGEST_SEEN], names)))
    found.update(_words(tokens, names))
    return frozenset(found)


def _outline(masked: str, names: Iterable[tuple[int, int]]) -> str:
    chars = list(masked)
    for begin, end in names:
        end = min(end, len(chars))
        chars[begin:end] = MASK * max(0, end - begin)
    one_sign = _MASKED.sub(MASK, "".join(chars))
    return f"^{_SPACES.sub(' ', _NUMBER.sub('0', one_sign)).strip()}$"


def _pieces(text: str) -> Iterable[str]:
    for length in range(1, LONGEST_PIECE + 1):
        for at in range(len(text) - length + 1):
            yield "c" + text[at : at + length]


def _words(tokens: Sequence[Token], names: Sequence[tuple[int, int]]) -> Iterable[str]:
    """Normalized forms, alone and in pairs."""
    before = "^"
    for token in tokens:
        if token.begin >= LONGEST_SEEN:
            break
        if token.pos[0] == "空白" or any(begin <= token.begin < end for begin, end in names):
            continue
        yield "w" + token.norm
        yield f"b{before}_{token.norm}"
        before = token.norm
    yield f"b{before}_$"
