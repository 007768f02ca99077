"""The guard of the tests: nothing but this machine is reached, and a try is noted."""

import os
import subprocess
import sys

import pytest

ASK = """
import socket
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname()).close()
here, there = socket.socketpair()
here.sendmsg([b"hello"])
try:
    {}
except ConnectionError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("ask", "wanted"),
    [
        ("socket.create_connection(('192.0.2.1', 80), timeout=1)", "192.0.2.1"),
        ("socket.getaddrinfo('example.org', 80)", "example.org"),
        ("socket.gethostbyname('example.org')", "example.org"),
        (
            "socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 53))",
            "192.0.2.1",
        ),
        (
            "__import__('urllib.request').request.urlopen('http://example.org')",
            "example.org",
        ),
    ],
)
def test_a_process_of_a_test_reaches_this_machine_alone(tmp_path, ask, wanted):
    notes = tmp_path / "notes"
    done = subprocess.run(
        [sys.executable, "-c", ASK.format(ask)],
        env={**os.environ, "WIDTHWISE_TESTS_NETWORK": str(notes)},
        capture_output=True,
        text=True,
    )
    assert wanted in notes.read_text()
    assert "tests touch no network" in done.stdout + done.stderr


def test_the_guard_is_on_here():
    assert "WIDTHWISE_TESTS_NETWORK" in os.environ
    assert "WIDTHWISE_DATA" not in os.environ
