"""The link pages over a real SQLite file, with the real services, and a browser of few words."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from argon2 import PasswordHasher
from databases import new_database
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from bot.accounts import Friends, LinkResult, Links, LinkTokens
from bot.clock import StoppedClock
from bot.ils.embedded.passwords import EmbeddedPasswords
from bot.jobs.letters import Letters
from bot.jobs.registered import tell_registered
from bot.library import LibraryUnavailable, SignIn
from bot.policies import Policy, load_policy
from bot.storage.engine import open_engine, reading, writing
from bot.storage.tables.library import CredentialRow, PatronRow
from webhooks.link import LinkServices, link_blueprint

LINK_URL = "https://access.line.me/dialog/bot/accountLink"


class WatchedPasswords:
    """The embedded library's password desk; notes what it is asked, and can be down."""

    def __init__(self, policy: Policy, clock: StoppedClock) -> None:
        self._policy = policy
        self._clock = clock
        self.calls: list[str] = []
        self.is_down = False

    def __call__(self, session: Session) -> "WatchedPasswords":
        """As `LinkServices.passwords`."""
        self._desk = EmbeddedPasswords(session, self._policy, self._clock)
        return self

    def __getattr__(self, name: str) -> Any:
        self.calls.append(name)
        if self.is_down:
            raise LibraryUnavailable
        return getattr(self._desk, name)


@dataclass
class LinkWorld:
    """One library's link pages; `U1` is a friend with the token `TOKEN`."""

    engine: Engine
    clock: StoppedClock
    app: Flask
    passwords: WatchedPasswords

    def browser(self) -> "Browser":
        """A browser without cookies."""
        return Browser(self.app.test_client())

    def issue(self, token: str, line_user_id: str = "U1") -> str:
        """LINE issues a token at our request."""
        with writing(self.engine) as session:
            LinkTokens(session, self.clock).issued(line_user_id, token, self.clock.now())
        return token

    def block(self, line_user_id: str) -> None:
        """The LINE user blocks the library's account."""
        with writing(self.engine) as session:
            Friends(session, self.clock).blocked(line_user_id, self.clock.now())

    def add_patron(self, card_number: str, name: str, *, password: str = "", temporary: bool = False) -> None:
        """A patron born on 1 April 1950."""
        with writing(self.engine) as session:
            session.add(PatronRow(card_number=card_number, name=name, birth_date=date(1950, 4, 1)))
            session.flush()
            if password:
                session.add(
                    CredentialRow(
                        card_number=card_number,
                        password_hash=hashed(password),
                        temporary=temporary,
                        set_by="staff",
                        set_at=self.clock.now(),
                    )
                )

    def email_of(self, card_number: str) -> str:
        """The address recorded for a card."""
        with reading(self.engine) as session:
            return session.get_one(PatronRow, card_number).email

    def opens(self, card_number: str, password: str) -> SignIn:
        """What this password is to the library now."""
        with reading(self.engine) as session:
            return EmbeddedPasswords(session, load_policy("mito"), self.clock).check(card_number, password)

    def complete(self, response: TestResponse, line_user_id: str = "U1") -> LinkResult:
        """LINE's dialog is confirmed, and its event arrives."""
        with writing(self.engine) as session:
            return Links(session, self.clock).complete(sent_to_line(response)["nonce"], line_user_id)


def build_world(
    folder: Path, library: str, public_url: str = "https://bot.example.jp", link_url: str = LINK_URL
) -> LinkWorld:
    """A world of its own."""
    engine = open_engine(new_database(folder / f"{library}.sqlite3"))
    clock = StoppedClock(datetime(2026, 12, 1, 1, 0, tzinfo=UTC))
    app = Flask("link-test")
    app.secret_key = "secret of this test"
    policy = load_policy(library)
    world = LinkWorld(engine, clock, app, WatchedPasswords(policy, clock))
    world.add_patron("100", "水戸 一郎", password="right-password1")
    world.add_patron("200", "水戸 二郎", password="temporary1", temporary=True)
    world.add_patron("300", "水戸 花子")
    services = LinkServices(
        engine=engine,
        policy=policy,
        clock=clock,
        passwords=world.passwords,
        tell_registered=lambda session, card_number, email_before: tell_registered(
            session,
            clock,
            policy,
            Letters(session, clock, policy, public_url),
            card_number=card_number,
            email_before=email_before,
        ),
        ask_to_confirm=lambda session, card_number, email: Letters(
            session, clock, policy, public_url
        ).ask_to_confirm(card_number, email),
        link_url=link_url,
        public_url=public_url,
    )
    app.register_blueprint(link_blueprint(services))
    world.issue("TOKEN")
    return world


@cache
def hashed(password: str) -> str:
    """Hashing takes its time: once for all tests."""
    return PasswordHasher().hash(password)


@dataclass
class Browser:
    """Opens pages and sends their forms as a person does: hidden fields and cookies come along."""

    client: FlaskClient
    page: str = ""
    base_url: str = "https://bot.example.jp"

    def open(self, path: str) -> TestResponse:
        """Open a page."""
        return self._seen(self.client.get(path, base_url=self.base_url))

    def send(self, **fields: str) -> TestResponse:
        """Fill in the form on the page and send it."""
        action = re.search(r'<form method="post" action="([^"]*)"', self.page)
        assert action, "there is no form on this page"
        return self.post(unescape(action[1]), {**self.hidden(), **fields})

    def post(self, path: str, fields: dict[str, str]) -> TestResponse:
        """Send these fields and nothing else."""
        return self._seen(self.client.post(path, data=fields, base_url=self.base_url))

    def follow(self, response: TestResponse) -> TestResponse:
        """Go where a redirect within our pages leads."""
        assert response.status_code == 303
        return self.open(response.location)

    def hidden(self) -> dict[str, str]:
        """The hidden fields of the page."""
        found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', self.page)
        return {name: unescape(value) for name, value in found}

    def value_of(self, name: str) -> str:
        """What stands in a field."""
        match = re.search(rf'<input id="{name}" [^>]*?value="([^"]*)"', self.page)
        assert match, f"there is no field {name}"
        return unescape(match[1])

    def _seen(self, response: TestResponse) -> TestResponse:
        self.page = response.get_data(as_text=True)
        return response


def sent_to_line(response: TestResponse) -> dict[str, str]:
    """What the redirect hands to LINE's dialog."""
    assert response.status_code == 303
    parts = urlsplit(response.location)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == LINK_URL
    query = parse_qs(parts.query, strict_parsing=True)
    assert set(query) == {"linkToken", "nonce"}
    return {name: values[0] for name, values in query.items()}


def refused(page: str) -> list[str]:
    """The sentences of the summary of errors."""
    summary = re.search(r'<div class="problems".*?</div>', page, re.DOTALL)
    return re.findall(r"<a [^>]*>([^<]*)</a>", summary[0]) if summary else []
