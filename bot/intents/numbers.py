"""Numbers that pick from a list: one, several, ranges, from the end.

The forms (counters, "from the top", "the last") are in `data/numbers.toml`. A count (two of them) and a
number that belongs to something else (a volume, a day, a time) pick nothing.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LARGEST_ORDINAL = 99


@dataclass(frozen=True, slots=True)
class Picked:
    """A place in the text that picks items; 1 is the first, -1 the last."""

    begin: int
    end: int
    ordinals: tuple[int, ...]
    sure: bool
    """Whether the form alone says that it picks (2番目); a bare number needs fitting surroundings."""


class NumberFinder:
    """Compiled from `data/numbers.toml`."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._digits: dict[str, int] = table["digits"]
        self._things: dict[str, int] = table["things"]
        number = f"(?:[0-9]{{1,3}}|[{''.join(self._digits)}]{{1,3}})"
        things = "|".join(sorted(self._things, key=len, reverse=True))
        counters = "|".join(table["counters"])
        count = f"(?P<count>{things}|{number}(?={counters}))(?:{counters})?"
        self._edges: list[tuple[re.Pattern[str], str]] = [
            (re.compile(form.format(count=count, number=f"(?P<count>{number})")), kind)
            for kind, forms in table["edges"].items()
            for form in forms
        ]
        self._fixed: dict[str, int] = table["fixed"]
        fixed = "|".join(sorted(self._fixed, key=len, reverse=True))
        marks = "|".join(table["marks"])
        self._atom = re.compile(
            f"(?P<fixed>{fixed})|(?<![0-9a-z{''.join(self._digits)}])(?P<number>{number})(?P<mark>{marks})?"
        )
        self._join = re.compile(table["join"])
        self._range = re.compile(table["range"])
        self._bare_before = re.compile(table["bare_before"])
        self._bare_after = re.compile(table["bare_after"])
        self._not_after = re.compile(table["not_after"])
        self._not_after_fixed = re.compile(table["not_after_fixed"])
        self._not_before = re.compile(table["not_before"])

    def find(self, text: str, is_free: Callable[[int], bool]) -> Iterator[Picked]:
        """Yield what picks, leaving out places where `is_free` says that something else stands."""
        taken: list[Picked] = []
        for pattern, kind in self._edges:
            for found in pattern.finditer(text):
                if is_free(found.start()) and not _overlaps(found.span(), taken):
                    ordinals = _from_edge(kind, self._value(found.group("count")))
                    if ordinals:
                        taken.append(Picked(*found.span(), ordinals, sure=True))
        atoms = [
            atom
            for atom in self._atoms(text)
            if is_free(atom.begin) and not _overlaps((atom.begin, atom.end), taken)
        ]
        yield from taken
        yield from (group for group in self._groups(text, atoms) if group.sure or self._picks(text, group))

    def _picks(self, text: str, bare: Picked) -> bool:
        """Whether a number without a mark stands where a choice stands (2を延長)."""
        before = text[max(0, bare.begin - 8) : bare.begin]
        return bool(self._bare_before.search(before) and self._bare_after.match(text, bare.end))

    def _atoms(self, text: str) -> Iterator[Picked]:
        for found in self._atom.finditer(text):
            fixed = found.group("fixed")
            if fixed and self._not_after_fixed.match(text, found.end()):
                continue
            if fixed:
                yield Picked(*found.span(), (self._fixed[fixed],), sure=True)
                continue
            value = self._value(found.group("number"))
            marked = found.group("mark") is not None
            if not 1 <= value <= LARGEST_ORDINAL:
                continue
            if self._not_after.match(text, found.end()) or self._not_before.search(
                text[max(0, found.start() - 8) : found.start()]
            ):
                continue
            yield Picked(*found.span(), (value,), sure=marked)

    def _groups(self, text: str, atoms: Iterable[Picked]) -> Iterator[Picked]:
        """Join numbers that stand in one list or range."""
        open_group: Picked | None = None
        for atom in atoms:
            between = text[open_group.end : atom.begin] if open_group else ""
            if open_group and self._range.fullmatch(between) and open_group.ordinals[-1] < atom.ordinals[0]:
                span = range(open_group.ordinals[-1] + 1, atom.ordinals[0] + 1)
                open_group = Picked(open_group.begin, atom.end, (*open_group.ordinals, *span), sure=True)
            elif open_group and self._join.fullmatch(between):
                ordinals = tuple(dict.fromkeys(open_group.ordinals + atom.ordinals))
                open_group = Picked(open_group.begin, atom.end, ordinals, sure=True)
            else:
                if open_group:
                    yield open_group
                open_group = atom
        if open_group:
            yield open_group

    def _value(self, number: str) -> int:
        if number in self._things:
            return self._things[number]
        if number.isdecimal():
            return int(number)
        ten = next(char for char, value in self._digits.items() if value == 10)
        if ten not in number:
            return int("".join(str(self._digits[char]) for char in number))
        before, _, after = number.partition(ten)
        return (self._digits.get(before, 1)) * 10 + self._digits.get(after, 0)


def _from_edge(kind: str, count: int) -> tuple[int, ...]:
    if not 1 <= count <= LARGEST_ORDINAL:
        return ()
    forms: dict[str, tuple[int, ...]] = {
        "first": tuple(range(1, count + 1)) if kind == "first" else (),
        "last": tuple(range(-count, 0)) if kind == "last" else (),
        "nth_from_first": (count,),
        "nth_from_last": (-count,),
    }
    return forms[kind]


def _overlaps(span: tuple[int, int], taken: Iterable[Picked]) -> bool:
    return any(span[0] < other.end and other.begin < span[1] for other in taken)
