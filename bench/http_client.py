"""Few instructions a request: kept-alive connections that send ready bytes and read the status."""

import asyncio
import re
from collections.abc import Callable
from typing import cast

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class _Connection(asyncio.Protocol):
    def __init__(self, gone: "Callable[[_Connection], None]") -> None:
        self._gone = gone
        self._received = b""
        self._answer: asyncio.Future[int] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def ask(self, request: bytes) -> "asyncio.Future[int]":
        """Send; the future is the answer's status."""
        self._answer = asyncio.get_running_loop().create_future()
        assert self._transport is not None  # noqa: S101  # connection_made comes first.
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not found or (length is not None and len(body) < int(length[1])):
            return
        self._received = b""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(int(head[9:12]))

    def connection_lost(self, error: Exception | None) -> None:
        self._gone(self)
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionResetError())

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class Client:
    """Connections to one server; as many as are in use at the same time."""

    def __init__(self, host: str, port: int) -> None:
        self._place = (host, port)
        self._idle: list[_Connection] = []

    async def status(self, request: bytes) -> int:
        """The status with which the request is answered; 0: none came."""
        for _ in range(2):  # The server may close an idle connection at the very moment of its use.
            try:
                return await self._once(request)
            except OSError:
                continue
        return 0

    async def _once(self, request: bytes) -> int:
        connection = self._idle.pop() if self._idle else await self._connect()
        status = await connection.ask(request)
        self._idle.append(connection)
        return status

    async def _connect(self) -> _Connection:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: _Connection(self._forget), *self._place)
        return connection

    def _forget(self, connection: _Connection) -> None:
        if connection in self._idle:
            self._idle.remove(connection)

    def close(self) -> None:
        """Close what is idle."""
        for connection in tuple(self._idle):
            connection.close()
