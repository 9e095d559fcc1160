"""Tables of the service itself: which process has a task that only one may do, and what all processes share."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base, UtcDateTime
from bot.storage.tables.messages import TOKEN_LENGTH

NAME_LENGTH = 32


class TaskLeaseRow(Base):
    """A task that one process at a time does, and who does it now."""

    __tablename__ = "task_leases"

    task: Mapped[str] = mapped_column(String(NAME_LENGTH), primary_key=True)
    owner: Mapped[str] = mapped_column(String(TOKEN_LENGTH))
    until: Mapped[datetime] = mapped_column(UtcDateTime)


class SharedValueRow(Base):
    """Something that one process found out for all of them."""

    __tablename__ = "shared_values"

    name: Mapped[str] = mapped_column(String(NAME_LENGTH), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was found out."""
