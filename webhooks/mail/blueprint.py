"""Puts the mail pages under their paths, with their headers.

No cookie is set or read, and a form is believed for its token alone: nobody can send it who has not got the letter.
"""

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from webhooks.link.security import protect
from webhooks.mail.services import MailServices
from webhooks.mail.views import MailViews

LARGEST_FORM = 4 * 1024
"""Bytes; an honest form has a token and a word."""

_POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


def mail_blueprint(services: MailServices) -> Blueprint:
    """The blueprint of the mail pages."""
    views = MailViews(services)
    blueprint = Blueprint("mail", "webhooks", template_folder="templates")
    for rule, name, view in (
        ("/mail/confirm", "confirm", views.confirm),
        ("/mail/unsubscribe", "unsubscribe", views.unsubscribe),
    ):
        blueprint.add_url_rule(rule, name, view, methods=["GET", "POST"])
    blueprint.register_error_handler(RequestEntityTooLarge, lambda _error: views.not_understood())

    @blueprint.before_request
    def _limit_size() -> None:
        request.max_content_length = LARGEST_FORM
        request.max_form_memory_size = LARGEST_FORM

    @blueprint.after_request
    def _protect(response: Response) -> Response:
        return protect(response, policy=_POLICY, over_https=services.public_url.startswith("https:"))

    return blueprint
