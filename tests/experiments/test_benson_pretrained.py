"""The last layer of a trained network: least squares by another routine, and claims."""

import numpy as np
import pytest

from widthwise.datasets import load
from widthwise.experiments import CATALOG
from widthwise.experiments.benson._pretrained import _findings
from widthwise.seeds import stream


@pytest.mark.data
def test_what_is_out_of_reach_is_what_least_squares_leaves():
    cell = {"features": "trained", "n": 300, "m": 120, "trial": 0}
    found = CATALOG["benson_pretrained"].measure(cell, 0, lambda *_: None)
    data = load("cifar10_features")
    rows = stream(0, "benson_pretrained/0/rows").permutation(2000)[:300]
    kept = stream(0, "benson_pretrained/0/channels").permutation(1280)[:120]
    phi = data.points.numpy()[np.ix_(rows, kept)]
    classes = data.targets.numpy()[rows]
    own = np.where(classes[:, None] == np.arange(10), 1.0, -1.0)
    rest = own - phi @ np.linalg.lstsq(phi, own, rcond=None)[0]
    expected = np.linalg.norm(rest) / np.linalg.norm(own)
    assert found["classes"] == pytest.approx(expected, rel=1e-9)
    assert found["rank"] == 120


def row(features="trained", n=2000, m=1280, **changed):
    expected = (1 - m / n) ** 0.5 if n > m else 0.0
    made = {"features": features, "n": n, "m": m, "along": "n", "rank": min(n, m)}
    made |= {"κ": 100.0, "κ low": 90.0, "κ high": 110.0, "expected": expected}
    for name, value in (("random labels", expected), ("classes", expected / 2)):
        made |= {name: value, f"{name} low": 0.99 * value, f"{name} high": 1.01 * value}
    return made | changed


def verdicts(*rows):
    return {each.name: each.verdict for each in _findings(list(rows))}


def test_planted_layers_are_judged_by_their_numbers():
    few = row(n=500), row("relu on pixels", n=500, **{"κ": 1e4, "κ low": 9e3})
    assert verdicts(row(), few[0], few[1] | {"κ high": 2e4}) == {
        "any_labels_up_to_the_width": "holds",
        "better_conditioned_than_random_features": "holds",
        "what_cannot_be_fitted": "holds",
        "channels_help": "not decided",
    }
    assert verdicts(row(n=500, rank=499))["any_labels_up_to_the_width"] == "fails"
    far = {"random labels": 0.9, "random labels low": 0.89, "random labels high": 0.91}
    assert verdicts(row(**far))["what_cannot_be_fitted"] == "fails"
