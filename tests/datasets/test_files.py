"""Files are looked for in order, checked, and downloaded whole or not at all."""

import email.message
import gzip
import hashlib
import http.client
import io
import urllib.error
from pathlib import Path

import pytest

from widthwise.datasets.tables import _download
from widthwise.datasets.tables._files import DataFile, cache_folder, find
from widthwise.errors import DataError, MissingDataError, OutputError

CONTENT = b"the right content"
FILE = DataFile(
    names=("folder/thing.bin.gz",),
    fingerprint=hashlib.sha256(CONTENT).hexdigest(),
    url="https://example.org/thing.bin.gz",
    remedy="Ask example.org.",
)


class Response(io.BytesIO):
    """What urlopen returns."""

    def __init__(self, content, promised=None):
        super().__init__(content)
        self.headers = email.message.Message()
        if promised is not None:
            self.headers["Content-Length"] = str(promised)


@pytest.fixture(autouse=True)
def no_network(monkeypatch, tmp_path):
    """Refuse the network, and put the cache in a folder of the test."""

    def refuse(*_, **__):
        raise urllib.error.URLError("no network in tests")

    monkeypatch.setattr(_download.urllib.request, "urlopen", refuse)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("WIDTHWISE_DATA", raising=False)


@pytest.fixture
def serve(monkeypatch):
    """Answer downloads with a function, and note the requests."""
    requests = []

    def answer_with(answer):
        def open_url(request, timeout):
            requests.append((request.full_url, timeout))
            return answer()

        monkeypatch.setattr(_download.urllib.request, "urlopen", open_url)
        return requests

    return answer_with


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


def test_a_download_is_kept_and_used_again(serve, tmp_path):
    packed = gzip.compress(CONTENT)
    requests = serve(lambda: Response(packed, len(packed)))
    found = find(FILE, None)
    assert found.content == CONTENT
    assert found.origin == FILE.url
    again = find(FILE, None)
    assert again.content == CONTENT
    assert Path(again.origin).read_bytes() == packed
    assert requests == [(FILE.url, _download.TIMEOUT)]
    kept = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert kept == [Path(again.origin)]


def test_a_real_url_is_downloaded(tmp_path, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("WIDTHWISE_DATA", raising=False)
    source = tmp_path / "source.bin"
    source.write_bytes(CONTENT)
    file = DataFile(FILE.names, FILE.fingerprint, url=source.as_uri())
    assert find(file, None).content == CONTENT
    assert find(file, None).origin.startswith(str(cache_folder()))


def test_a_damaged_cache_is_downloaded_again(serve, tmp_path):
    path = put(tmp_path / "cache" / "widthwise", b"damaged")
    serve(lambda: Response(CONTENT))
    assert find(FILE, None).content == CONTENT
    assert path.read_bytes() == CONTENT


def raising(error):
    def answer():
        raise error

    return answer


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (raising(urllib.error.URLError("Name not known")), "Name not known"),
        (raising(urllib.error.URLError(TimeoutError("timed out"))), "timed out"),
        (raising(TimeoutError()), "no answer within 20 s"),
        (
            raising(urllib.error.HTTPError("u", 404, "Not Found", {}, None)),
            "the server answered 404 Not Found",
        ),
        (raising(http.client.IncompleteRead(b"")), "broke off: IncompleteRead"),
        (raising(ConnectionResetError("reset")), "reset"),
        (lambda: Response(CONTENT[:5], len(CONTENT)), "after 5 of 17 bytes"),
        (lambda: Response(bytes(FILE.size_limit + 1)), "larger than 1048576 bytes"),
        (lambda: Response(b"<html>moved</html>"), "another checksum"),
        (lambda: Response(b"\x1f\x8b\x08 not gzip"), "another checksum"),
    ],
)
def test_a_failed_download_says_how_to_get_the_file(serve, tmp_path, answer, message):
    serve(answer)
    with pytest.raises(MissingDataError, match=message) as caught:
        find(FILE, None)
    said = str(caught.value)
    for needed in ("folder/thing.bin.gz", FILE.url, "Ask example.org", "--data-dir"):
        assert needed in said
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_offline_it_is_said_where_the_file_was_looked_for(tmp_path):
    with pytest.raises(MissingDataError, match="no network in tests") as caught:
        find(FILE, tmp_path)
    assert str(tmp_path / "folder" / "thing.bin.gz") in str(caught.value)
    assert str(cache_folder()) in str(caught.value)


def test_a_file_that_cannot_be_downloaded_says_so():
    file = DataFile(("thing.npz",), remedy="Make it yourself.")
    with pytest.raises(MissingDataError, match=r"Make it yourself\. Put the file"):
        find(file, None)


def test_a_cache_that_cannot_be_written_is_refused(serve, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    serve(lambda: Response(CONTENT))
    with pytest.raises(OutputError, match="Set XDG_CACHE_HOME"):
        find(FILE, None)
    assert (tmp_path / "cache").read_text().startswith("a file")


def test_a_download_that_dies_while_it_is_kept_leaves_nothing(
    serve, tmp_path, monkeypatch
):
    serve(lambda: Response(CONTENT))

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_download.os, "replace", fail)
    with pytest.raises(OutputError, match="No space left"):
        find(FILE, None)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("platform", "variables", "end"),
    [
        ("linux", {"HOME": "/home/u"}, "/home/u/.cache/widthwise"),
        ("linux", {"XDG_CACHE_HOME": "/c"}, "/c/widthwise"),
        ("darwin", {"HOME": "/Users/u"}, "/Users/u/Library/Caches/widthwise"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/widthwise/cache"),
    ],
)
def test_the_cache_is_where_the_platform_keeps_caches(
    monkeypatch, platform, variables, end
):
    monkeypatch.delenv("XDG_CACHE_HOME")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("widthwise.datasets.tables._files.sys.platform", platform)
    assert str(cache_folder()) == end
