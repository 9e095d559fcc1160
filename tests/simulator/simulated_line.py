"""What the tests hold in their hands: the simulator's insides, its address, the SDK in front of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any

import pytest
import urllib3
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    Configuration,
    Message,
    MessagingApi,
    MessagingApiBlob,
    PushMessageRequest,
    ReplyMessageRequest,
)
from listening_bot import ListeningBot

from simulator.clock import HandClock
from simulator.platform import Platform
from simulator.state import Person

SECRET = "channel-secret"
TOKEN = "channel-token"
START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
"""10:00 on a Monday in Japan."""

WAIT_SECONDS = 60
"""Patience before a test gives up; on a busy machine everything takes long."""


@contextmanager
def sdk(url: str, token: str = TOKEN) -> Iterator[tuple[MessagingApi, MessagingApiBlob]]:
    """The official SDK, pointed at the simulator."""
    configuration = Configuration(access_token=token, host=url)
    configuration.retries = False
    with ApiClient(configuration) as client:
        yield MessagingApi(client), MessagingApiBlob(client)


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for a condition; fail after a while."""
    deadline = monotonic() + WAIT_SECONDS
    while not is_so():
        assert monotonic() < deadline, "it did not come about"
        sleep(0.01)


def texts(*words: str) -> list[Message]:
    """Text messages."""
    return [Message.from_dict({"type": "text", "text": text}) for text in words]


def reply_request(token: str, *words: str) -> ReplyMessageRequest:
    """A reply with texts."""
    return ReplyMessageRequest(reply_token=token, messages=texts(*words))


def refused(call: Callable[[], Any]) -> ApiException:
    """The error of a call that must fail."""
    with pytest.raises(ApiException) as caught:
        call()
    assert caught.value.headers["x-line-request-id"]
    return caught.value


def push_request(to: Person | str, *words: str) -> PushMessageRequest:
    """A push with texts."""
    return PushMessageRequest(to=to if isinstance(to, str) else to.user_id, messages=texts(*words))


PATIENCE_SECONDS = 60.0
"""urllib3's own three are too few on a busy machine."""


def ask(method: str, url: str, **more: Any) -> urllib3.BaseHTTPResponse:
    """A request without the SDK."""
    return urllib3.request(method, url, timeout=PATIENCE_SECONDS, **more)


@dataclass
class Line:
    """A running simulator."""

    platform: Platform
    url: str
    clock: HandClock
    bot: ListeningBot
    api: MessagingApi
    blob: MessagingApiBlob

    def friend(self, name: str = "はなこ") -> Person:
        """A new friend of the account, whose follow event has arrived."""
        person = self.platform.state.add_person(name)
        before = self._count("follow")
        self.platform.people.follow(person)
        self.bot.wait_for(before + 1, "follow")
        return person

    def says(self, person: Person, text: str) -> dict[str, Any]:
        """The person writes; the event of it."""
        return self.sends(person, {"type": "text", "text": text})

    def sends(self, person: Person, message: dict[str, Any]) -> dict[str, Any]:
        """The person sends a message; the event of it."""
        before = self._count("message")
        self.call("POST", f"/users/{person.number}/chats/me/messages", message=message)
        return self.bot.wait_for(before + 1, "message")[-1]

    def call(self, method: str, path: str, **body: Any) -> Any:
        """A call of the simulator's own API that must succeed; its answer."""
        answer = self.raw(method, path, **body)
        assert answer.status < 300, answer.data
        return answer.json()

    def raw(self, method: str, path: str, **body: Any) -> urllib3.BaseHTTPResponse:
        """A call of the simulator's own API."""
        url = f"{self.url}/simulator/api{path}"
        return ask(method, url, json=body if method == "POST" else None)

    def post(self, path: str, body: Any, **headers: str) -> urllib3.BaseHTTPResponse:
        """A call of the Messaging API without the SDK, which would refuse some bodies itself."""
        given = {"Authorization": f"Bearer {TOKEN}", **headers}
        return ask("POST", self.url + path, json=body, headers=given, retries=False)

    def chat(self, person: Person) -> dict[str, Any]:
        """The person's chat as their phone shows it."""
        chat: dict[str, Any] = self.call("GET", f"/users/{person.number}/chats/me")
        return chat

    def texts(self, person: Person, sender: str = "bot") -> list[str]:
        """The texts in a person's chat by one side."""
        messages = self.chat(person)["messages"]
        return [item["message"].get("text", "") for item in messages if item["from"] == sender]

    def _count(self, kind: str) -> int:
        return len([event for event in self.bot.events if event["type"] == kind])
