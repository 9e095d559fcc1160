"""Rival (b): the least that could work: the signature is checked, the raw event inserted, Redis woken."""

import hmac
import os
import threading
from base64 import b64encode

import psycopg
from flask import Flask, Response, request
from redis import Redis

TABLE = "CREATE TABLE IF NOT EXISTS least (id bigserial PRIMARY KEY, event text NOT NULL)"


def create_app() -> Flask:
    """The application."""
    app = Flask(__name__)
    key = os.environ["LINE_CHANNEL_SECRET"].encode()
    address = os.environ["DATABASE_URL"].replace("+psycopg", "")
    redis = Redis.from_url(os.environ["REDIS_URL"])
    mine = threading.local()

    def connection() -> psycopg.Connection:
        if not hasattr(mine, "connection"):
            mine.connection = psycopg.connect(address, autocommit=True)
        found: psycopg.Connection = mine.connection
        return found

    @app.post("/line/webhook")
    def webhook() -> Response:
        body = request.get_data()
        signature = b64encode(hmac.digest(key, body, "sha256")).decode()
        if not hmac.compare_digest(signature, request.headers.get("X-Line-Signature", "")):
            return Response(status=401)
        connection().execute("INSERT INTO least (event) VALUES (%s)", (body.decode(),))
        redis.publish("least", b"1")
        return Response()

    return app
