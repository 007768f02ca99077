"""What a notebook shows of a result."""

import math
from html.parser import HTMLParser

import numpy as np
import pytest
import torch

import widthwise as ww
from widthwise.cards import card

POINTS = torch.nn.functional.normalize(
    torch.from_numpy(np.random.default_rng(0).normal(size=(6, 3)))
)


class _Balanced(HTMLParser):
    """Every element is closed where it was opened."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, _):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def is_balanced(text):
    parser = _Balanced()
    parser.feed(text)
    return not parser.open


def test_nothing_of_a_text_becomes_html():
    shown = card("<script>", [("<b>", "<i>&"), ("x", "\x1b[31m")], "a < b")
    assert "<script>" not in shown
    assert "<i>" not in shown
    assert "\x1b" not in shown
    assert is_balanced(shown)


def test_values_are_written_as_people_read_them():
    rows = [("a", True), ("b", 12345), ("c", 1.5e9), ("d", None), ("e", math.inf)]
    shown = card("A", rows)
    assert all(each in shown for each in (">yes<", ">12,345<", ">1.5×10⁹<", ">∞<"))
    assert ">d<" not in shown


def trajectory():
    torch.manual_seed(0)
    module = torch.nn.Linear(3, 1).double()
    return ww.dynamics.train(module, POINTS, torch.ones(6), epochs=2)


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda: ww.spectra.spectrum(POINTS @ POINTS.T + torch.eye(6)), "condition"),
        (lambda: ww.spectra.rank_verdict(POINTS, "relu"), "fits any labels"),
        (
            lambda: ww.bounds.CATALOG["benson_gaussian"].width(
                ww.spectra.spectrum(
                    ww.kernels.conjugate_kernel(POINTS, "relu", "gaussian")
                )
            ),
            "certificate",
        ),
        (trajectory, "last loss"),
        (
            lambda: ww.diagnose(
                POINTS.numpy(),
                activations=("relu",),
                widths=(8,),
                trials=2,
                probability=0.9,
            ),
            "Will it fit?",
        ),
    ],
    ids=["Spectrum", "RankVerdict", "Width", "Trajectory", "Diagnosis"],
)
def test_a_result_shows_itself_as_a_card(made, says):
    shown = made()._repr_html_()
    assert says in shown
    assert is_balanced(shown)
