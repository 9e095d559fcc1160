"""A person at the simulated phone, for tests of the whole path: talks, taps, and signs in on the pages."""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

PATIENCE_SECONDS = 20.0
"""How long an answer may take before a test gives up; on a busy machine far longer than usual."""

_POLL_SECONDS = 0.02


@dataclass
class Phone:
    """One person's phone at the simulator `address`; persons are numbered from 1."""

    address: str
    person: int
    seen: list[str] = field(default_factory=list)
    """The ids of the messages that were read."""

    @property
    def line_user_id(self) -> str:
        """The LINE user id of the person."""
        users = self._call("GET", "users")["users"]
        return str(next(user["userId"] for user in users if user["user"] == self.person))

    @classmethod
    def of_a_new_friend(cls, address: str, name: str) -> tuple["Phone", list[dict[str, Any]]]:
        """Somebody who has just added the account as a friend, and what it said to that."""
        phone = cls(address, 0)
        phone.person = phone._call("POST", "users", {"name": name, "follow": True})["user"]
        return phone, phone.hears()

    def says(self, text: str) -> list[dict[str, Any]]:
        """Write something; returns the messages that answer it."""
        self.sends({"type": "text", "text": text})
        return self.hears()

    def sends(self, message: dict[str, Any]) -> None:
        """Send a message of any kind."""
        self._call("POST", f"users/{self.person}/chats/me/messages", {"message": message})

    def taps(self, messages: list[dict[str, Any]], label: str) -> list[dict[str, Any]]:
        """Tap the button of this label; returns the messages that answer it."""
        self.taps_only(messages, label)
        return self.hears()

    def taps_only(self, messages: list[dict[str, Any]], label: str) -> None:
        """Tap the button of this label and do not wait."""
        action = action_called(messages, label)
        self._call("POST", f"users/{self.person}/chats/me/taps", {"action": action})

    def heard(self) -> int:
        """How many messages of the account are in the chat."""
        entries = self._call("GET", f"users/{self.person}/chats/me")["messages"]
        return sum(entry["from"] == "bot" for entry in entries)

    def misbehaves(self, **switches: int) -> None:
        """Have LINE misbehave from now on; without switches, behave well."""
        self._call("POST", "misbehaviour", switches)

    def hears(self) -> list[dict[str, Any]]:
        """Wait for the account's next messages."""
        found: list[dict[str, Any]] = wait_for(self._new, "an answer")
        self.seen += [entry["id"] for entry in found]
        return [entry["message"] for entry in found]

    def _new(self) -> list[dict[str, Any]]:
        entries = self._call("GET", f"users/{self.person}/chats/me")["messages"]
        return [entry for entry in entries if entry["from"] == "bot" and entry["id"] not in self.seen]

    def signs_in(self, offer: list[dict[str, Any]], card_number: str, password: str) -> list[dict[str, Any]]:
        """Open the sign-in page of the button in `offer`, sign in, agree in LINE's dialog; returns what is said."""
        browser = self.opens_sign_in(offer)
        browser.sends_form(card_number=card_number, password=password)
        return self.agrees(browser)

    def opens_sign_in(self, offer: list[dict[str, Any]]) -> "Browser":
        """Open the sign-in page of the button in `offer`."""
        [uri] = [action["uri"] for action in actions(offer) if "/link?" in str(action.get("uri", ""))]
        browser = Browser()
        browser.opens(uri)
        return browser

    def agrees(self, browser: "Browser") -> list[dict[str, Any]]:
        """Agree in LINE's dialog, to which the pages have led; returns what is said to it."""
        assert "/dialog/bot/accountLink" in browser.address, browser.page
        browser.sends_form(user=self.line_user_id)
        return self.hears()

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = Request(  # noqa: S310  # Loopback.
            f"{self.address}/simulator/api/{path}",
            data,
            {"Content-Type": "application/json"},
            method=method,
        )
        with build_opener().open(request, timeout=10) as response:
            answer: dict[str, Any] = json.load(response)
        return answer


@dataclass
class Browser:
    """A browser of few words: it keeps cookies, follows redirects and sends the form on its page."""

    opener: OpenerDirector = field(default_factory=lambda: build_opener(HTTPCookieProcessor(CookieJar())))
    address: str = ""
    page: str = ""
    status: int = 0

    def opens(self, address: str, data: bytes | None = None) -> None:
        """Open an address."""
        try:
            response = self.opener.open(Request(address, data), timeout=20)  # noqa: S310  # Loopback.
        except HTTPError as error:
            response = error
        with response:
            self.address, self.status = response.geturl(), response.status
            self.page = response.read().decode()

    def follows(self, path: str) -> None:
        """Follow the page's link to this path."""
        [link] = re.findall(rf'href="({re.escape(path)}[^"]*)"', self.page)
        self.opens(urljoin(self.address, unescape(link)))

    def sends_form(self, **fields: str) -> None:
        """Fill in the page's first form and send it; hidden fields come along."""
        form = re.search(r"<form\b([^>]*)>(.*?)</form>", self.page, re.DOTALL)
        assert form, self.page
        action = re.search(r'action="([^"]*)"', form[1])
        hidden = {
            unescape(name): unescape(value)
            for name, value in re.findall(
                r'<input[^>]*type="hidden"[^>]*name="([^"]*)"[^>]*value="([^"]*)"', form[2]
            )
        }
        target = urljoin(self.address, unescape(action[1]) if action else "")
        self.opens(target, urlencode({**hidden, **fields}).encode())


def wait_for(look: Callable[[], Any], what: str) -> Any:
    """The first thing that `look` finds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(_POLL_SECONDS)
    raise AssertionError(f"{what} did not come within {PATIENCE_SECONDS} seconds")


def actions(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every action in the messages, in the order in which they are shown."""
    return [value["action"] for message in messages for value in _objects(message) if "action" in value]


def labels_of(messages: list[dict[str, Any]]) -> list[str]:
    """The labels of all buttons."""
    return [str(action.get("label", "")) for action in actions(messages)]


def action_called(messages: list[dict[str, Any]], label: str) -> dict[str, Any]:
    """The first action of this label."""
    for action in actions(messages):
        if action.get("label") == label:
            return action
    raise AssertionError(f"there is no button {label} among {labels_of(messages)}: {text_of(messages)}")


def text_of(messages: list[dict[str, Any]]) -> str:
    """Everything that can be read in the messages."""
    return "\n".join(
        str(value["text"]) for message in messages for value in _objects(message) if "text" in value
    )


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _objects(item)
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item)
