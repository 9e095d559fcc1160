"""The lists of the day: whom to phone, and what to clear from the hold shelves; each as a page and as CSV."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from bot.library.desk import DeskError
from bot.staff import Audit, Role, Subject, SubjectKind
from bot.staff.audit import Action
from bot.storage.engine import reading, writing
from bot.storage.notices import Notices
from webhooks.staff.access import allow, me
from webhooks.staff.desk_words import DeskWords
from webhooks.staff.forms import LONGEST_FIELD, half_width
from webhooks.staff.services import StaffServices
from webhooks.staff.sheets import sheet
from webhooks.staff.texts import say


@dataclass(frozen=True, slots=True)
class Call:
    """One line of the call list. What it is about is not named: the patron knows, and others may listen."""

    notice_id: int
    since: date
    card_number: str
    name: str
    phone: str
    branch: str
    pickup_by: date | None
    called_on: date | None


def lists_blueprint(services: StaffServices) -> Blueprint:
    """The blueprint of these pages."""
    blueprint = Blueprint("lists", __name__, url_prefix="/lists")
    words = DeskWords(services)

    @blueprint.get("/calls")
    @allow(Role.DESK)
    def calls() -> str:
        return render_template("staff/calls.html", calls=_calls(services, words))

    @blueprint.post("/calls/called")
    @allow(Role.DESK)
    def called() -> Response:
        number = request.form.get("number", type=int)
        with writing(services.engine) as session:
            is_noted = number is not None and Notices(session, services.clock).called(number)
            if is_noted:
                _note(session, services, Action.CALLED, str(number))
        flash(say("done.called" if is_noted else "done.called_already"))
        return redirect(url_for("lists.calls"), 303)

    @blueprint.get("/calls.csv")
    @allow(Role.DESK)
    def calls_sheet() -> Response:
        rows = (
            (call.since, call.card_number, call.name, call.phone, call.branch, call.pickup_by, call.called_on)
            for call in _calls(services, words)
        )
        return _saved(services, "calls", _heads("calls_head"), rows)

    @blueprint.get("/shelf")
    @allow(Role.DESK)
    def shelf() -> str:
        return render_template("staff/shelf.html", items=services.counter.run_out(), words=words)

    @blueprint.post("/shelf/release")
    @allow(Role.DESK)
    def release() -> Response:
        reservation_id = half_width(request.form.get("reservation"))[:LONGEST_FIELD]
        try:
            moved = services.counter.release(me().account.username, reservation_id)
        except DeskError as error:
            flash(words.problem(error).text, "error")
        else:
            is_next = moved.reservation_id != reservation_id
            branch = words.branch(moved.pickup_branch)
            flash(say("done.released_next", branch=branch) if is_next else say("done.released"))
        return redirect(url_for("lists.shelf"), 303)

    @blueprint.get("/shelf.csv")
    @allow(Role.DESK)
    def shelf_sheet() -> Response:
        rows = (
            (words.branch(item.pickup_branch), item.pickup_by, item.barcode, item.title)
            for item in services.counter.run_out()
        )
        return _saved(services, "shelf", _heads("shelf_head"), rows)

    return blueprint


def _calls(services: StaffServices, words: DeskWords) -> list[Call]:
    """Those whose reservation still waits: who was here meanwhile needs no call."""
    with reading(services.engine) as session:
        listed = Notices(session, services.clock).call_list(services.clock.today())
        library = services.open_library(session)
        waiting = services.open_desk(session).shelves.waiting(one.subject for one in listed)
        calls = []
        for one in listed:
            place, patron = waiting.get(one.subject), library.find_patron(one.card_number)
            if place is None or patron is None:
                continue
            calls.append(
                Call(
                    one.notice_id,
                    one.since,
                    one.card_number,
                    patron.name,
                    patron.phone,
                    words.branch(place.pickup_branch),
                    place.pickup_by,
                    one.called_on,
                )
            )
    return calls


def _heads(key: str) -> Sequence[str]:
    return say(f"lists.{key}").split("|")


def _saved(
    services: StaffServices, name: str, head: Sequence[str], rows: Iterable[Sequence[date | str | None]]
) -> Response:
    """The list as a file; that it left the console is noted."""
    with writing(services.engine) as session:
        _note(session, services, Action.LIST_SAVED, name)
    return sheet(f"{name}-{services.clock.today():%Y%m%d}.csv", head, rows)


def _note(session: Session, services: StaffServices, action: Action, subject: str) -> None:
    Audit(session, services.clock).note(me().account.username, action, Subject(SubjectKind.LIST, subject))
