"""Who may do what in the staff console: every page and act, by nobody, by each role, with a forged token.

The table must name every view of the application, so that a new one without a rule fails here.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from staff_world import ADDRESS, StaffBrowser, StaffWorld, build_staff_world
from werkzeug.routing import Rule

from bot.staff import Role

EVERYBODY = frozenset(Role)
ADMIN = frozenset({Role.ADMIN})
DESK = frozenset({Role.DESK})
WRITER = frozenset({Role.WRITER})
BOTH = frozenset({Role.WRITER, Role.APPROVER})

OPEN = {"static", "sign_in.begin"}
"""Shown without a sign-in."""

ON_THE_WAY = {"sign_in.code", "sign_in.setup"}
"""Of a sign-in that is half done: whoever is in is sent on."""

ALLOWED: dict[str, frozenset[Role]] = {
    "home.home": EVERYBODY,
    "sign_in.account": EVERYBODY,
    "sign_in.change_password": EVERYBODY,
    "sign_in.recovery_codes": EVERYBODY,
    "sign_in.end": EVERYBODY,
    "desk.checkout": DESK,
    "desk.return": DESK,
    "desk.set-aside": DESK,
    "desk.ready": DESK,
    "desk.pickup": DESK,
    "desk.put-back": DESK,
    "desk.decline": DESK,
    "announcements.everything": BOTH,
    "announcements.write": WRITER,
    "announcements.edit": WRITER,
    "announcements.preview": WRITER,
    "announcements.picture": WRITER,
    "announcements.shown_picture": BOTH,
    "announcements.one": BOTH,
    "announcements.try_out": BOTH,
    "announcements.act": BOTH,
    "messages.waiting": DESK,
    "messages.one": DESK,
    "lists.calls": DESK,
    "lists.called": DESK,
    "lists.calls_sheet": DESK,
    "lists.shelf": DESK,
    "lists.release": DESK,
    "lists.shelf_sheet": DESK,
    "cards.find": DESK,
    "cards.cut": DESK,
    "cards.cut-all": DESK,
    "cards.move": DESK,
    "cards.temporary-password": DESK,
    "closures.entries": DESK,
    "closures.withdraw": DESK,
    "insight.usage": EVERYBODY,
    "insight.words": ADMIN | {Role.WRITER},
    "accounts.everybody": ADMIN,
    "accounts.act": ADMIN,
    "audit.entries": ADMIN,
    "audit.check": ADMIN,
}

_VALUES = {"number": "1", "day": "2026-12-01", "filename": "staff.css"}
"""What stands in the places of an address."""


def _rules() -> list[tuple[str, str, Rule]]:
    """Method, endpoint and rule of everything that can be asked for."""
    world = build_staff_world(Path(_folder()))
    found = [
        (method, rule.endpoint, rule)
        for rule in world.app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE", "PATCH"})
    ]
    world.engine.dispose()
    return found


def _folder() -> str:
    import tempfile

    return tempfile.mkdtemp(prefix="madoguchi-staff-")


RULES = _rules()
CASES = [pytest.param(method, rule, id=f"{method} {rule.endpoint}") for method, _, rule in RULES]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffWorld]:
    world = build_staff_world(tmp_path_factory.mktemp("staff"))
    yield world
    world.engine.dispose()


@pytest.fixture(scope="module")
def staff(world: StaffWorld) -> dict[Role, StaffBrowser]:
    """Somebody of each role, signed in."""
    return {role: world.signed_in(role.value, role) for role in Role}


def _path(rule: Rule) -> str:
    path = re.sub(r"<any\('([a-z-]+)'.*?\):\w+>", r"\1", rule.rule)
    for name in rule.arguments:
        for form in (f"<int:{name}>", f"<path:{name}>", f"<{name}>"):
            path = path.replace(form, _VALUES.get(name, "1"))
    return path


def _ask(browser: StaffBrowser, method: str, rule: Rule, token: str) -> int:
    response = browser.client.open(
        _path(rule),
        method=method,
        base_url=ADDRESS,
        data={"csrf_token": token} if method != "GET" else None,
        buffered=True,
    )
    response.get_data()
    if response.status_code == 303 and response.location.startswith("/sign-in"):
        return 401
    return response.status_code


def test_the_table_names_every_view() -> None:
    assert {endpoint for _, endpoint, _ in RULES} == OPEN | ON_THE_WAY | set(ALLOWED)


@pytest.mark.parametrize(("method", "rule"), CASES)
def test_without_a_session_only_what_is_open_is_shown(world: StaffWorld, method: str, rule: Rule) -> None:
    browser = world.browser()
    browser.open("/sign-in")
    status = _ask(browser, method, rule, token="")
    if rule.endpoint in OPEN:
        assert status in (200, 400)
    else:
        assert status == 401


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("method", "rule"), [case for case in CASES if "sign_in" not in str(case.id)])
def test_a_role_opens_its_own_pages_and_no_others(
    staff: dict[Role, StaffBrowser], role: Role, method: str, rule: Rule
) -> None:
    if rule.endpoint in OPEN:
        return
    # Without a token an act that is allowed goes no further than that.
    status = _ask(staff[role], method, rule, token="")
    if role in ALLOWED[rule.endpoint]:
        assert status in (200, 400, 404)
    else:
        assert status == 403


@pytest.mark.parametrize("token", ["", "forged", "ImZvcmdlZCI.aSTz.forged"])
@pytest.mark.parametrize(("method", "rule"), [case for case in CASES if str(case.id).startswith("POST")])
def test_a_forged_token_does_nothing(
    world: StaffWorld, staff: dict[Role, StaffBrowser], method: str, rule: Rule, token: str
) -> None:
    before = len(world.entries())
    allowed = ALLOWED.get(rule.endpoint, EVERYBODY)
    for role in sorted(allowed):
        expected = {303, 401} if rule.endpoint in ON_THE_WAY else {400}
        assert _ask(staff[role], method, rule, token) in expected
    assert len(world.entries()) == before


def test_a_token_of_another_session_is_forged(world: StaffWorld, staff: dict[Role, StaffBrowser]) -> None:
    other = world.browser()
    other.open("/sign-in")
    foreign = other.page.split('name="csrf_token" value="')[1].split('"')[0]
    response = staff[Role.ADMIN].client.post(
        "/audit/check", data={"csrf_token": foreign}, base_url=ADDRESS, buffered=True
    )
    assert response.status_code == 400


def test_a_role_that_was_taken_away_opens_nothing_at_the_next_click(world: StaffWorld) -> None:
    from bot.staff import StaffAccounts
    from bot.storage.engine import writing

    browser = world.signed_in("saburo", Role.ADMIN)
    assert browser.open("/audit").status_code == 200
    with writing(world.engine) as session:
        StaffAccounts(session, world.clock).set_roles("saburo", [Role.DESK])
    assert browser.open("/audit").status_code == 403
    assert "役割がありません" in browser.page


def test_the_navigation_shows_what_one_may_open(staff: dict[Role, StaffBrowser]) -> None:
    for role, browser in staff.items():
        browser.open("/")
        assert ("操作の記録" in browser.page) is (role is Role.ADMIN)


def test_whoever_is_on_the_way_in_is_sent_back_to_their_step(world: StaffWorld) -> None:
    world.signed_in("shiro", Role.ADMIN)
    browser = world.browser()
    browser.sign_in("shiro")
    for path in ("/", "/audit", "/account", "/account/password", "/sign-in/setup", "/sign-in"):
        assert browser.open(path).location == "/sign-in/code", path
