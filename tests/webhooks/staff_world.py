"""The staff console over a real SQLite file, with staff who have signed in, and a browser of few words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory

import pyotp
from databases import new_database
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from bot import wiring
from bot.accounts import Friends, Links, Nonces
from bot.clock import StoppedClock
from bot.config import Settings
from bot.library import Contact
from bot.policies import Policy, load_policy
from bot.staff import Audit, Entry, Role, StaffAccounts
from bot.staff.audit import Wanted
from bot.storage.engine import open_engine, reading, writing
from bot.storage.tables.accounts import LinkRow
from bot.storage.tables.library import CopyRow, PatronRow, TitleRow
from bot.storage.tables.messages import InboxRow
from webhooks.staff import create_staff_app

NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
HOST = "staff.library.example"
ADDRESS = f"https://{HOST}"
COOKIE = "__Host-madoguchi-staff"
PASSWORD = "a quiet pond, and a frog"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_SECRET = re.compile(r'<p class="secret">([A-Z2-7 ]+)</p>')


@dataclass
class StaffWorld:
    """One library's console and its accounts."""

    engine: Engine
    clock: StoppedClock
    policy: Policy
    app: Flask
    secrets: dict[str, str] = field(default_factory=dict)
    """Of the one-time codes, by user name."""

    def browser(self) -> "StaffBrowser":
        """A browser without cookies."""
        return StaffBrowser(self, self.app.test_client())

    def add(self, username: str, *roles: Role) -> str:
        """A new account; its password."""
        with writing(self.engine) as session:
            return StaffAccounts(session, self.clock).add(username, name="", roles=roles)

    def code(self, username: str) -> str:
        """A one-time code that was not used yet: half a minute is let go by."""
        self.clock.advance(timedelta(seconds=30))
        return pyotp.TOTP(self.secrets[username]).at(self.clock.now())

    def fill(self) -> None:
        """Hanako (100) and Jiro (200), three works; Hanako has b1 of 『こころ』 on loan, Jiro waits for it."""
        with writing(self.engine) as session:
            for card, name, phone in (("100", "水戸 花子", "029-000-0001"), ("200", "=水戸 次郎", "")):
                session.add(PatronRow(card_number=card, name=name, phone=phone))
            for title_id, title in (("kokoro", "こころ"), ("sorekara", "それから"), ("mon", "門")):
                session.add(TitleRow(title_id=title_id, title=title, material="book"))
            session.flush()
            for barcode, title_id in (("b1", "kokoro"), ("b2", "sorekara"), ("b3", "mon")):
                session.add(CopyRow(barcode=barcode, title_id=title_id, branch="chuo", use="loan"))
            session.flush()
            desk = wiring.Desk(session, self.policy, self.clock)
            desk.lending.checkout("100", "b1")
            desk.reservations.reserve("200", "kokoro", pickup_branch="tobu", contact=Contact.NONE)

    def link(self, line_user_id: str, card_number: str) -> str:
        """A link; its id."""
        with writing(self.engine) as session:
            Friends(session, self.clock).met(line_user_id)
            nonce = Nonces(session, self.clock).make(line_user_id, card_number)
            link = Links(session, self.clock).complete(nonce, line_user_id).link
            assert link is not None
            return link.link_id

    def links(self) -> list[tuple[str, str]]:
        """LINE user and card of each link."""
        with reading(self.engine) as session:
            rows = session.scalars(select(LinkRow).order_by(LinkRow.line_user_id, LinkRow.card_number))
            return [(row.line_user_id, row.card_number) for row in rows]

    def own_events(self) -> list[tuple[str, str]]:
        """Kind and LINE user of what is to be told in LINE."""
        with reading(self.engine) as session:
            rows = session.scalars(select(InboxRow).order_by(InboxRow.id)).all()
            return [(row.kind.removeprefix("madoguchi."), row.chat_id) for row in rows]

    def signed_in(self, username: str, *roles: Role) -> "StaffBrowser":
        """Somebody new, whose first sign-in is behind them."""
        browser = self.browser()
        browser.first_sign_in(username, self.add(username, *roles))
        return browser

    def entries(self, **wanted: str) -> list[Entry]:
        """The audit log, oldest first."""
        with reading(self.engine) as session:
            return list(reversed(Audit(session, self.clock).list(Wanted(**wanted), limit=1000)))

    def actions(self, **wanted: str) -> list[str]:
        """What was done."""
        return [entry.action for entry in self.entries(**wanted)]


@dataclass
class StaffBrowser:
    """Opens pages and sends their forms, with the token that stands in them."""

    world: StaffWorld
    client: FlaskClient
    page: str = ""

    def open(self, path: str) -> TestResponse:
        """A page."""
        return self._took(self.client.get(path, base_url=ADDRESS, buffered=True))

    def send(self, path: str, form: Mapping[str, str] | None = None, **fields: str) -> TestResponse:
        """A form to a path, with the token of the page that is open."""
        found = _TOKEN.search(self.page)
        token = {"csrf_token": unescape(found.group(1))} if found else {}
        # Whoever follows our no-referrer sends none, and no Origin beside it.
        return self._took(
            self.client.post(path, data={**token, **(form or {}), **fields}, base_url=ADDRESS, buffered=True)
        )

    def sign_in(self, username: str, password: str = PASSWORD) -> TestResponse:
        """The first step."""
        self.open("/sign-in")
        return self.send("/sign-in", username=username, password=password)

    def first_sign_in(self, username: str, password: str) -> list[str]:
        """All steps of a new account; its recovery codes."""
        self.sign_in(username, password)
        self.open("/sign-in/setup")
        found = _SECRET.search(self.page)
        assert found, self.page
        self.world.secrets[username] = found.group(1).replace(" ", "")
        self.send("/sign-in/setup", code=self.world.code(username))
        codes = re.findall(r"<li>((?:[a-z2-9]{4}-){3}[a-z2-9]{4})</li>", self.page)
        self.open("/account/password")
        assert self.send("/account/password", old=password, new=PASSWORD, again=PASSWORD).status_code == 303
        self.open("/")
        return codes

    def sign_in_again(self, username: str) -> TestResponse:
        """Both steps of an account that is set up."""
        self.sign_in(username)
        self.open("/sign-in/code")
        return self.send("/sign-in/code", code=self.world.code(username))

    def is_in(self) -> bool:
        """Whether the console is open."""
        return self.open("/").status_code == 200

    def _took(self, response: TestResponse) -> TestResponse:
        text = response.get_data(as_text=True)
        if response.mimetype == "text/html":
            self.page = text
        return response


def build_staff_world(
    folder: Path, library: str = "mito", address: str = ADDRESS, database: bytes | None = None
) -> StaffWorld:
    """A library without patrons and staff, or with what is in `database`."""
    file = folder / "staff.sqlite3"
    url = new_database(file)
    if database is not None:
        file.write_bytes(database)
    engine, clock, policy = open_engine(url), StoppedClock(NOW), load_policy(library)
    settings = Settings(SECRET_KEY="key", STAFF_URL=address, PUBLIC_URL="https://library.example")
    app = create_staff_app(wiring.staff_services(settings, policy, clock, engine))
    app.jinja_env.bytecode_cache = _COMPILED
    return StaffWorld(engine, clock, policy, app)


def build_desk_world(folder: Path) -> tuple[StaffWorld, StaffBrowser]:
    """The small library, and Hanako of the desk, who has signed in: a copy of one that is made once a process."""
    database, cookie, secrets, now = _desk_day()
    world = build_staff_world(folder, database=database)
    world.secrets.update(secrets)
    world.clock.instant = now
    browser = world.browser()
    browser.client.set_cookie(COOKIE, cookie, domain=HOST)
    browser.open("/")
    return world, browser


@cache
def _desk_day() -> tuple[bytes, str, dict[str, str], datetime]:
    with TemporaryDirectory() as folder:
        world = build_staff_world(Path(folder))
        world.fill()
        cookie = world.signed_in("hanako", Role.DESK).client.get_cookie(COOKIE, HOST)
        assert cookie is not None
        world.engine.dispose()  # Who leaves last writes the log into the file.
        database = (Path(folder) / "staff.sqlite3").read_bytes()
        return database, cookie.value, dict(world.secrets), world.clock.instant


class _Compiled(BytecodeCache):
    """Pages are compiled once a process, not once a world."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """What is known of a page."""
        if bucket.key in self._known:
            bucket.bytecode_from_string(self._known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._known[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()
