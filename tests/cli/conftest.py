"""What the tests of the command line share."""

import signal

import pytest

from widthwise.cli._ending import stop


@pytest.fixture
def own_signals():
    """Put back who hears the signals: `cli.run` is for a process that ends with it."""
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    stop.__init__()
