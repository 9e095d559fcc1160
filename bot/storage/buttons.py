"""What the opaque ids of buttons mean (docs/decisions/0002)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot.dialogue.view import ButtonRecord
from bot.storage.tables.messages import ButtonRow


class Buttons:
    """Buttons by id. The caller holds the transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, button_id: str) -> ButtonRecord | None:
        """What the button means, whoever it was made for; None: unknown or forgotten."""
        row = self._session.get(ButtonRow, button_id, populate_existing=True)
        if row is None:
            return None
        return ButtonRecord(
            button_id=row.button_id,
            line_user_id=row.line_user_id,
            card_number=row.card_number,
            question_id=row.question_id,
            action=row.action,
            args=row.args,
            made_at=row.made_at,
            used_at=row.used_at,
            good_until=row.good_until,
        )

    def keep(self, buttons: Iterable[ButtonRecord]) -> None:
        """Keep what the buttons of an answer mean."""
        for button in buttons:
            self._session.add(
                ButtonRow(
                    button_id=button.button_id,
                    line_user_id=button.line_user_id,
                    card_number=button.card_number,
                    question_id=button.question_id,
                    action=button.action,
                    args=dict(button.args),
                    made_at=button.made_at,
                    used_at=button.used_at,
                    good_until=button.good_until,
                )
            )
        self._session.flush()

    def use(self, button_id: str, at: datetime) -> None:
        """The button confirmed something and is used up."""
        self._session.execute(update(ButtonRow).where(ButtonRow.button_id == button_id).values(used_at=at))

    def forget(self, line_user_id: str) -> None:
        """Forget every button of a LINE user."""
        self._session.execute(delete(ButtonRow).where(ButtonRow.line_user_id == line_user_id))
