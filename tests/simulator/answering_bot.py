"""A small bot for the browser tests: answers over the SDK, and has a sign-in page of its own on its own address."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Thread
from typing import Any

from flask import Flask, Response, redirect, request
from linebot.v3.messaging import Message, MessagingApi, ReplyMessageRequest
from simulated_line import sdk
from werkzeug.serving import make_server
from werkzeug.wrappers import Response as AnyResponse

from simulator.server import QuietHandler

NONCE = "bm9uY2UtZXhhbXBsZQ=="

PAGE = '<!doctype html><title>Sign in</title><form method="post"><button>サインイン</button></form>'


def part(text: str, **more: Any) -> dict[str, Any]:
    """A text of a bubble."""
    return {"type": "text", "text": text, "wrap": True, **more}


def tap(label: str, data: str) -> dict[str, Any]:
    """A button of a bubble."""
    action = {"type": "postback", "label": label, "data": data, "displayText": f"{label}。"}
    return {"type": "button", "style": "primary", "action": action}


def bubble(title: str, *buttons: dict[str, Any]) -> dict[str, Any]:
    """A card."""
    return {
        "type": "bubble",
        "body": {"type": "box", "layout": "vertical", "contents": [part(title, weight="bold")]},
        "footer": {"type": "box", "layout": "vertical", "contents": list(buttons), "spacing": "md"},
    }


def cards(*bubbles: dict[str, Any]) -> dict[str, Any]:
    """A message of cards."""
    contents = bubbles[0] if len(bubbles) == 1 else {"type": "carousel", "contents": list(bubbles)}
    return {"type": "flex", "altText": "一覧", "contents": contents}


class AnsweringBot:
    """Says 貸出 with cards, 連携 with a link, anything else as an echo with quick replies."""

    def __init__(self) -> None:
        self.url = ""
        self.line_url = ""
        self._known: set[str] = set()
        self._lock = Lock()
        self._answers: list[Thread] = []
        self.is_connected = False
        self.api: MessagingApi

    def hook(self) -> str:
        """The webhook."""
        for event in request.get_json()["events"]:
            # The same event can come twice; only the first is answered.
            is_new = event["webhookEventId"] not in self._known
            self._known.add(event["webhookEventId"])
            if is_new and (token := event.get("replyToken")):
                self._start(token, event)
        return ""

    def _start(self, token: str, event: dict[str, Any]) -> None:
        with self._lock:
            if self.is_connected:
                answer = Thread(target=self._answer, args=(token, event), daemon=True)
                self._answers.append(answer)
                answer.start()

    def disconnect(self) -> None:
        """Start no further answer and wait for those under way: LINE may go away after this."""
        with self._lock:
            self.is_connected = False
        for answer in self._answers:
            answer.join()

    def page(self) -> AnyResponse:
        """A sign-in page as strict as a real one: its forms may lead here and to the dialog only."""
        if request.method == "POST":
            token = request.args["linkToken"]
            dialog = f"{self.line_url}/dialog/bot/accountLink"
            return redirect(f"{dialog}?linkToken={token}&nonce={NONCE}", 303)
        response = Response(PAGE)
        policy = f"default-src 'none'; form-action 'self' {self.line_url}; frame-ancestors 'none'"
        response.headers["Content-Security-Policy"] = policy
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def _answer(self, token: str, event: dict[str, Any]) -> None:
        message = Message.from_dict(self._message(event))
        self.api.reply_message(ReplyMessageRequest(reply_token=token, messages=[message]))

    def _message(self, event: dict[str, Any]) -> dict[str, Any]:
        if event["type"] == "postback":
            return {"type": "text", "text": f"承りました（{event['postback']['data']}）"}
        if event["type"] == "accountLink":
            return {"type": "text", "text": "連携できました"}
        text = event.get("message", {}).get("text", "")
        if text == "貸出":
            titles = ("こころ", "坊っちゃん", "草枕")
            return cards(*[bubble(title, tap("延長する", f"renew-{at}")) for at, title in enumerate(titles)])
        if text == "連携":
            link_token = self.api.issue_link_token(event["source"]["userId"]).link_token
            action = {
                "type": "uri",
                "label": "サインインする",
                "uri": f"{self.url}/link?linkToken={link_token}",
            }
            return cards(bubble("カードの連携", {"type": "button", "action": action}))
        if text == "電話":
            action = {"type": "uri", "label": "電話をかける", "uri": "tel:0292263951"}
            return cards(bubble("中央図書館", {"type": "button", "action": action}))
        items = [
            {"type": "action", "action": {"type": "message", "label": word, "text": word}}
            for word in ("貸出", "連携")
        ]
        return {"type": "text", "text": f"「{text}」", "quickReply": {"items": items}}


@contextmanager
def answering() -> Iterator[AnsweringBot]:
    """The bot at a free port; it still must be told where the simulator is."""
    bot = AnsweringBot()
    app = Flask("answering_bot")
    app.add_url_rule("/line/webhook", view_func=bot.hook, methods=["POST"])
    app.add_url_rule("/link", view_func=bot.page, methods=["GET", "POST"])
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    bot.url = f"http://127.0.0.1:{server.port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield bot
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def connected(bot: AnsweringBot, line_url: str) -> Iterator[None]:
    """Tell the bot where LINE is."""
    with sdk(line_url) as (api, _):
        bot.api, bot.line_url, bot.is_connected = api, line_url, True
        try:
            yield
        finally:
            bot.disconnect()
