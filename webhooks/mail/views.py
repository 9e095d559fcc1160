"""The views of the mail pages: read what was pressed, ask `MailTokens`, show what holds now."""

import logging
from math import ceil
from typing import Final

from flask import make_response, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from bot.accounts.limits import TryKind
from bot.accounts.mail_tokens import Confirmation, MailTokens, Stopping
from bot.accounts.tries import Tries, address_subject
from bot.messages.pages import PageTexts
from bot.storage.engine import reading, writing
from webhooks.mail.services import MailServices

_log = logging.getLogger(__name__)

_EVERYTHING: Final = "all"
_RESUME: Final = "resume"
"""What a form of ours may wish; anything else, and nothing at all, is to stop what the letter told of."""

_GONE: Final = 404
"""Whatever is amiss with a link, the answer is the same."""


class MailViews:
    """One method a page."""

    def __init__(self, services: MailServices) -> None:
        self._services = services
        self._texts = PageTexts(services.policy)

    def confirm(self) -> Response:
        """`/mail/confirm`: the address is mine, or I have nothing to do with it."""
        token = request.values.get("token", "")
        if request.method == "POST":
            return self._answered(token, request.form.get("answer", ""))
        with reading(self._services.engine) as session:
            stands = self._tokens(session).look(token)
        return self._confirmation(token, stands)

    def unsubscribe(self) -> Response:
        """`/mail/unsubscribe`: letters of a kind, or all, come no more. A bare POST is a mail program's (RFC 8058)."""
        token = request.values.get("token", "")
        if request.method == "POST":
            return self._stopped(token, request.form.get("wish", "kind"))
        with reading(self._services.engine) as session:
            stands = self._tokens(session).look_at_stop(token)
        return self._stopping(token, stands)

    def not_understood(self) -> Response:
        """A form that is none of ours."""
        return self._page("link/stop.html", 400, what="not_understood")

    def _answered(self, token: str, answer: str) -> Response:
        with writing(self._services.engine) as session:
            tokens = self._tokens(session)
            if answer == "mine":
                stands = tokens.confirm(token)
            elif answer == "not_mine":
                if tokens.disown(token):
                    _log.info("mail address: disowned")
                    return self._page("link/stop.html", what="mail_disowned")
                stands = Confirmation.GONE
            else:
                stands = tokens.look(token)
        _log.info("mail address: %s", stands.value)
        return self._confirmation(token, stands)

    def _confirmation(self, token: str, stands: Confirmation) -> Response:
        match stands:
            case Confirmation.GONE:
                return self._gone()
            case Confirmation.CONFIRMED:
                return self._page("link/stop.html", what="mail_confirmed")
            case Confirmation.OPEN:
                return self._page("mail/confirm.html", token=token)

    def _stopped(self, token: str, wish: str) -> Response:
        with writing(self._services.engine) as session:
            tokens = self._tokens(session)
            stands = (
                tokens.resume(token)
                if wish == _RESUME
                else tokens.stop(token, everything=wish == _EVERYTHING)
            )
        _log.info("mail letters: %s", wish if wish in {_RESUME, _EVERYTHING} else "kind")
        return self._stopping(token, stands)

    def _stopping(self, token: str, stands: Stopping | None) -> Response:
        if stands is None:
            return self._gone()
        return self._page("mail/unsubscribe.html", token=token, stands=stands)

    def _gone(self) -> Response:
        """No such link: counted, so that whoever guesses is slowed down; a link that is right is never kept waiting."""
        subject = address_subject(request.remote_addr or "", TryKind.MAIL_LINK)
        with writing(self._services.engine) as session:
            wait = Tries(session, self._services.clock).begin([subject])
        if not wait:
            return self._page("link/stop.html", _GONE, what="mail_gone")
        response = self._page("link/stop.html", 429, what="mail_gone")
        response.headers["Retry-After"] = str(ceil(wait.total_seconds()))
        return response

    def _page(self, template: str, status: int = 200, **values: object) -> Response:
        return make_response(render_template(template, t=self._texts, **values), status)

    def _tokens(self, session: Session) -> MailTokens:
        return MailTokens(session, self._services.clock, self._services.policy)
