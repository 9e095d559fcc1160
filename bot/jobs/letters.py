"""Writes letters to patrons: laid out, with the links that belong in them, and put where the sender finds them.

All in the caller's transaction, with the cause of the letter. What a link opens is `webhooks.mail`'s matter.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from bot.accounts.addresses import Address, Addresses
from bot.accounts.mail_tokens import MailTokens
from bot.clock import Clock
from bot.messages.letters import LetterButton, LetterContent, lay_out_letter
from bot.messages.wording import Wording
from bot.policies import Policy
from bot.storage.mails import Mails

CONFIRM: Final = "confirm"
"""The kind of a letter that asks to confirm its address."""


class Letters:
    """Letters of one library. `public_url`: this server as patrons reach it."""

    def __init__(self, session: Session, clock: Clock, policy: Policy, public_url: str) -> None:
        self._session = session
        self._clock = clock
        self._policy = policy
        self._public_url = public_url.rstrip("/")
        self._tokens = MailTokens(session, clock, policy)

    def notify(
        self,
        kind: str,
        address: Address,
        content: LetterContent,
        *,
        kinds: Sequence[str] = (),
        given_up_at: datetime | None = None,
    ) -> int | None:
        """Write a letter that can be stopped; its id (`bot.storage.mails`), or None where it is stopped already.

        `kinds`: what it tells of, where that is more than one thing: stopping it stops each of them, and it is written
        while one of them is wanted. What the address takes no more, the caller leaves out (`Address.takes`).
        Titles and names are the caller's: only for a confirmed address. To another the letter says why there are
        none, and carries the link that confirms (if that was not sent too often today). `given_up_at`: from when on
        it would come too late.
        """
        told = tuple(kinds) or (kind,)
        if not any(map(address.takes, told)):
            return None
        if not address.confirmed:
            content = self._with_confirming(replace(content, name=""), address)
        token = self._tokens.to_stop(address.card_number, address.email, *told)
        stop_url = self._url("/mail/unsubscribe", token)
        letter = lay_out_letter(content, self._policy, stop_url=stop_url)
        return Mails(self._session, self._clock).add(
            kind,
            to=address.email,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            unsubscribe_url=stop_url,
            given_up_at=given_up_at,
        )

    def ask_to_confirm(self, card_number: str, email: str) -> int | None:
        """Ask the owner of a recorded address whether it is theirs; the letter's id.

        None where there is no need or no right to: none is recorded, it is confirmed, its owner said that it is not
        theirs, or it was asked often enough today.
        """
        address = Addresses(self._session, self._clock).of(card_number, email)
        if address is None or not address.may_be_asked:
            return None
        token = self._tokens.to_confirm(card_number, email)
        if token is None:
            return None
        say = Wording(self._policy)
        content = LetterContent(
            subject=say.text("letters.confirm.subject"),
            paragraphs=(say.text("letters.confirm.text"), say.text("letters.confirm.why")),
            buttons=(self._confirming(say, token),),
            notes=(
                say.text("letters.confirm.days", days=self._policy.mail.confirm_link_days),
                say.text("letters.confirm.not_you"),
            ),
        )
        return self.write(CONFIRM, email, content)

    def write(self, kind: str, to: str, content: LetterContent) -> int:
        """Write a letter that can't be stopped, for the sake of the card's safety; its id."""
        letter = lay_out_letter(content, self._policy)
        return Mails(self._session, self._clock).add(
            kind, to=to, subject=letter.subject, text=letter.text, html=letter.html
        )

    def _with_confirming(self, content: LetterContent, address: Address) -> LetterContent:
        say = Wording(self._policy)
        why = say.text("letters.unconfirmed.why")
        token = self._tokens.to_confirm(address.card_number, address.email)
        if token is None:
            return replace(content, notes=(*content.notes, why))
        return replace(
            content,
            buttons=(*content.buttons, self._confirming(say, token)),
            notes=(*content.notes, why, say.text("letters.confirm.not_you")),
        )

    def _confirming(self, say: Wording, token: str) -> LetterButton:
        return LetterButton(say.text("letters.confirm.button"), self._url("/mail/confirm", token))

    def _url(self, path: str, token: str) -> str:
        return f"{self._public_url}{path}?{urlencode({'token': token})}"
