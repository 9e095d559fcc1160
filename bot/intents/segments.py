"""Cuts a message into segments: sentences, and requests that are joined by "and also".

A sign that belongs to a title (よつばと！を) does not cut.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.intents.match import Hit, Segment
from bot.intents.tokens import Token

_STOP = re.compile(r"。(?!を|って|は予約|は借)|\n|[!?](?!\s*(?:を|は|の|って|と|が|も|、|」|』|[0-9!?]))")
_LONGEST = 200
"""More segments than these are not looked at one by one, so that the time stays in proportion."""


def cut_segments(
    text: str, tokens: Sequence[Token], hits: Sequence[Hit], joints: frozenset[str]
) -> list[Segment]:
    """The segments that contain anything, in order."""
    borders = {m.end() for m in _STOP.finditer(text)}
    borders.update(h.begin for h in hits if h.group in joints and h.begin > 0)
    edges = [0, *sorted(borders - {0, len(text)})[:_LONGEST], len(text)]
    return list(_fill(edges, tokens, hits))


def whole(text: str, tokens: Sequence[Token], hits: Sequence[Hit]) -> Segment:
    """The message as one segment."""
    return Segment(0, len(text), tuple(hits), tuple(tokens))


def _fill(edges: Sequence[int], tokens: Sequence[Token], hits: Sequence[Hit]) -> Iterator[Segment]:
    token_at = hit_at = 0
    for begin, end in pairwise(edges):
        first_token, first_hit = token_at, hit_at
        while token_at < len(tokens) and tokens[token_at].begin < end:
            token_at += 1
        while hit_at < len(hits) and hits[hit_at].begin < end:
            hit_at += 1
        if token_at > first_token or hit_at > first_hit:
            yield Segment(begin, end, tuple(hits[first_hit:hit_at]), tuple(tokens[first_token:token_at]))
