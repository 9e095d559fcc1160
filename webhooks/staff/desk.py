"""The counter's own acts, by card and barcode as a scanner reads them: a page each, and its result on the same page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response

from bot.library import PatronNotFound
from bot.library.desk import DeskError
from bot.staff import Role
from bot.staff.counter import CounterActs
from webhooks.staff.access import allow, me
from webhooks.staff.desk_words import DeskWords, Told
from webhooks.staff.forms import BarcodeForm, DeclineForm, LendForm, card_number
from webhooks.staff.problems import Problem, mistakes
from webhooks.staff.services import StaffServices


@dataclass(frozen=True, slots=True)
class Act:
    """One act of the counter, as a page."""

    name: str
    """Of its address and its words."""
    form: type[Any]
    perform: Callable[[CounterActs, DeskWords, str, str, str], Told]
    """With actor, card number (empty where none is asked for) and barcode."""


ACTS = (
    Act("checkout", LendForm, lambda acts, words, *asked: words.checked_out(acts.check_out(*asked))),
    Act(
        "return",
        BarcodeForm,
        lambda acts, words, actor, _, barcode: words.returned(acts.take_back(actor, barcode)),
    ),
    Act(
        "set-aside",
        BarcodeForm,
        lambda acts, words, actor, _, barcode: words.set_aside(acts.set_aside(actor, barcode)),
    ),
    Act(
        "ready",
        BarcodeForm,
        lambda acts, words, actor, _, barcode: words.ready(acts.make_ready(actor, barcode)),
    ),
    Act("pickup", LendForm, lambda acts, words, *asked: words.picked_up(acts.pick_up(*asked))),
    Act(
        "put-back",
        BarcodeForm,
        lambda acts, words, actor, _, barcode: words.put_back(acts.put_back(actor, barcode)),
    ),
)
"""In the order in which a copy meets them."""


def desk_blueprint(services: StaffServices) -> Blueprint:
    """The blueprint of these pages."""
    blueprint = Blueprint("desk", __name__, url_prefix="/desk")
    views = DeskViews(services)
    for act in ACTS:
        blueprint.add_url_rule(f"/{act.name}", act.name, views.page_of(act), methods=["GET", "POST"])
    blueprint.add_url_rule("/decline", "decline", views.decline, methods=["GET", "POST"])
    pages = (*(act.name for act in ACTS), "decline")
    blueprint.context_processor(lambda: {"desk_pages": pages})
    return blueprint


class DeskViews:
    """The pages."""

    def __init__(self, services: StaffServices) -> None:
        self._policy = services.policy
        self._acts = services.counter
        self._words = DeskWords(services)

    def page_of(self, act: Act) -> Callable[[], Response]:
        """The view of one act. A card's number stays in its field; that of the copy is empty for the next scan."""

        @allow(Role.DESK)
        def view() -> Response:
            form = act.form()
            if not form.validate_on_submit():
                return self._page(act.name, form, mistakes(form))
            card = card_number(form.card_number.data, self._policy) if "card_number" in form else ""
            try:
                told = act.perform(self._acts, self._words, me().account.username, card, form.barcode.data)
            except (DeskError, PatronNotFound) as error:
                problem = self._words.problem(error, read=form.barcode.data)
                form.barcode.data = ""
                return self._page(act.name, form, [problem])
            form.barcode.data = ""
            return self._page(act.name, form, told=told)

        return view

    @allow(Role.DESK)
    def decline(self) -> Response:
        """Two steps: what is about to be declined, then it is. The patron is told the reason."""
        form = DeclineForm()
        if not form.validate_on_submit():
            return self._page("decline", form, mistakes(form))
        card = card_number(form.card_number.data, self._policy)
        try:
            if not form.confirmed.data:
                copy, _ = self._acts.meant(card, form.barcode.data)
                page = render_template("staff/decline_confirm.html", form=form, copy=copy, card=card)
                return make_response(page)
            done = self._acts.decline(me().account.username, card, form.barcode.data, form.reason.data)
        except (DeskError, PatronNotFound) as error:
            return self._page("decline", form, [self._words.problem(error)])
        return self._page("decline", DeclineForm(formdata=None), told=self._words.declined(done))

    def _page(
        self, name: str, form: Any, problems: list[Problem] | None = None, told: Told | None = None
    ) -> Response:
        page = render_template(
            f"staff/{'decline' if name == 'decline' else 'desk'}.html",
            form=form,
            name=name,
            problems=problems or [],
            told=told,
            scans=name != "decline",
        )
        return make_response(page, 422 if problems else 200)
