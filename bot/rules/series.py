"""Is a title one of several volumes, and which come after it?

Branches (the numbers stand in the rows of `tests/data/rules/series.yaml`):

    SERIES-1 several  it bears a volume's mark (上, 3, BOOK2)
    SERIES-2 several  its series holds other titles, all by its own author
    SERIES-3 single   neither; a publisher's 文庫 stands in `series`, too, but holds many authors
    SERIES-4 later    the same name, author and publisher, and a mark that comes after its own
"""

import re
import unicodedata
from typing import Final

from bot.library import SeriesFacts, Title

_NAMED: Final = {"上": 1, "前": 1, "中": 2, "下": 3, "後": 3}
_NUMBER: Final = re.compile("[0-9]+")


def is_one_of_several(facts: SeriesFacts) -> bool:
    """Whether a title is a volume, or part of a series that is read in an order."""
    title = facts.title
    if title is None:
        return False
    if title.volume:
        return True
    others = [part for part in facts.parts if part.series == title.series and part.title_id != title.title_id]
    return bool(title.series) and facts.series_of_one_author and bool(others)


def later_volumes(facts: SeriesFacts) -> tuple[Title, ...]:
    """The volumes after this one, in their order; one of each, where several editions are held."""
    title = facts.title
    own = _place(title) if title else None
    if title is None or own is None:
        return ()
    later: dict[int, Title] = {}
    for part in facts.parts:
        place = _place(part)
        if place is not None and place > own and _work(part) == _work(title):
            later.setdefault(place, part)
    return tuple(later[place] for place in sorted(later))


def _work(title: Title) -> tuple[str, str, str]:
    return title.title, title.author, title.publisher


def _place(title: Title) -> int | None:
    """Where a volume's mark stands in the order; None without one that can be read."""
    mark = unicodedata.normalize("NFKC", title.volume).strip().removesuffix("巻")
    if mark in _NAMED:
        return _NAMED[mark]
    numbers = _NUMBER.findall(mark)
    return int(numbers[-1]) if numbers else None
