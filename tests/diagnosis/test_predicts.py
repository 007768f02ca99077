"""Will it predict: errors on rows left out, and the verdict that they support."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

import widthwise as ww
from widthwise.diagnosis.activations._labels import labels_of
from widthwise.diagnosis.activations._left_out_widths import stopping_widths
from widthwise.seeds import derive

RNG = np.random.default_rng(0)
POINTS = RNG.standard_normal((60, 3))


def diagnosed(y, points=POINTS, **asked):
    quick = {"trials": 3, "widths": [240], "probability": 0.9}
    asked = {"activations": ["relu"], **quick, **asked}
    return ww.diagnose(points, y, **asked)


def verdict(found, key="predicts"):
    return next(each for each in found.verdicts if each.question == key)


@pytest.fixture(scope="module")
def product():
    return diagnosed(POINTS[:, 0] * POINTS[:, 1])


@pytest.fixture(scope="module")
def straight():
    noise = 0.2 * np.random.default_rng(1).standard_normal(60)
    return diagnosed(POINTS[:, 0] + noise)


def test_what_a_line_cannot_follow_is_predicted_better_by_a_network(product):
    found = verdict(product)
    assert found.status == "yes"
    assert found.chosen == "relu"
    assert found.answer.startswith("Yes: R² = ")
    seen = product.evidence.activations[0].prediction
    assert seen.gain > 2 * seen.gain_error


def test_of_a_line_it_says_first_that_a_line_is_as_good_or_better(straight):
    found = verdict(straight)
    assert found.status == "caution"
    assert "linear ridge" in found.answer.split(":")[0]


def test_the_answer_on_the_width_is_the_certificate_and_what_was_seen(product):
    found = verdict(product, "width")
    width = product.evidence.activations[0].width
    proved = f"{width.proved.value:,.0f} relu units fit any labels, proved."
    assert found.answer == proved
    seen = f"{width.empirical.value:,.0f} fit in "
    theorem = "A theorem, for these rows with probability 90 %; "
    assert found.reason.startswith(theorem + seen)
    enough = product.evidence.activations[0].prediction.enough
    assert f"With a penalty {enough:,} predict" in found.reason
    assert found.number == width.empirical.value <= width.proved.value


def test_labels_that_are_noise_are_not_predicted():
    found = verdict(diagnosed(np.random.default_rng(2).standard_normal(60)))
    assert found.status == "no"
    assert "no better than by their mean" in found.answer


def test_without_labels_it_says_that_there_are_none():
    found = verdict(diagnosed(None))
    assert found.status_word == "No labels"
    assert found.number is None


def test_labels_that_are_all_equal_leave_nothing_to_predict():
    assert verdict(diagnosed(np.ones(60))).status_word == "Not decided"


def test_the_linear_baseline_is_ridge_regression_refitted_without_each_row(straight):
    baseline = straight.evidence.baselines.linear
    columns = StandardScaler().fit_transform(POINTS)
    y = POINTS[:, 0] + 0.2 * np.random.default_rng(1).standard_normal(60)
    errors = []
    for penalty in np.logspace(-3, 3, 25):
        missed = []
        for row in range(60):
            kept = np.arange(60) != row
            model = Ridge(alpha=penalty).fit(columns[kept], y[kept])
            missed.append(y[row] - model.predict(columns[[row]])[0])
        errors.append(np.mean(np.square(missed)) / y.var())
    # Between penalties a quarter of a decade apart the error moves by its square.
    assert baseline.error == pytest.approx(min(errors), rel=2e-3)


def test_the_error_at_a_width_is_that_of_refitting_the_least_norm(product):
    seen = product.evidence.activations[0].prediction
    y = POINTS[:, 0] * POINTS[:, 1]
    unit = StandardScaler().fit_transform(POINTS)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    place = seen.widths.index(30)
    errors = []
    for trial in range(seen.trials):
        features = ww.features.RandomFeatures(
            "relu",
            width=30,
            law="sphere",
            seed=derive(0, "diagnosis/prediction", trial),
        )
        phi = features.matrix(torch.from_numpy(unit)).numpy()
        missed = []
        for row in range(60):
            kept = np.arange(60) != row
            mean, level = phi[kept].mean(axis=0), y[kept].mean()
            weights = np.linalg.lstsq(phi[kept] - mean, y[kept] - level, rcond=1e-12)[0]
            missed.append(y[row] - level - (phi[row] - mean) @ weights)
        errors.append(np.mean(np.square(missed)) / y.var())
    assert seen.interpolating.low[place] == pytest.approx(min(errors), rel=1e-6)
    assert seen.interpolating.high[place] == pytest.approx(max(errors), rel=1e-6)


def test_the_least_width_that_fits_is_called_the_worst_to_predict_at():
    X, y = load_diabetes(return_X_y=True)
    found = diagnosed(y[:120], X[:120])
    seen = found.evidence.activations[0].prediction
    assert seen.peak == 120
    width = verdict(found, "width")
    assert width.number == 120
    assert "the worst width to predict at" in width.reason
    assert width.number_text == f"120 units to fit, {seen.enough} to predict"


def test_a_ridge_has_no_peak_and_is_never_worse_than_interpolating(product):
    seen = product.evidence.activations[0].prediction
    for plain, ridge in zip(seen.interpolating.error, seen.ridge.error, strict=True):
        assert ridge <= plain * (1 + 1e-9)


def test_classes_are_told_apart_one_against_the_rest():
    codes = np.repeat(["low", "middle", "high"], 20)
    centers = {"low": -3.0, "middle": 0.0, "high": 3.0}
    points = RNG.standard_normal((60, 2)) + np.array(
        [[centers[each]] * 2 for each in codes]
    )
    found = diagnosed(codes, points, bias=True)
    baselines = found.evidence.baselines
    assert baselines.classes == 3
    # Without a row its class has 19 of 59, the others 20 each: always wrong.
    assert baselines.constant.error == 1.0
    best = found.evidence.activations[0].prediction.best
    assert best.error < 0.2
    assert best.balanced == pytest.approx(best.error)
    assert "rows wrong" in verdict(found).answer


def test_a_middle_class_is_found_that_a_regression_of_codes_confuses():
    labels = labels_of(torch.tensor([0.0, 1.0, 2.0, 1.0]), are_classes=True)
    assert labels.values.shape == (4, 3)
    right = labels.values - torch.tensor(
        [[0.9, 0.1, -1.0], [0.0, 0.2, 0.1], [-1.0, 0.5, 0.4], [-1.0, 1.0, -1.0]]
    )
    assert labels.losses(right).tolist() == [0.0, 0.0, 1.0, 0.0]


def test_equal_rows_with_other_labels_give_the_least_error_there_can_be():
    targets = torch.tensor([1.0, 3.0, 5.0, 5.0])
    labels = labels_of(targets, are_classes=False)
    # Rows 0 and 1 are equal: 2 is the best to say, and misses each by 1.
    assert labels.noise([[0, 1]]) == pytest.approx(
        2.0 / 4 / float(targets.var(correction=0))
    )
    assert labels_of(targets, are_classes=True).noise([[0, 1]]) == 0.25
    assert labels.noise([]) is None


def test_the_mean_of_the_others_is_the_constant_s_error():
    targets = torch.tensor([0.0, 1.0, 5.0], dtype=torch.float64)
    labels = labels_of(targets, are_classes=False)
    missed = [
        float(targets[i] - targets[torch.arange(3) != i].mean()) for i in range(3)
    ]
    expected = np.mean(np.square(missed)) / float(targets.var(correction=0))
    assert labels.error(labels.constant()).error == pytest.approx(expected)


def test_the_worst_rows_are_the_planted_wrong_labels():
    y = POINTS[:, 0].copy()
    y[[7, 31]] += 15.0
    seen = diagnosed(y).evidence.activations[0].prediction
    assert set(seen.worst_rows[:2]) == {7, 31}


def test_the_one_that_predicts_best_is_chosen_where_it_clearly_does():
    y = POINTS[:, 0] * POINTS[:, 1]
    found = diagnosed(y, activations=["relu", "wendland2"])
    first, second = (each.prediction for each in found.evidence.activations)
    best = first if first.best.error < second.best.error else second
    assert best.behind == best.behind_error == 0.0
    chosen = verdict(found, "activation")
    speed, width = verdict(found, "speed"), verdict(found, "width")
    assert chosen.chosen == speed.activation == width.activation


def test_descent_is_stopped_where_rows_left_out_say(product):
    seen = product.evidence.activations[0].prediction
    assert seen.stopped_widths == (4, 8, 15, 30, 60, 240)
    ridge = dict(zip(seen.widths, seen.ridge.error, strict=True))
    for width, error in zip(seen.stopped_widths, seen.stopped, strict=True):
        assert 0.5 * ridge[width] < error < 2.0 * ridge[width]


def test_three_classes_take_no_order_in_any_verdict():
    """A renaming of the classes changes their codes, and no answer."""
    codes = np.repeat(["a", "b", "c"], 20)
    renamed = np.repeat(["c", "a", "b"], 20)
    first, second = (diagnosed(each, bias=True) for each in (codes, renamed))
    one, other = (each.evidence.activations[0] for each in (first, second))
    assert one.training.steps == pytest.approx(other.training.steps)
    assert one.prediction.best.error == pytest.approx(other.prediction.best.error)
    assert any(each.name == "one_against_rest" for each in first.evidence.data.steps)


def test_steps_for_classes_are_those_of_all_their_columns():
    codes = np.repeat(["a", "b", "c"], 20)
    found = diagnosed(codes, bias=True, widths=[100], trials=1)
    training = found.evidence.activations[0].training
    unit = np.column_stack([StandardScaler().fit_transform(POINTS), np.ones(60)])
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    features = ww.features.RandomFeatures(
        "relu", width=100, law="sphere", seed=derive(0, "diagnosis/trial", 0)
    )
    phi = features.matrix(torch.from_numpy(unit))
    signs = torch.from_numpy(
        np.where(codes[:, None] == np.array(["a", "b", "c"]), 1.0, -1.0)
    )
    signs = signs - signs.mean(dim=0)
    model = ww.dynamics.linear_model(phi, signs)
    run = ww.dynamics.gradient_descent(model, training.step)
    assert run.steps_to(1e-2) == pytest.approx(training.coarse, rel=1e-3)


def test_a_contradiction_between_classes_is_told_by_their_names():
    points = np.vstack([POINTS[:10], POINTS[:1], POINTS[10:30]])
    codes = np.array(["low"] * 10 + ["high"] + ["middle"] * 20)
    evidence = diagnosed(codes, points).evidence.activations[0].rank_verdict
    assert evidence.conflicts[0].endswith("their labels are low, high")
    # The two columns that differ by 2 lose sqrt(2) each, the third nothing.
    assert evidence.residual_bound == pytest.approx(2.0, rel=1e-9)


def test_the_stopped_error_of_classes_is_the_share_of_wrong_rows_refitted():
    """Each row left out of a descent of its own, by eigenvectors of the others."""
    codes = np.array(["a", "b", "c"])[np.digitize(POINTS[:, 0], [-0.5, 0.5])]
    seen = diagnosed(codes, trials=1).evidence.activations[0].prediction
    assert seen.stopped_widths == (4, 8, 15, 30, 60, 240)
    unit = StandardScaler().fit_transform(POINTS)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    layer = ww.features.RandomFeatures(
        "relu", width=8, law="sphere", seed=derive(0, "diagnosis/prediction", 0)
    )
    phi = layer.matrix(torch.from_numpy(unit)).numpy()
    signs = np.where(codes[:, None] == np.array(["a", "b", "c"]), 1.0, -1.0)
    step = 1.0 / np.linalg.svd(phi - phi.mean(axis=0), compute_uv=False)[0] ** 2
    counts = ww.readouts.early_stopping(phi, signs, step=step).steps.numpy()
    outputs = np.empty((len(counts), 60, 3))
    for row in range(60):
        kept = np.arange(60) != row
        mean, level = phi[kept].mean(axis=0), signs[kept].mean(axis=0)
        values, vectors = np.linalg.eigh((phi[kept] - mean).T @ (phi[kept] - mean))
        right = vectors.T @ (phi[kept] - mean).T @ (signs[kept] - level)
        fitted = (1 - (1 - step * values) ** counts[:, None]) / values
        at_row = (phi[row] - mean) @ vectors
        outputs[:, row] = level + (fitted * at_row) @ right
    best = np.square(outputs - signs).mean(axis=(1, 2)).argmin()
    wrong = (outputs[best].argmax(axis=1) != signs.argmax(axis=1)).mean()
    assert seen.stopped[seen.stopped_widths.index(8)] == pytest.approx(wrong)


def test_of_many_rows_descent_is_stopped_at_narrow_widths():
    widths = {rows: stopping_widths(rows, 4 * rows) for rows in (600, 601, 1000, 2000)}
    assert widths[600] == (38, 75, 150, 300, 600, 2400)
    assert widths[601] == (38, 150, 300)
    assert widths[1000] == (62, 250)
    assert widths[2000] == (125,)
