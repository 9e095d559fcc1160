"""Puts the link pages under their paths, with their headers and what is shown when something is amiss."""

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from bot.library import LibraryError
from webhooks.link.security import content_security_policy, protect, set_up_cookie
from webhooks.link.services import LinkServices
from webhooks.link.views import LinkViews, NotFromHere, NoToken

LARGEST_FORM = 256 * 1024
"""Bytes; an honest form has a few hundred."""


def link_blueprint(services: LinkServices) -> Blueprint:
    """The blueprint of all link pages, with its own style sheet under `/link/static`."""
    views = LinkViews(services)
    blueprint = Blueprint(
        "link",
        "webhooks",
        template_folder="templates",
        static_folder="static",
        static_url_path="/link/static",
    )
    for rule, name, view in (
        ("/link", "sign_in", views.sign_in),
        ("/link/register", "register", views.register),
        ("/link/password", "change_password", views.change_password),
    ):
        blueprint.add_url_rule(rule, name, view, methods=["GET", "POST"])
    _guard(blueprint, services)
    blueprint.register_error_handler(NoToken, lambda _error: views.stop("start_again", 403))
    blueprint.register_error_handler(NotFromHere, lambda _error: views.stop("not_from_here", 400))
    blueprint.register_error_handler(RequestEntityTooLarge, lambda _error: views.stop("too_large", 413))
    blueprint.register_error_handler(LibraryError, lambda _error: views.stop("library_down", 503))
    return blueprint


def _guard(blueprint: Blueprint, services: LinkServices) -> None:
    over_https = services.public_url.startswith("https:")
    policy = content_security_policy(services.link_url)
    blueprint.record_once(lambda state: set_up_cookie(state.app, over_https=over_https))

    @blueprint.before_request
    def _limit_size() -> None:
        request.max_content_length = LARGEST_FORM
        request.max_form_memory_size = LARGEST_FORM

    @blueprint.after_request
    def _protect(response: Response) -> Response:
        return protect(response, policy=policy, over_https=over_https)
