"""Messages between two processes: JSON behind its length, and never a pickle."""

import json
import socket
import struct
from collections.abc import Iterator
from typing import Any

from widthwise.errors import InvalidArgumentError

__all__ = ["Inbox", "receive", "send"]

_LENGTH = struct.Struct("!Q")
_CHUNK = 1 << 20


def send(channel: socket.socket, message: Any, most: int | None = None) -> None:
    """Send one message whole; an OSError says that nobody is there to read it.

    Raises
    ------
    InvalidArgumentError
        If it is longer than `most` bytes; nothing is sent then.
    """
    text = json.dumps(message).encode()
    if most is not None and len(text) > most:
        raise InvalidArgumentError(
            f"The result of a trial takes {len(text)} bytes as a message; at most "
            f"{most} are sent. Return arrays instead of lists, or less."
        )
    channel.sendall(_LENGTH.pack(len(text)) + text)


def receive(channel: socket.socket) -> Any:
    """Wait for one message; EOFError when the other side has gone."""
    (length,) = _LENGTH.unpack(_exactly(channel, _LENGTH.size))
    return json.loads(_exactly(channel, length))


class Inbox:
    """What has arrived at a channel, as whole messages; the channel must not block."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._bytes = bytearray()
        self.is_closed = False

    def messages(self) -> Iterator[Any]:
        """Yield the messages that have arrived in full."""
        self._read()
        while len(self._bytes) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._bytes)
            end = _LENGTH.size + length
            if len(self._bytes) < end:
                return
            text = bytes(self._bytes[_LENGTH.size : end])
            del self._bytes[:end]
            yield json.loads(text)

    def _read(self) -> None:
        while not self.is_closed:
            try:
                arrived = self._channel.recv(_CHUNK)
            except BlockingIOError:
                return
            except OSError:
                arrived = b""
            self.is_closed = not arrived
            self._bytes += arrived


def _exactly(channel: socket.socket, count: int) -> bytes:
    arrived = bytearray()
    while len(arrived) < count:
        piece = channel.recv(min(count - len(arrived), _CHUNK))
        if not piece:
            raise EOFError
        arrived += piece
    return bytes(arrived)
