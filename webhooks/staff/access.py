"""Who may see which page. Each view says it by `allow` or `open_to_all`; one that says nothing is shown to nobody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from flask import Flask, abort, redirect, request, url_for
from flask_login import UserMixin, current_user
from werkzeug.wrappers import Response

from bot.staff import Role, StaffAccount, Stage
from bot.staff.model import SignedIn

View = TypeVar("View", bound=Callable[..., Any])

_SAID: Final = "allowed_to"

STAGE_PAGES: Final = {
    Stage.CODE: "sign_in.code",
    Stage.SETUP: "sign_in.setup",
    Stage.PASSWORD: "sign_in.change_password",
    Stage.FULL: "home.home",
}
"""Where somebody is sent whose sign-in has come so far."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may see a page."""

    roles: frozenset[Role] | None
    """One of these is needed; None: not even a sign-in."""
    stages: frozenset[Stage] = frozenset({Stage.FULL})


OPEN = Access(None)


class StaffUser(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types.
    """Who is signed in, as Flask-Login wants it: its id is the token of the session."""

    def __init__(self, token: str, signed_in: SignedIn) -> None:
        self.token = token
        self.account: StaffAccount = signed_in.account
        self.stage = signed_in.stage

    def get_id(self) -> str:
        """What stands in the cookie."""
        return self.token


def allow(*roles: Role) -> Callable[[View], View]:
    """Only for accounts with one of these roles; none named: for everybody who is signed in."""
    return _said(Access(frozenset(roles or Role)))


def during_sign_in(*stages: Stage) -> Callable[[View], View]:
    """For whoever has come this far with signing in."""
    return _said(Access(frozenset(Role), frozenset(stages)))


def open_to_all(view: View) -> View:
    """For everybody, signed in or not."""
    return _said(OPEN)(view)


def access_of(view: Callable[..., Any]) -> Access | None:
    """What a view says; None where it says nothing."""
    return getattr(view, _SAID, None)


def me() -> StaffUser:
    """Who is signed in; for views that are not open to all."""
    user = current_user._get_current_object()
    assert isinstance(user, StaffUser)  # noqa: S101  # The guard has let nobody else through.
    return user


def guard(app: Flask) -> None:
    """Hold every request of the application to what its view says."""

    @app.before_request
    def _look() -> Response | None:
        view = app.view_functions.get(request.endpoint or "")
        if view is None:
            return None  # Not found; Flask says so.
        access = access_of(view)
        if access is None:
            abort(403)
        return _refusal(access)


def _refusal(access: Access) -> Response | None:
    if access.roles is None:
        return None
    if not current_user.is_authenticated:
        return redirect(url_for("sign_in.begin"), 303)
    user = me()
    if user.stage not in access.stages:
        return redirect(url_for(STAGE_PAGES[user.stage]), 303)
    # Without a role there is still one's own account; of what is for all roles it is one.
    if access.roles != frozenset(Role) and not user.account.may(access.roles):
        abort(403)
    return None


def _said(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, _SAID, access)
        return view

    return mark
