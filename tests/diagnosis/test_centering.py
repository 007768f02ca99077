"""Labels less their mean, and the step that is best for them."""

import numpy as np
import pytest

import widthwise as ww
from widthwise.features import RandomFeatures

ROWS, WIDTH = 20, 80


@pytest.fixture(scope="module")
def points():
    found = np.random.default_rng(4).standard_normal((ROWS, 3))
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def labels():
    return np.random.default_rng(5).standard_normal(ROWS)


def run(points, labels, **options):
    quick = {"activations": "relu", "widths": [WIDTH], "trials": 2, "probability": 0.9}
    return ww.diagnose(points, labels, **quick, **options)


def training(found):
    return found.activations[0]["training"]


def test_no_number_hangs_on_the_origin_and_the_unit_of_the_labels(points, labels):
    plain, shifted = run(points, labels), run(points, 1000 + 3 * labels)
    for one, other in zip(
        (training(plain), *training(plain)["paces"]),
        (training(shifted), *training(shifted)["paces"]),
        strict=True,
    ):
        assert other["steps"] == pytest.approx(one["steps"], rel=1e-3, abs=1)
    told = [step for step in shifted.record.content["data"]["steps"]]
    note = next(step for step in told if step["name"] == "center_labels")
    assert note["numbers"]["mean"] == pytest.approx(1000, rel=0.01)
    assert "intercept" in note["detail"]["text"]
    assert shifted.record.content["data"]["targets"]["largest"] > 1000


def test_without_it_labels_that_are_mostly_their_mean_bring_a_caution(points, labels):
    found = run(points, 1000 + labels, center=False)
    assert training(found)["steps"]["0.01"] < 50  # the mean alone
    assert "--no-center" in str(found)
    assert "--no-center" not in str(run(points, labels, center=False))
    assert training(run(points, 1000 + labels))["steps"]["0.01"] > 500


def test_contradictions_name_the_labels_as_they_were_given(points, labels):
    twice = np.vstack([points, points[:1]])
    found = run(twice, np.append(labels, 7.25) + 100)
    conflict = found.evidence.activations[0].rank_verdict.conflicts[0]
    assert "107.25" in conflict
    assert f"{100 + labels[0]:.6g}" in conflict


def krylov_steps(gram, gap, tolerance):
    """Count conjugate gradients' steps: the least over Krylov spaces, by Arnoldi."""
    basis, vector = np.zeros((len(gap), 0)), gram @ gap
    for count in range(len(gap)):
        if np.linalg.norm(gap - basis @ (basis.T @ gap)) <= tolerance:
            return count
        for _ in range(2):
            vector = vector - basis @ (basis.T @ vector)
        basis = np.column_stack([basis, vector / np.linalg.norm(vector)])
        vector = gram @ basis[:, -1]
    return len(gap)


def test_paces_are_those_of_iterating(points, labels):
    found = training(run(points, labels, seed=3))
    seeds = [ww.seeds.derive(3, "diagnosis/trial", trial) for trial in range(2)]
    drawn = [RandomFeatures("relu", WIDTH, "sphere", seed=seed) for seed in seeds]
    grams = [each.gram(points) for each in drawn]
    limits = [2 / np.linalg.eigvalsh(gram)[-1] for gram in grams]
    place = int(np.argmin(np.abs(np.array(limits) - found["largest_stable_step"])))
    gram, gap = grams[place].numpy(), labels - labels.mean()
    tolerance, left, count = 1e-2 * np.linalg.norm(gap), gap.copy(), 0
    while np.linalg.norm(left) > tolerance:
        left, count = left - found["step"] * gram @ left, count + 1
    assert count == found["steps"]["0.01"]
    others = {each["method"]: each["steps"]["0.01"] for each in found["paces"]}
    assert others["conjugate gradients"] == krylov_steps(gram, gap, tolerance)
    assert count <= min(others["stable step"], others["worst-case step"])
    assert others["momentum"] < others["worst-case step"]
