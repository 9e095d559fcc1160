"""A card's LINE links: looked up, cut, moved to a new number; and a temporary password. Never what its holder reads.

A card's number comes by POST alone, so that it stands in no address and no browser's history.
"""

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from bot.library import PatronNotFound
from bot.staff import Role, StaffError
from webhooks.staff.access import allow, me
from webhooks.staff.forms import CardForm, MoveForm, card_number
from webhooks.staff.problems import Problem, mistakes
from webhooks.staff.services import StaffServices
from webhooks.staff.texts import say


def cards_blueprint(services: StaffServices) -> Blueprint:
    """The blueprint of these pages."""
    views = CardViews(services)
    blueprint = Blueprint("cards", __name__, url_prefix="/cards")
    blueprint.add_url_rule("", "find", views.find, methods=["GET", "POST"])
    for name, view in (
        ("cut", views.cut),
        ("cut-all", views.cut_all),
        ("move", views.move),
        ("temporary-password", views.temporary_password),
    ):
        blueprint.add_url_rule(f"/{name}", name, view, methods=["POST"])
    return blueprint


class CardViews:
    """One method an act. Each that can't be undone is asked once more: `confirmed` comes with the second press."""

    def __init__(self, services: StaffServices) -> None:
        self._services = services
        self._acts = services.patrons

    @allow(Role.DESK)
    def find(self) -> Response:
        """A card and its links."""
        form = CardForm()
        if not form.validate_on_submit():
            return self._search(form, mistakes(form))
        return self._show(form)

    @allow(Role.DESK)
    def cut(self) -> Response:
        """One link: a lost phone."""
        form, link_id = CardForm(), _sent("link_id")
        if not form.validate_on_submit():
            return self._search(form, mistakes(form))
        card = self._card(form)
        if not _sent("confirmed"):
            return _ask("cut", card, link_id=link_id)
        is_cut = self._acts.cut(self._me(), card, link_id)
        return self._show(form, say("done.link_cut" if is_cut else "done.link_gone"))

    @allow(Role.DESK)
    def cut_all(self) -> Response:
        """All links: a lost card."""
        form = CardForm()
        if not form.validate_on_submit():
            return self._search(form, mistakes(form))
        card = self._card(form)
        if not _sent("confirmed"):
            return _ask("cut-all", card)
        return self._show(form, say("done.links_cut", count=self._acts.cut_all(self._me(), card)))

    @allow(Role.DESK)
    def move(self) -> Response:
        """A card that was issued anew under another number."""
        form, to = CardForm(), MoveForm()
        if not form.validate_on_submit():
            return self._search(form, mistakes(form))
        card = self._card(form)
        if not to.validate():
            return self._show(form, problems=mistakes(to))
        new = card_number(to.new_number.data, self._services.policy)
        if not _sent("confirmed"):
            return _ask("move", card, new_number=new)
        try:
            count = self._acts.move(self._me(), card, new)
        except StaffError:
            return self._show(form, problems=[Problem("new_number", say("problem.no_new_card"))])
        form.card_number.data = new
        return self._show(form, say("done.links_moved", count=count))

    @allow(Role.DESK)
    def temporary_password(self) -> Response:
        """A temporary password, shown this once; the one that the card had opens nothing any more."""
        form = CardForm()
        if not form.validate_on_submit():
            return self._search(form, mistakes(form))
        card = self._card(form)
        if not _sent("confirmed"):
            return _ask("temporary-password", card)
        try:
            password = self._services.counter.temporary_password(self._me(), card)
        except PatronNotFound:
            return self._search(form, [Problem("card_number", say("problem.no_card"))])
        return make_response(render_template("staff/temporary_password.html", card=card, password=password))

    def _show(self, form: CardForm, done: str = "", problems: list[Problem] | None = None) -> Response:
        found = self._acts.look_up(self._me(), self._card(form))
        if found is None:
            return self._search(form, [Problem("card_number", say("problem.no_card"))])
        page = render_template(
            "staff/card.html", found=found, today=self._services.clock.today(), done=done, problems=problems
        )
        return make_response(page, 422 if problems else 200)

    def _search(self, form: CardForm, problems: list[Problem]) -> Response:
        page = render_template("staff/cards.html", form=form, problems=problems)
        return make_response(page, 422 if problems else 200)

    def _card(self, form: CardForm) -> str:
        return card_number(form.card_number.data, self._services.policy)

    def _me(self) -> str:
        return me().account.username


def _sent(name: str) -> str:
    return request.form.get(name, "")


def _ask(act: str, card: str, **more: str) -> Response:
    page = render_template("staff/card_confirm.html", act=act, card=card, more=more)
    return make_response(page)
