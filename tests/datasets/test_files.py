"""Files are looked for in order, checked, and downloaded whole or not at all."""

import gzip
import hashlib
import shutil
import socket
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import platformdirs
import pytest

from widthwise.datasets.tables import _files
from widthwise.datasets.tables._files import DataFile, find
from widthwise.errors import DataError, MissingDataError, OutputError
from widthwise.files import cache_folder

CONTENT = b"the right content"
FILE = DataFile(
    names=("folder/thing.bin.gz",),
    fingerprint=hashlib.sha256(CONTENT).hexdigest(),
    url="http://127.0.0.1:1/thing.bin.gz",  # where nobody listens
    remedy="Ask example.org.",
)


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    """Put the cache in a folder of the test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("WIDTHWISE_DATA", raising=False)


@pytest.fixture
def serve():
    """Serve a content on this machine; return the file to find, and the requests."""
    servers = []

    def serving(content, *, status=200, promised=None):
        requests = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                requests.append(self.path)
                self.send_response(status)
                length = len(content) if promised is None else promised
                self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever).start()
        url = f"http://127.0.0.1:{server.server_port}/thing.bin.gz"
        return replace(FILE, url=url), requests

    yield serving
    for server in servers:
        server.shutdown()
        server.server_close()


def put(folder, content=CONTENT, name="thing.bin.gz"):
    path = folder / "folder" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_places_are_tried_in_order(tmp_path, monkeypatch):
    system = tmp_path / "system"
    file = DataFile(FILE.names, FILE.fingerprint, system_folder=str(system))
    put(tmp_path / "cache" / "widthwise")
    assert find(file, None).origin.startswith(str(tmp_path / "cache"))
    system.mkdir()
    (system / "thing.bin.gz").write_bytes(gzip.compress(CONTENT))
    assert find(file, None).origin == str(system / "thing.bin.gz")
    put(tmp_path / "variable")
    monkeypatch.setenv("WIDTHWISE_DATA", str(tmp_path / "variable"))
    assert find(file, None).origin.startswith(str(tmp_path / "variable"))
    put(tmp_path / "argument", name="thing.bin")
    found = find(file, tmp_path / "argument")
    assert found.origin == str(tmp_path / "argument" / "folder" / "thing.bin")
    assert found.content == CONTENT


def test_a_folder_without_the_file_is_passed_over(tmp_path):
    put(tmp_path / "cache" / "widthwise")
    assert find(FILE, tmp_path).content == CONTENT


def test_a_folder_that_does_not_exist_is_refused(tmp_path, monkeypatch):
    with pytest.raises(MissingDataError, match=r"data directory is .*no such folder"):
        find(FILE, tmp_path / "nowhere")
    monkeypatch.setenv("WIDTHWISE_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(MissingDataError, match=r"WIDTHWISE_DATA is .*no such folder"):
        find(FILE, None)


@pytest.mark.parametrize("packed", [True, False])
def test_other_content_in_a_users_folder_is_refused(tmp_path, packed):
    wrong = b"something else"
    path = put(tmp_path, gzip.compress(wrong) if packed else wrong)
    with pytest.raises(DataError, match=r"is not the file that was expected.*checksum"):
        find(FILE, tmp_path)
    assert path.exists()


@pytest.mark.parametrize("packed", [True, False])
def test_a_download_is_kept_and_used_again(serve, tmp_path, packed):
    content = gzip.compress(CONTENT) if packed else CONTENT
    file, requests = serve(content)
    found = find(file, None)
    assert found.content == CONTENT
    assert found.origin == file.url
    again = find(file, None)
    assert again.content == CONTENT
    assert again.origin.startswith(str(cache_folder()))
    assert Path(again.origin).read_bytes() == content
    assert requests == ["/thing.bin.gz"]
    kept = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert kept == [Path(again.origin)]


def test_a_damaged_cache_is_downloaded_again(serve, tmp_path):
    path = put(tmp_path / "cache" / "widthwise", b"damaged")
    assert find(serve(CONTENT)[0], None).content == CONTENT
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"content": b"", "status": 404}, "404 Client Error: Not Found"),
        ({"content": CONTENT, "status": 500}, "500 Server Error"),
        ({"content": CONTENT[:5], "promised": 17}, "5 bytes read, 12 more expected"),
        ({"content": b"<html>moved</html>"}, "another checksum"),
        ({"content": b"\x1f\x8b\x08 not gzip"}, "another checksum"),
        ({"content": b""}, "another checksum"),
    ],
)
def test_a_failed_download_says_how_to_get_the_file(serve, tmp_path, answer, message):
    file, _ = serve(**answer)
    with pytest.raises(MissingDataError, match=message) as caught:
        find(file, None)
    said = str(caught.value)
    for needed in ("folder/thing.bin.gz", file.url, "Ask example.org", "--data-dir"):
        assert needed in said
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_server_that_does_not_answer_is_given_up(tmp_path, monkeypatch):
    """One that accepts the connection and says nothing, by its backlog alone."""
    monkeypatch.setattr(_files, "_TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/thing.bin.gz"
        with pytest.raises(
            MissingDataError, match=r"timed out\. \(read timeout=0\.2\)"
        ):
            find(replace(FILE, url=url), None)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_offline_it_is_said_where_the_file_was_looked_for(tmp_path):
    with pytest.raises(MissingDataError, match="Connection refused") as caught:
        find(FILE, tmp_path)
    assert str(tmp_path / "folder" / "thing.bin.gz") in str(caught.value)
    assert str(cache_folder()) in str(caught.value)


def test_a_file_that_cannot_be_downloaded_says_so():
    file = DataFile(("thing.npz",), remedy="Make it yourself.")
    with pytest.raises(MissingDataError, match=r"Make it yourself\. Put the file"):
        find(file, None)


def test_a_cache_that_cannot_be_written_is_refused(serve, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(OutputError, match="Set XDG_CACHE_HOME"):
        find(serve(CONTENT)[0], None)
    assert (tmp_path / "cache").read_text().startswith("a file")


def test_a_download_that_dies_while_it_is_kept_leaves_nothing(
    serve, tmp_path, monkeypatch
):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "move", fail)
    with pytest.raises(OutputError, match="No space left"):
        find(serve(CONTENT)[0], None)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_the_cache_is_where_the_platform_keeps_caches(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/c")
    assert cache_folder() == Path("/c/widthwise")
    monkeypatch.delenv("XDG_CACHE_HOME")
    where = "user_cache_dir"
    monkeypatch.setattr(platformdirs, where, lambda project: f"/platform/{project}")
    assert cache_folder() == Path("/platform/widthwise")
