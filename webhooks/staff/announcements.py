"""Announcements: written with a picture of the phone beside them, tried out, approved, sent, watched."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bot.announcements import Audience, AudienceKind, Content, Layout, Move, State, flaws
from bot.announcements.picture import LARGEST_FILE, NoPicture, redrawn
from bot.library import LibraryError
from bot.messages.wording import Wording
from bot.policies import Policy
from bot.staff import Role, StaffAccount
from bot.staff.announcements import WRITERS, NoAnnouncement, NotYours, Outlook
from bot.storage.announcements import Announcement
from webhooks.staff.access import allow, me
from webhooks.staff.announcement_forms import AnnouncementForm, MoveForm
from webhooks.staff.problems import Problem, mistakes
from webhooks.staff.services import StaffServices
from webhooks.staff.texts import say
from webhooks.staff.uploads import takes_files

ACTS = {
    move.value.replace("_", "-"): move for move in Move if move not in {Move.EDIT, Move.BEGIN, Move.FINISH}
}
_BOTH = (Role.WRITER, Role.APPROVER)


def announcements_blueprint(services: StaffServices) -> Blueprint:
    """The blueprint of these pages."""
    blueprint = Blueprint("announcements", __name__, url_prefix="/announcements")
    pages = _Pages(services)
    moves = ",".join(f"'{name}'" for name in ACTS)
    for rule, name, view, methods in (
        ("", "everything", pages.everything, "GET"),
        ("/new", "write", pages.write, "GET POST"),
        ("/<int:number>/edit", "edit", pages.edit, "GET POST"),
        ("/preview", "preview", pages.preview, "POST"),
        ("/<int:number>/picture", "picture", pages.picture, "POST"),
        ("/<int:number>/picture.jpg", "shown_picture", pages.shown_picture, "GET"),
        ("/<int:number>", "one", pages.one, "GET"),
        ("/<int:number>/try-out", "try_out", pages.try_out, "POST"),
        (f"/<int:number>/<any({moves}):act>", "act", pages.act, "POST"),
    ):
        blueprint.add_url_rule(rule, name, view, methods=methods.split())
    return blueprint


class _Pages:
    """The views."""

    def __init__(self, services: StaffServices) -> None:
        self._acts = services.announcements
        self._policy = services.policy

    @allow(*_BOTH)
    def everything(self) -> str:
        """All that this account may see."""
        return render_template(
            "staff/announcements.html", announcements=self._acts.shown_to(me().account), writers=WRITERS
        )

    @allow(Role.WRITER)
    def write(self) -> Response:
        """A new one."""
        form = AnnouncementForm()
        problems = _problems(form, self._policy)
        if problems or not form.is_submitted():
            return self._form_page(form, problems, None)
        number = self._acts.write(me().account, *self._written(form))
        flash(say("announce_done.written"))
        return redirect(url_for("announcements.edit", number=number), 303)

    @allow(Role.WRITER)
    def edit(self, number: int) -> Response:
        """One's own draft."""
        announcement = self._found(number)
        if Move.EDIT not in self._acts.moves(me().account, announcement):
            abort(403)
        form = AnnouncementForm()
        if not form.is_submitted():
            form.fill(announcement, self._policy.zone)
            return self._form_page(form, [], announcement)
        problems = _problems(form, self._policy) or self._save(form, announcement)
        if problems:
            return self._form_page(form, problems, announcement)
        flash(say("announce_done.written"))
        onward = "announcements.one" if request.form.get("go_on") else "announcements.edit"
        return redirect(url_for(onward, number=number), 303)

    @allow(Role.WRITER)
    def preview(self) -> str:
        """The phone, while it is written; nothing is kept."""
        content = AnnouncementForm().content()
        return render_template("staff/announcement_phone.html", **self._phone(content), picture=None)

    @allow(Role.WRITER)
    @takes_files(LARGEST_FILE + 64 * 1024)
    def picture(self, number: int) -> Response:
        """Put a picture to a draft, or take it away."""
        announcement, file = self._found(number), request.files.get("picture")
        try:
            jpeg = None if request.form.get("remove") or not file else redrawn(file.read())
            self._acts.set_picture(me().account, announcement.number, jpeg)
        except NotYours:
            abort(403)
        except NoPicture:
            flash(say("announce_no.no_picture"), "error")
        except NoAnnouncement as error:
            flash(say(f"announce_no.{error.obstacle}"), "error")
        else:
            flash(say("announce_done.picture"))
        return redirect(url_for("announcements.edit", number=number), 303)

    @allow(*_BOTH)
    def shown_picture(self, number: int) -> Response:
        """The picture, for the console's own pages."""
        jpeg = self._acts.picture(self._found(number))
        if jpeg is None:
            abort(404)
        response = make_response(jpeg)
        response.mimetype = "image/jpeg"
        return response

    @allow(*_BOTH)
    def one(self, number: int) -> str:
        """What it says, what sending it would come to, how far it is, what came of it."""
        announcement = self._found(number)
        return render_template(
            "staff/announcement.html",
            one=announcement,
            moves=self._acts.moves(me().account, announcement),
            outlook=self._outlook(announcement),
            progress=self._acts.progress(number),
            is_running=self._acts.is_going(announcement),
            audience=self._audience(announcement),
            **self._phone(announcement.content),
            picture=_picture(announcement),
        )

    @allow(*_BOTH)
    def try_out(self, number: int) -> Response:
        """Send it to oneself."""
        return self._done(number, "tried", lambda account: self._acts.try_out(account, number))

    @allow(*_BOTH)
    def act(self, number: int, act: str) -> Response:
        """Hand it in, approve it, send it back, let it go, cancel it."""
        form = MoveForm()
        if mistakes(form) or form.version.data is None:
            abort(400)
        version = form.version.data
        return self._done(number, act, lambda account: self._acts.move(account, number, version, ACTS[act]))

    def _done(self, number: int, name: str, do: Callable[[StaffAccount], None]) -> Response:
        self._found(number)
        try:
            do(me().account)
        except NotYours:
            abort(403)
        except NoAnnouncement as error:
            flash(say(f"announce_no.{error.obstacle}"), "error")
        except LibraryError:
            flash(say("announce_no.library"), "error")
        else:
            flash(say(f"announce_done.{name}"))
        return redirect(url_for("announcements.one", number=number), 303)

    def _found(self, number: int) -> Announcement:
        announcement = self._acts.find(me().account, number)
        if announcement is None:
            abort(404)
        return announcement

    def _written(self, form: AnnouncementForm) -> tuple[Content, Audience, datetime | None]:
        return form.content(), form.audience(self._policy), form.moment(self._policy.zone)

    def _save(self, form: AnnouncementForm, announcement: Announcement) -> list[Problem]:
        version = form.version.data or 0
        try:
            self._acts.change(me().account, announcement.number, version, *self._written(form))
        except NoAnnouncement as error:
            return [Problem("heading", say(f"announce_no.{error.obstacle}"))]
        return []

    def _form_page(
        self, form: AnnouncementForm, problems: list[Problem], known: Announcement | None
    ) -> Response:
        page = render_template(
            "staff/announcement_edit.html",
            form=form,
            problems=problems,
            one=known,
            layouts=Layout,
            kinds=AudienceKind,
            branches=self._policy.branches,
            **self._phone(form.content()),
            picture=_picture(known) if known else None,
        )
        return make_response(page, 422 if problems else 200)

    def _phone(self, content: Content) -> dict[str, object]:
        words = Wording(self._policy)
        band = words.text(f"announcements.band.{content.layout.value}")
        return {"content": content, "band": band, "stop": words.text("announcements.stop")}

    def _outlook(self, announcement: Announcement) -> Outlook | None:
        """Before it goes; None: it has gone, or the library system does not answer."""
        if announcement.state.is_over or announcement.state is State.SENDING:
            return None
        try:
            return self._acts.outlook(announcement)
        except LibraryError:
            return None

    def _audience(self, announcement: Announcement) -> str:
        value = announcement.audience.value
        branch = self._policy.branch(value)
        return say(f"audience.{announcement.audience.kind}", value=branch.name if branch else value)


def _picture(announcement: Announcement) -> str | None:
    if not announcement.picture_key:
        return None
    return url_for("announcements.shown_picture", number=announcement.number, v=announcement.picture_key)


def _problems(form: AnnouncementForm, policy: Policy) -> list[Problem]:
    """Everything that must be mended, each at its field."""
    if not form.is_submitted():
        return []
    form.validate()
    found = mistakes(form)
    try:
        form.audience(policy)
    except ValueError:
        found.append(Problem("audience", say("announce_no.audience")))
    known = {problem.field for problem in found}
    more = (Problem(flaw.field, say(f"announce_flaw.{flaw}")) for flaw in flaws(form.content()))
    return found + [problem for problem in more if problem.field not in known]
