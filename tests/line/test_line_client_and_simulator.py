"""The client before the simulator, which holds to LINE's documented limits and errors."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest

from bot.line.api import Delivery, LineUnavailable
from bot.line.client import LineClient
from simulator.clock import ShiftedClock
from simulator.platform import Platform
from simulator.server import running
from simulator.settings import Settings

TEXT = {"type": "text", "text": "延長しました。"}


@dataclass
class LineSide:
    """A simulated channel with one friend."""

    platform: Platform
    client: LineClient
    friend: str

    def texts(self) -> list[str]:
        """What has arrived at the friend's phone."""
        chat = self.platform.state.chats[self.friend]
        return [entry.message["text"] for entry in chat.entries if entry.sender == "bot"]


@pytest.fixture
def line() -> Iterator[LineSide]:
    settings = Settings("http://127.0.0.1:1/line/webhook", "secret", "token", redelivery_seconds=())
    with running(settings, ShiftedClock()) as (platform, address):
        person = platform.state.add_person("花子")
        platform.people.follow(person)
        with LineClient(access_token="token", base_url=address) as client:
            yield LineSide(platform, client, person.user_id)


def reply_token(line: LineSide) -> str:
    """A living reply token of the friend's chat."""
    return line.platform.people._reply_tokens.issue(line.friend)


def test_a_reply_arrives_once_and_its_token_is_spent(line: LineSide) -> None:
    token = reply_token(line)
    assert line.client.reply(token, [TEXT]).delivery is Delivery.ACCEPTED
    assert line.client.reply(token, [TEXT]).delivery is Delivery.INVALID_REPLY_TOKEN
    assert line.texts() == ["延長しました。"]


def test_a_push_repeated_under_its_key_arrives_once(line: LineSide) -> None:
    key = str(uuid4())
    results = [line.client.push(line.friend, [TEXT], retry_key=key) for _ in range(2)]
    assert [result.delivery for result in results] == [Delivery.ACCEPTED] * 2
    assert [result.status for result in results] == [200, 409]
    assert all(result.request_id for result in results)
    assert line.texts() == ["延長しました。"]


def test_a_message_beyond_lines_limits_is_refused(line: LineSide) -> None:
    long = {"type": "text", "text": "あ" * 5001}
    assert line.client.push(line.friend, [long], retry_key=str(uuid4())).delivery is Delivery.REFUSED


def test_another_channels_token_is_tried_later(line: LineSide) -> None:
    address = line.client._client.configuration.host
    with LineClient(access_token="another", base_url=address) as client:
        assert client.push(line.friend, [TEXT], retry_key=str(uuid4())).delivery is Delivery.TRY_LATER
        with pytest.raises(LineUnavailable, match="401"):
            client.bot_info()


def test_a_link_token_is_issued_to_a_friend_alone(line: LineSide) -> None:
    assert line.client.issue_link_token(line.friend)
    with pytest.raises(LineUnavailable):
        line.client.issue_link_token("U" + "0" * 32)


def test_check_learns_of_the_channel(line: LineSide) -> None:
    assert line.client.bot_info().basic_id.startswith("@")
    endpoint = line.client.webhook_endpoint()
    assert endpoint.url == "http://127.0.0.1:1/line/webhook"
    assert endpoint.active
