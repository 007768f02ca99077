"""Messages arrive whole, however the bytes are cut."""

import socket

import pytest

from widthwise.sweeps.workers._messages import Inbox, receive, send


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        yield ours, theirs


def sent(message):
    """Return the bytes of a message."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        send(ours, message)
        return theirs.recv(1 << 16)


def test_a_message_is_the_same_on_the_other_side(pair):
    message = {"x": [1, 0.1, None, "σ\n\0"]}
    ours, theirs = pair
    send(ours, message)
    assert receive(theirs) == message


def test_a_message_longer_than_a_socket_holds_arrives_whole(pair):
    ours, theirs = pair
    inbox = Inbox(ours)
    text = b"1" * (1 << 20)
    whole = (len(text) + 2).to_bytes(8) + b'"' + text + b'"'
    found = []
    for start in range(0, len(whole), 50_000):
        theirs.sendall(whole[start : start + 50_000])
        found += inbox.messages()
    assert found == [text.decode()]


def test_single_bytes_become_messages_when_they_are_complete(pair):
    ours, theirs = pair
    inbox = Inbox(ours)
    found = []
    for byte in sent([1]) + sent({"two": 2}):
        theirs.sendall(bytes([byte]))
        found.append(list(inbox.messages()))
    assert [each for each in found if each] == [[[1]], [{"two": 2}]]
    assert found[-1] == [{"two": 2}]


def test_looking_into_an_empty_channel_does_not_wait(pair):
    inbox = Inbox(pair[0])
    assert list(inbox.messages()) == []
    assert not inbox.is_closed


def test_the_last_messages_of_a_process_are_read_after_its_end(pair):
    ours, theirs = pair
    send(theirs, "last")
    theirs.close()
    inbox = Inbox(ours)
    assert list(inbox.messages()) == ["last"]
    assert inbox.is_closed


def test_a_reader_learns_that_the_other_side_has_gone(pair):
    ours, theirs = pair
    ours.sendall(sent("half of it")[:12])
    ours.close()
    with pytest.raises(EOFError):
        receive(theirs)
