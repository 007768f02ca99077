"""Downloads without a network."""

from pathlib import Path

import pytest


@pytest.fixture
def download(monkeypatch, tmp_path):
    """Return what lets every download give a content, or raise an error.

    The cache is in a folder of the test, and no data directory is named.
    """
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("WIDTHWISE_DATA", raising=False)

    def giving(content):
        def fetch(_downloader, _url, place, _keeper):
            if isinstance(content, Exception):
                raise content
            Path(place).write_bytes(content)

        monkeypatch.setattr("pooch.HTTPDownloader.__call__", fetch)

    return giving
