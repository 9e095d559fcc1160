"""Rival (a): what LINE's SDK shows as its Flask sample: within the request, a client an event, an echo of the text."""

import os

from flask import Flask, abort, request
from linebot.v3 import WebhookParser
from linebot.v3.exceptions import InvalidSignatureError
from linebot.v3.messaging import ApiClient, Configuration, MessagingApi, ReplyMessageRequest, TextMessage
from linebot.v3.webhooks import MessageEvent, TextMessageContent


def create_app() -> Flask:
    """The echo bot."""
    app = Flask(__name__)
    parser = WebhookParser(os.environ["LINE_CHANNEL_SECRET"])
    configuration = Configuration(
        access_token=os.environ["LINE_CHANNEL_ACCESS_TOKEN"], host=os.environ["LINE_API_BASE_URL"]
    )

    @app.post("/line/webhook")
    def webhook() -> str:
        body = request.get_data(as_text=True)
        app.logger.info("Request body: %s", body)
        try:
            events = parser.parse(body, request.headers["X-Line-Signature"])
        except InvalidSignatureError:
            abort(400)
        for event in events:
            if isinstance(event, MessageEvent) and isinstance(event.message, TextMessageContent):
                with ApiClient(configuration) as client:
                    MessagingApi(client).reply_message_with_http_info(
                        ReplyMessageRequest(
                            reply_token=event.reply_token, messages=[TextMessage(text=event.message.text)]
                        )
                    )
        return "OK"

    return app
