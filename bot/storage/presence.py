"""What there is at all: most of what may be kept for a LINE user is not, and one question spares many."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session


def tables_with(session: Session, line_user_id: str, tables: Sequence[Any]) -> frozenset[Any]:
    """Those of these tables (each has a `line_user_id`) in which anything stands for this LINE user."""
    found = session.execute(
        select(*(exists().where(table.line_user_id == line_user_id) for table in tables))
    ).one()
    return frozenset(table for table, is_there in zip(tables, found, strict=True) if is_there)
