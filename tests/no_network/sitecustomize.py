"""Keeps a process on its own machine; Python runs this file wherever it starts.

The tests put this folder into PYTHONPATH, so that the processes which they start keep
to it, too. What is refused is also written down, in the file that the variable
WIDTHWISE_TESTS_NETWORK names: the code under test may well live with the error.
"""

import os
import sys

_NOTES = os.environ.get("WIDTHWISE_TESTS_NETWORK")
_ASKED = ("socket.connect", "socket.sendto", "socket.sendmsg")
_NAMED = ("socket.getaddrinfo", "socket.gethostbyname")


def _is_here(host):
    """Return whether a host is this machine; None is any of its own addresses."""
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    return name in ("localhost", "::1", "0.0.0.0", "::") or name.startswith("127.")


def _refuse(event, arguments):
    if event in _ASKED:
        # A path is a socket of this machine's, and a message may name no address.
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event in _NAMED:
        host = arguments[0]
    else:
        return
    if not _is_here(host):
        with open(_NOTES, "a", encoding="utf-8") as notes:
            notes.write(f"{event} of {host!r}\n")
        raise ConnectionError(f"a test asked for {host!r}: tests touch no network")


if _NOTES:
    sys.addaudithook(_refuse)
