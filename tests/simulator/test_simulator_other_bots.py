"""Another bot than ours, written as the SDK's own samples are, with nothing but two settings changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from flask import Flask, abort, request
from linebot.v3 import WebhookHandler
from linebot.v3.exceptions import InvalidSignatureError
from linebot.v3.messaging import ApiClient, Configuration, MessagingApi, ReplyMessageRequest, TextMessage
from linebot.v3.webhooks import MessageEvent, TextMessageContent
from simulated_line import SECRET, TOKEN, wait_until
from werkzeug.serving import make_server

from simulator.clock import ShiftedClock
from simulator.server import QuietHandler, running
from simulator.settings import Settings
from simulator.views import chat_view


def echo() -> Flask:
    """The echo bot of the SDK's examples: it answers inside the webhook. `LINE` in its config says where that is."""
    app, handler = Flask("echo"), WebhookHandler(SECRET)

    @app.post("/callback")
    def callback() -> str:
        try:
            handler.handle(request.get_data(as_text=True), request.headers["X-Line-Signature"])
        except InvalidSignatureError:
            abort(400)
        return "OK"

    @handler.add(MessageEvent, message=TextMessageContent)
    def answer(event: MessageEvent) -> None:
        with ApiClient(app.config["LINE"]) as client:
            text = TextMessage(text=event.message.text)
            MessagingApi(client).reply_message(
                ReplyMessageRequest(reply_token=event.reply_token, messages=[text])
            )

    @handler.default()
    def pass_over(_event: object) -> None:
        """All else."""

    return app


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The bot at a free port."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_sdks_echo_bot_talks_over_the_simulator() -> None:
    app = echo()
    with served(app) as bot:
        settings = Settings(f"{bot}/callback", SECRET, TOKEN)
        with running(settings, ShiftedClock()) as (platform, url):
            app.config["LINE"] = Configuration(access_token=TOKEN, host=url)
            person = platform.state.add_person("はなこ")
            platform.people.follow(person)
            chat = platform.state.chats[person.user_id]
            for text in ("一", "二", "三"):
                platform.people.send(person, chat, {"type": "text", "text": text})

            def heard() -> list[str]:
                messages = chat_view(platform, person, chat, 0)["messages"]
                return [one["message"]["text"] for one in messages if one["from"] == "bot"]

            wait_until(lambda: heard() == ["一", "二", "三"])
