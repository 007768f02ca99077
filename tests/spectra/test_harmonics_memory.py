"""The memory that harmonics are counted to take, against a process that takes it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from widthwise.numerics import memory
from widthwise.spectra._rational_rank import rational_rank

CODE = """
from pathlib import Path
import numpy as np
from widthwise.spectra import _harmonics
def peak(name="VmHWM"):
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(each for each in lines if each.startswith(name)).split()[1]) * 1024
counted = []
_harmonics.require = lambda needed, *_: counted.append(needed)
points = np.random.default_rng(0).standard_normal(SHAPE)
points /= np.linalg.norm(points, axis=1)[:, None]
before = peak("VmRSS")
found = _harmonics.row_space(points, np.ones(len(points)), DEGREES, noise=1e-12)
print(max(counted), peak() - before, found.rank)
"""


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="The peak is read from Linux"
)
@pytest.mark.parametrize(
    ("shape", "degrees", "rank"),
    [((20_000, 10), (3,), 210), ((2500, 60), (3,), 2500)],
)
def test_harmonics_take_what_is_counted_for_them(shape, degrees, rank):
    code = CODE.replace("SHAPE", str(shape)).replace("DEGREES", str(degrees))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    counted, taken, found = map(int, done.stdout.split())
    assert found == rank
    blas = 2**26  # Its own buffers, whatever the matrix.
    assert taken <= 1.1 * counted + blas, (counted, taken)
    assert taken >= 0.35 * counted, (counted, taken)


def test_a_rank_over_the_rationals_without_room_is_left_open(monkeypatch):
    rows = np.random.default_rng(0).standard_normal((300, 5))
    assert rational_rank(rows, (2,), 5) == 14
    monkeypatch.setattr(memory, "available_bytes", lambda: 10**5)
    assert rational_rank(rows, (2,), 5) is None
