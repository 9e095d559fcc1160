"""Nonces: each ties our page's patron to the LINE user whom LINE's dialog confirms."""

from sqlalchemy.orm import Session

from bot.accounts.limits import NONCE_LIFE
from bot.accounts.secrets import digest, new_nonce
from bot.clock import Clock
from bot.storage.tables.accounts import NonceRow


class Nonces:
    """Nonces by digest. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def make(self, line_user_id: str, card_number: str) -> str:
        """A nonce for this LINE user and this card, to be used once within minutes."""
        nonce = new_nonce()
        self._session.add(
            NonceRow(
                nonce_digest=digest(nonce),
                line_user_id=line_user_id,
                card_number=card_number,
                made_at=self._clock.now(),
            )
        )
        self._session.flush()
        return nonce

    def use(self, nonce: str) -> tuple[str, str] | None:
        """Use the nonce up: the LINE user and the card it was made for.

        None for one that is unknown, used or too old.
        """
        row = self._session.get(NonceRow, digest(nonce), with_for_update=True)
        now = self._clock.now()
        if row is None or row.used_at is not None or now - row.made_at >= NONCE_LIFE:
            return None
        row.used_at = now
        self._session.flush()
        return row.line_user_id, row.card_number
