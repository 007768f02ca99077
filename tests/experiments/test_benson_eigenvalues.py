"""Figure 3: against NumPy's singular values, the filters' formula, made-up trials."""

import json

import mpmath
import numpy as np
import pytest

from widthwise.experiments import CATALOG
from widthwise.experiments.benson._eigenvalue_claims import findings
from widthwise.experiments.benson._eigenvalue_tables import (
    Spectra,
    decay_rows,
    eigenvalue_rows,
    filter_rows,
    resolved_rows,
    spectra_of,
)
from widthwise.experiments.benson._points import dataset_of, weights_seed
from widthwise.features import RandomFeatures

FIGURE = CATALOG["benson_eigenvalues"]
CELL = {
    "dataset": "synthetic_1",
    "points": 12,
    "dimension": 4,
    "activation": "swish",
    "width": 50,
    "trial": 0,
}


def quietly(_part, _what):
    return None


def test_eigenvalues_and_filters_are_those_of_the_matrix():
    counts = (1, 20, 100_000)
    (found,) = spectra_of(
        {"filter_steps": counts}, [CELL], [FIGURE.measure(CELL, 3, quietly)]
    )
    layer = RandomFeatures("swish", 50, "sphere", weights_seed(3, 0))
    phi = layer.matrix(dataset_of(CELL, 3).points).numpy()
    s = np.linalg.svd(phi, compute_uv=False)
    # A singular value is off by 23 ε s_1 at the most, and each is 1e-6 s_1 or more.
    np.testing.assert_allclose(found.eigenvalues[0], s**2, rtol=1e-8)
    with mpmath.workdps(40):
        squares = [mpmath.mpf(float(each)) ** 2 for each in s]
        for name, last in (("optimal", squares[-1]), ("stable", squares[0])):
            step = 2 / (squares[0] + last)
            for row, count in zip(found.filters(name)[0], counts, strict=True):
                exact = [float(1 - (1 - step * each) ** count) for each in squares]
                # k η δ(s²): 1e5 steps times 2 · 23 ε.
                np.testing.assert_allclose(row, exact, rtol=0, atol=2e-9)


def test_a_cell_survives_json_and_more_trials_keep_it():
    again = FIGURE.measure(json.loads(json.dumps(CELL)), 2, quietly)
    assert json.dumps(again) == json.dumps(FIGURE.measure(CELL, 2, quietly))
    few = FIGURE.resolved({"datasets": "synthetic_1", "trials": 2}, quick=True)
    more = FIGURE.cells({**few, "trials": 4})
    assert all(cell in more for cell in FIGURE.cells(few))


def test_prostate_ends_at_the_stored_condition_number(data_directory, monkeypatch):
    monkeypatch.setenv("WIDTHWISE_DATA", str(data_directory))
    # The median of κ(G) at 5000 is 3.8e5 for relu and 5.3e9 for swish, to two digits.
    for name, stored in (("relu", 3.8e5), ("swish", 5.3e9)):
        cell = {"dataset": "prostate", "activation": name, "width": 5000}
        numbers = []
        for trial in range(8):
            found = FIGURE.measure({**cell, "trial": trial}, 0, quietly)
            values = found["singular_values"]
            numbers.append((values[0] / values[-1]) ** 2)
        # All of eight trials on one side of a median have probability 2^-7.
        assert min(numbers) <= stored * 1.02
        assert max(numbers) >= stored / 1.02


def spectra(activation, ratio):
    """Make up twelve trials whose eigenvalues fall by nearly `ratio` each."""
    falls = [ratio * (1 - 1e-3 * trial) for trial in range(12)]
    values = [[(5 * fall**i) ** 0.5 for i in range(10)] for fall in falls]
    return Spectra("made_up", activation, (20,), np.array(values))


def verdicts(*given):
    return {each.name: each.verdict for each in findings(given)}


def test_decay_and_filters_decide_the_claims():
    found = verdicts(
        spectra("wendland0", 0.9), spectra("relu", 0.5), spectra("swish", 0.2)
    )
    assert found["wendland_decays_slower"] == "holds"
    assert found["swish_decays_fastest"] == "holds"
    assert found["more_filters_near_one"] == "holds"
    assert found["many_filters_near_one"] == "holds"
    # The leading filter is 1 - (1 - 2 / κ)^20, far below 0.9 for κ = 2^9 and more.
    assert found["leading_component_is_early"] == "fails"
    other = verdicts(
        spectra("wendland0", 0.2), spectra("relu", 0.5), spectra("swish", 0.9)
    )
    assert other["wendland_decays_slower"] == "fails"
    assert other["swish_decays_fastest"] == "fails"
    # How near is near one, and how many are many, the paper leaves open.
    assert other["more_filters_near_one"] == "not decided"
    assert other["many_filters_near_one"] == "not decided"


def test_the_leading_filter_of_a_flat_spectrum_is_one():
    # κ = 0.9^-9 = 2.6 at the most, so 20 steps leave (1.6 / 3.6)^20 = 1e-7.
    found = verdicts(spectra("wendland0", 0.9), spectra("wendland2", 0.95))
    assert found["leading_component_is_early"] == "holds"


def test_rows_have_one_eigenvalue_and_one_filter_an_index():
    given = [spectra("relu", 0.5)]
    rows = eigenvalue_rows(given)
    assert [row["index"] for row in rows] == list(range(1, 11))
    assert rows[0]["eigenvalue"] == pytest.approx(5.0)
    assert rows[0]["relative"] == 1.0
    # The sixth smallest of twelve is that of trial 6, counted from 0 and downwards.
    assert rows[1]["relative"] == pytest.approx(0.5 * (1 - 6e-3))
    assert len(filter_rows(given)) == 20
    assert [row["index"] for row in decay_rows(given)] == [3, 5, 8, 10]
    resolved = resolved_rows(given)
    assert [row["step_size"] for row in resolved] == ["optimal", "stable"]
    assert all(row["trials"] == 12 for row in resolved)
