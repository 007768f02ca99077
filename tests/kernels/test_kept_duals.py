"""Duals on disk: found again, never out of date, never in the way."""

import os
import subprocess
import sys

import numpy as np
import pytest

from widthwise import activations
from widthwise.activations import Scaled
from widthwise.kernels.duals import _radial, radial_dual
from widthwise.kernels.duals._kept_duals import kept
from widthwise.kernels.duals._representation import represent
from widthwise.laws import Gaussian, Sphere


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("WIDTHWISE_DUALS", str(tmp_path / "duals"))
    return tmp_path / "duals"


def never(*_):
    raise AssertionError("made though it was kept")


def same(one, other):
    return one[2] == other[2] and all(
        np.array_equal(a.coefficients, b.coefficients)
        and np.array_equal(a.edges, b.edges)
        and a.error == b.error
        for a, b in zip(one[:2], other[:2], strict=True)
    )


@pytest.mark.parametrize("law", [Gaussian(), Sphere(7)])
def test_the_second_time_the_same_bits_come_from_the_disk(folder, law):
    act = Scaled(activations.get("leaky_relu", negative_slope=0.1), 1.7)
    made = kept(represent, act, law, 0)
    assert same(made, kept(never, act, law, 0))
    assert len(list(folder.iterdir())) == 1
    assert not any(path.name.startswith(".") for path in folder.iterdir())


def test_every_part_of_the_question_has_a_file_of_its_own(folder):
    relu, leaky = activations.get("relu"), activations.get("leaky_relu")
    other = activations.get("leaky_relu", negative_slope=0.3)
    questions = [
        (act, law, order)
        for act in (relu, leaky, other, Scaled(relu, 2.0), Scaled(leaky, 2.0))
        for law in (Gaussian(), Sphere(3))
        for order in (0, 1)
    ]
    for question in questions:
        kept(represent, *question)
    assert len(list(folder.iterdir())) == len(questions)


def test_a_function_of_the_callers_is_made_each_time(folder):
    mine = activations.from_callable(lambda z: z.sin(), name="relu")
    kept(represent, mine, Gaussian(), 0)
    kept(represent, Scaled(mine, 2.0), Gaussian(), 0)
    assert not folder.exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not whole", "cut", "pickle"])
def test_a_damaged_file_is_made_anew(folder, content):
    act, law = activations.get("relu"), Gaussian()
    made = kept(represent, act, law, 0)
    (path,) = folder.iterdir()
    if content == "cut":
        content = path.read_bytes()[:-40]
    if content == "pickle":
        np.savez(path, near=np.array([{}], dtype=object), errors=np.zeros(3))
    else:
        path.write_bytes(content)
    assert same(made, kept(represent, act, law, 0))
    assert same(made, kept(never, act, law, 0))


def test_where_nothing_can_be_written_the_dual_is_made(monkeypatch):
    monkeypatch.setenv("WIDTHWISE_DUALS", os.devnull)
    assert kept(represent, activations.get("relu"), Gaussian(), 0)[2] < 1e-13


def test_a_new_process_prepares_in_a_moment():
    """Less than 50 ms for two duals, which take some 100 ms to find."""
    code = (
        "import time\n"
        "from widthwise.kernels import dual, dual_of_derivative\n"
        "dual('square', 'gaussian')\n"
        "start = time.process_time()\n"
        "dual('celu', 'gaussian'), dual_of_derivative('celu', 'gaussian')\n"
        "print(time.process_time() - start)\n"
    )
    first, second = (
        float(
            subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True
            ).stdout
        )
        for _ in range(2)
    )
    assert second < 0.05 < first


def test_tables_between_norms_are_kept_too(folder, monkeypatch):
    act, law, norms = activations.get("sigmoid"), Sphere(6), np.array([1.1, 1.2, 3.1])
    chord, near = np.full((1, 2), 0.3), np.array([[True, False]])

    def value():
        of = radial_dual(act, law, 0, norms)
        return of.tile(slice(0, 1), slice(1, 3), chord, near), of.relative_error

    made, error = value()
    assert len(list(folder.iterdir())) == 3
    _radial._block.cache_clear()
    monkeypatch.setattr(_radial, "_made", never)
    again, same_error = value()
    assert np.array_equal(made, again)
    assert error == same_error
