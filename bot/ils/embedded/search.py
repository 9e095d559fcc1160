"""Finds titles: exact matches first, then those that begin with what was asked, then the rest.

A number of words must all match, in any of title, author, subjects, series and publisher.
"""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.ils.embedded.folding import LIKE_ESCAPE, fold, fold_words, isbn13, like_escaped, like_part
from bot.ils.embedded.records import title_of
from bot.library import TitlePage, TitleQuery
from bot.storage.tables.library import TitleRow

Condition = ColumnElement[bool]
Column = InstrumentedAttribute[str]

_TITLE: tuple[Column, ...] = (TitleRow.title_key, TitleRow.title_kana_key)
_AUTHOR: tuple[Column, ...] = (TitleRow.author_key, TitleRow.author_kana_key)


def find_titles(session: Session, query: TitleQuery, *, limit: int, offset: int) -> TitlePage:
    """One page of the titles that match all filled fields of `query`; an empty query finds nothing."""
    conditions = _conditions(query)
    if not conditions:
        return TitlePage((), 0, offset)
    return _page(session, and_(*conditions), _rank(query), limit=limit, offset=offset)


def list_new_arrivals(
    session: Session, days: tuple[date, date], query: TitleQuery, *, limit: int, offset: int
) -> TitlePage:
    """One page of what came in from the first of these days to the last and matches; an empty query matches all."""
    matching = and_(TitleRow.arrived_on.between(*days), *_conditions(query))
    return _page(session, matching, TitleRow.arrived_on.desc(), limit=limit, offset=offset)


def _page(
    session: Session, matching: Condition, first: ColumnElement[Any], *, limit: int, offset: int
) -> TitlePage:
    """The titles that match, in the order of `first` and then by reading and volume."""
    total = session.scalar(select(func.count()).select_from(TitleRow).where(matching)) or 0
    rows = session.scalars(
        select(TitleRow)
        .where(matching)
        .order_by(
            first,
            TitleRow.title_kana_key,
            TitleRow.title_key,
            func.length(TitleRow.volume),  # Volume 10 comes after volume 9.
            TitleRow.volume,
            TitleRow.title_id,
        )
        .limit(limit)
        .offset(offset)
    )
    return TitlePage(tuple(title_of(row) for row in rows), total, offset)


def _conditions(query: TitleQuery) -> list[Condition]:
    conditions = [_holds((TitleRow.words_key,), word) for word in fold_words(query.words)]
    if title := fold(query.title):
        conditions.append(_holds(_TITLE, title))
    if author := fold(query.author):
        conditions.append(_holds(_AUTHOR, author))
    conditions += [_holds((TitleRow.words_key,), word) for word in fold_words(query.subject)]
    if isbn := isbn13(query.isbn):
        conditions.append(TitleRow.isbn == isbn)
    return conditions


def _holds(columns: tuple[Column, ...], folded: str) -> Condition:
    return or_(*(column.like(like_part(folded), escape=LIKE_ESCAPE) for column in columns))


def _rank(query: TitleQuery) -> ColumnElement[int]:
    """0: the title or author is exactly what was asked; 1: begins with it; 2: holds it."""
    asked = fold(query.title or query.words or query.author)
    columns = (*_TITLE, *_AUTHOR)
    if not asked:
        return case((TitleRow.title_id.is_not(None), 0), else_=1)
    starts = f"{like_escaped(asked)}%"
    return case(
        (or_(*(column == asked for column in columns)), 0),
        (or_(*(column.like(starts, escape=LIKE_ESCAPE) for column in columns)), 1),
        else_=2,
    )
