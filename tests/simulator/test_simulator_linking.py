"""The account-link dialog: for the one who asked, once, within ten minutes."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
import urllib3
from linebot.v3.messaging import ApiException
from simulated_line import Line, ask, reply_request

NONCE = "bm9uY2UtZXhhbXBsZQ=="
DIALOG = "/dialog/bot/accountLink"


def opened(line: Line, token: str, nonce: str = NONCE) -> urllib3.BaseHTTPResponse:
    """The dialog's page."""
    return ask("GET", line.url + DIALOG, fields={"linkToken": token, "nonce": nonce})


def agreed(line: Line, token: str, user_id: str, nonce: str = NONCE) -> urllib3.BaseHTTPResponse:
    """The answer to a press of the dialog's button."""
    body = urlencode({"linkToken": token, "nonce": nonce, "user": user_id})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return ask("POST", line.url + DIALOG, body=body, headers=headers)


def test_agreeing_tells_the_bot_the_nonce_and_lets_it_reply(line: Line) -> None:
    person = line.friend()
    token = line.api.issue_link_token(person.user_id).link_token
    page = opened(line, token)
    assert page.status == 200
    assert "見本の図書館" in page.data.decode()
    assert "連携しました" in agreed(line, token, person.user_id).data.decode()
    event = line.bot.wait_for(1, "accountLink")[0]
    assert event["link"] == {"result": "ok", "nonce": NONCE}
    assert event["source"]["userId"] == person.user_id
    line.api.reply_message(reply_request(event["replyToken"], "連携できました"))
    assert line.texts(person) == ["連携できました"]


def test_a_link_token_works_once(line: Line) -> None:
    person = line.friend()
    token = line.api.issue_link_token(person.user_id).link_token
    agreed(line, token, person.user_id)
    assert agreed(line, token, person.user_id).status == 400
    assert opened(line, token).status == 400
    line.says(person, "あと")
    assert len(line.bot.wait_for(1, "accountLink")) == 1


@pytest.mark.parametrize(("minutes", "status"), [(10, 200), (10.01, 400)])
def test_a_link_token_lives_for_ten_minutes(line: Line, minutes: float, status: int) -> None:
    person = line.friend()
    token = line.api.issue_link_token(person.user_id).link_token
    line.clock.advance(timedelta(minutes=minutes))
    assert opened(line, token).status == status
    assert agreed(line, token, person.user_id).status == status


def test_another_persons_browser_ends_the_token_without_linking(line: Line) -> None:
    person, other = line.friend(), line.friend("たけし")
    token = line.api.issue_link_token(person.user_id).link_token
    assert agreed(line, token, other.user_id).status == 403
    event = line.bot.wait_for(1, "accountLink")[0]
    assert event["link"] == {"result": "failed", "nonce": NONCE}
    assert "source" not in event
    assert "replyToken" not in event
    assert agreed(line, token, person.user_id).status == 400


@pytest.mark.parametrize("nonce", ["", "short", "n" * 256, "日本語のnonceです。十文字以上"])
def test_a_nonce_has_10_to_255_characters(line: Line, nonce: str) -> None:
    person = line.friend()
    token = line.api.issue_link_token(person.user_id).link_token
    assert opened(line, token, nonce).status == 400
    assert agreed(line, token, person.user_id, nonce).status == 400
    assert opened(line, token).status == 200


def test_link_tokens_are_for_friends(line: Line) -> None:
    person, stranger = line.friend(), line.platform.state.add_person("よそ")
    line.call("POST", f"/users/{person.number}/block")
    for user_id in (person.user_id, stranger.user_id, "U" + "0" * 32):
        with pytest.raises(ApiException) as caught:
            line.api.issue_link_token(user_id)
        assert caught.value.status == 404


def test_the_dialog_runs_nothing_and_is_framed_by_nobody(line: Line) -> None:
    page = opened(line, '"><script>alert(1)</script>')
    assert "<script" not in page.data.decode()
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
