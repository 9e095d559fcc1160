"""The simulator between a bot that only listens and the official SDK."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import urllib3
from linebot.v3.messaging import ApiClient, Configuration, MessagingApi, MessagingApiBlob
from listening_bot import ListeningBot, listening

from simulator.clock import HandClock
from simulator.platform import Platform
from simulator.server import running
from simulator.settings import Settings
from simulator.state import Person

SECRET = "channel-secret"
TOKEN = "channel-token"
START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


@dataclass
class Line:
    """A running simulator: its insides, its address, the SDK in front of it."""

    platform: Platform
    url: str
    clock: HandClock
    bot: ListeningBot
    api: MessagingApi
    blob: MessagingApiBlob

    def friend(self, name: str = "はなこ") -> Person:
        """A new friend of the account, whose follow event has arrived."""
        person = self.platform.state.add_person(name)
        before = len([event for event in self.bot.events if event["type"] == "follow"])
        self.platform.people.follow(person)
        self.bot.wait_for(before + 1, "follow")
        return person

    def says(self, person: Person, text: str) -> dict[str, Any]:
        """The person writes; the event of it."""
        before = len([event for event in self.bot.events if event["type"] == "message"])
        self.call("POST", f"/users/{person.number}/chats/me/messages", message={"type": "text", "text": text})
        return self.bot.wait_for(before + 1, "message")[-1]

    def call(self, method: str, path: str, **body: Any) -> Any:
        """A call of the simulator's own API that must succeed; its answer."""
        answer = self.raw(method, path, **body)
        assert answer.status < 300, answer.data
        return answer.json()

    def raw(self, method: str, path: str, **body: Any) -> urllib3.BaseHTTPResponse:
        """A call of the simulator's own API."""
        url = f"{self.url}/simulator/api{path}"
        return urllib3.request(method, url, json=body if method == "POST" else None)

    def texts(self, person: Person, sender: str = "bot") -> list[str]:
        """The texts in a person's chat by one side."""
        chat = self.call("GET", f"/users/{person.number}/chats/me")
        return [item["message"].get("text", "") for item in chat["messages"] if item["from"] == sender]


@pytest.fixture
def bot() -> Iterator[ListeningBot]:
    """A bot that answers 200."""
    with listening() as bot:
        yield bot


@pytest.fixture
def settings(bot: ListeningBot) -> Settings:
    """The channel, with redelivery at once."""
    return Settings(bot.url, SECRET, TOKEN, redelivery_seconds=(0.05, 0.05))


@pytest.fixture
def line(bot: ListeningBot, settings: Settings) -> Iterator[Line]:
    """A running simulator whose clock stands until a test moves it."""
    clock = HandClock(START)
    with running(settings, clock) as (platform, url):
        configuration = Configuration(access_token=TOKEN, host=url)
        configuration.retries = False
        with ApiClient(configuration) as client:
            yield Line(platform, url, clock, bot, MessagingApi(client), MessagingApiBlob(client))
