"""The memory that a computation may use."""

import os
import subprocess
import sys

import pytest

from widthwise.errors import MemoryBudgetError
from widthwise.numerics import available_bytes, memory, require


def test_what_is_available_is_positive_and_within_the_machine():
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert 0 < available_bytes() <= physical


@pytest.mark.parametrize(
    ("limit", "used", "cached", "left"),
    [(10**9, 4 * 10**8, 0, 6 * 10**8), (10**9, 9 * 10**8, 10**8, 2 * 10**8)],
)
def test_the_container_s_limit_counts(tmp_path, monkeypatch, limit, used, cached, left):
    (tmp_path / "memory.max").write_text(f"{limit}\n", encoding="ascii")
    (tmp_path / "memory.current").write_text(f"{used}\n", encoding="ascii")
    (tmp_path / "memory.stat").write_text(
        f"anon 5\ninactive_file {cached}\nslab 7\n", encoding="ascii"
    )
    monkeypatch.setattr(memory, "_CGROUP", tmp_path)
    monkeypatch.setattr(memory, "_machine", lambda: 10**12)
    monkeypatch.setattr(memory, "_address_space", lambda: None)
    assert available_bytes() == left


def test_the_older_container_interface_counts(tmp_path, monkeypatch):
    folder = tmp_path / "memory"
    folder.mkdir()
    (folder / "memory.limit_in_bytes").write_text("5000", encoding="ascii")
    (folder / "memory.usage_in_bytes").write_text("2000", encoding="ascii")
    (folder / "memory.stat").write_text("inactive_file 500\n", encoding="ascii")
    monkeypatch.setattr(memory, "_CGROUP", tmp_path)
    monkeypatch.setattr(memory, "_machine", lambda: 10**12)
    monkeypatch.setattr(memory, "_address_space", lambda: None)
    assert available_bytes() == 3500


def test_a_container_without_a_limit_leaves_the_machine(tmp_path, monkeypatch):
    (tmp_path / "memory.max").write_text("max\n", encoding="ascii")
    (tmp_path / "memory.current").write_text("1", encoding="ascii")
    (tmp_path / "memory.stat").write_text("", encoding="ascii")
    monkeypatch.setattr(memory, "_CGROUP", tmp_path)
    monkeypatch.setattr(memory, "_machine", lambda: 777)
    monkeypatch.setattr(memory, "_address_space", lambda: None)
    assert available_bytes() == 777


def test_more_in_use_than_allowed_leaves_nothing(monkeypatch):
    monkeypatch.setattr(memory, "_container", lambda: -5)
    assert available_bytes() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_AS and /proc are Linux's")
def test_the_address_space_limit_counts():
    code = (
        "import resource\n"
        "from widthwise.numerics import available_bytes\n"
        "limit = 6 * 2**30\n"
        "resource.setrlimit(resource.RLIMIT_AS, (limit, limit))\n"
        "print(available_bytes())\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert 0 < int(found.stdout) < 6 * 2**30


def test_what_fits_is_allowed(monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 1000)
    require(1000, "This", "Do that.")


@pytest.mark.parametrize(
    ("needed", "human"),
    [
        (1001, "1 kB"),
        (25 * 10**5, "2.5 MB"),
        (32 * 10**9, "32 GB"),
        (10**15, "1e+03 TB"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_cheaper_way(monkeypatch, needed, human):
    monkeypatch.setattr(memory, "available_bytes", lambda: 1000)
    with pytest.raises(MemoryBudgetError) as caught:
        require(needed, "The kernel of 9 points", "Take fewer points.")
    message = str(caught.value)
    assert message.startswith("The kernel of 9 points would take ")
    assert f"would take {human} of memory" in message
    assert "1 kB are available" in message
    assert message.endswith("Take fewer points.")
    assert isinstance(caught.value, MemoryError)


def test_small_needs_ask_the_system_once_and_large_ones_each_time(monkeypatch):
    free, asked = 10**9, []

    def measure():
        asked.append(free)
        return free

    monkeypatch.setattr(memory, "available_bytes", measure)
    monkeypatch.setattr(memory.time, "monotonic", lambda: 7.0)
    for _ in range(1000):
        require(10**7, "A small thing", "Do without.")
    assert len(asked) == 1
    free = 10**8  # as after something large was allocated
    with pytest.raises(MemoryBudgetError, match="100 MB are available"):
        require(2 * 10**8, "A large thing", "Do without.")
    monkeypatch.setattr(memory.time, "monotonic", lambda: 7.5)
    with pytest.raises(MemoryBudgetError, match="100 MB are available"):
        require(11 * 10**7, "A thing", "Do without.")
