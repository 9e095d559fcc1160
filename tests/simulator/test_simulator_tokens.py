"""Short-lived channel access tokens: issued to who knows the secret, living 30 days, 30 at a time."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from linebot.v3.messaging import ApiException, MessagingApi
from linebot.v3.oauth import ApiClient, ChannelAccessToken, Configuration
from linebot.v3.oauth import ApiException as OAuthException
from listening_bot import ListeningBot
from simulated_line import SECRET, TOKEN, Line, ask, sdk

from simulator.settings import Settings
from simulator.tokens import CHANNEL_TOKENS

CHANNEL_ID = "1234567890"


@pytest.fixture
def settings(bot: ListeningBot) -> Settings:
    return Settings(bot.url, SECRET, TOKEN, channel_id=CHANNEL_ID)


@pytest.fixture
def oauth(line: Line) -> Iterator[ChannelAccessToken]:
    with ApiClient(Configuration(host=line.url)) as client:
        yield ChannelAccessToken(client)


def issue(oauth: ChannelAccessToken, secret: str = SECRET, channel_id: str = CHANNEL_ID) -> Any:
    return oauth.issue_channel_token("client_credentials", channel_id, secret)


def opens(line: Line, token: str) -> bool:
    with sdk(line.url, token) as (api, _):
        assert isinstance(api, MessagingApi)
        try:
            api.get_bot_info()
        except ApiException as error:
            return bool(error.status != 401)
        return True


def test_an_issued_token_opens_the_api_for_thirty_days(line: Line, oauth: ChannelAccessToken) -> None:
    issued = issue(oauth)
    assert issued.expires_in == 30 * 24 * 3600
    assert opens(line, issued.access_token)
    assert oauth.verify_channel_token(issued.access_token).client_id == CHANNEL_ID
    line.clock.advance(timedelta(days=30))
    assert not opens(line, issued.access_token)
    assert opens(line, TOKEN)


def test_a_revoked_token_opens_nothing(line: Line, oauth: ChannelAccessToken) -> None:
    token = issue(oauth).access_token
    oauth.revoke_channel_token(token)
    assert not opens(line, token)
    with pytest.raises(OAuthException):
        oauth.verify_channel_token(token)


def test_one_token_too_many_revokes_the_oldest(line: Line, oauth: ChannelAccessToken) -> None:
    tokens = [issue(oauth).access_token for _ in range(CHANNEL_TOKENS + 1)]
    assert [opens(line, token) for token in (tokens[0], tokens[1], tokens[-1])] == [False, True, True]


@pytest.mark.parametrize(
    ("secret", "channel_id"), [("wrong", CHANNEL_ID), (SECRET, "1"), ("", CHANNEL_ID), (SECRET, "")]
)
def test_who_does_not_know_the_channel_gets_no_token(
    oauth: ChannelAccessToken, secret: str, channel_id: str
) -> None:
    with pytest.raises(OAuthException) as raised:
        issue(oauth, secret, channel_id)
    assert raised.value.status == 400


def test_another_grant_type_is_refused(line: Line) -> None:
    answer = ask("POST", f"{line.url}/v2/oauth/accessToken", fields={"grant_type": "password"})
    assert answer.status == 400
    assert answer.json()["error"] == "unsupported_grant_type"
