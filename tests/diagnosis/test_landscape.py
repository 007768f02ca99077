"""A landscape's diagnosis says where Jacobians are full, and which rows prevent it."""

import json
import math
import re

import numpy as np
import pytest
from scipy.stats import binomtest

from widthwise import landscape
from widthwise.activations import get
from widthwise.diagnosis import (
    Budget,
    Diagnosis,
    InterruptedDiagnosis,
    LandscapeKnobs,
    carry_out,
    diagnose_landscape,
    plan_landscape,
)
from widthwise.errors import (
    InvalidArgumentError,
    MemoryBudgetError,
    UnknownNameError,
)

ROWS, INPUTS, WIDTHS, TRIALS = 9, 2, (3, 5, 8), 150
RARE = 1e-6
"""Chance of a claim about proportions failing if the seeds had been unlucky."""


@pytest.fixture(scope="module")
def points():
    return np.random.default_rng(3).normal(size=(ROWS, INPUTS))


@pytest.fixture(scope="module")
def labels():
    return np.random.default_rng(4).normal(size=ROWS)


@pytest.fixture(scope="module")
def found(points, labels):
    return diagnose_landscape(
        points, labels, widths=WIDTHS, trials=TRIALS, standardize=False
    )


def deficient_draws(points, width, trials, *, act=None, biases=True):
    """Draw networks by hand; return the dependent rows of each, () at full rank."""
    generator = np.random.default_rng(7)
    d0 = points.shape[1]
    limit = 1 / math.sqrt(d0)
    for _ in range(trials):
        weights = generator.uniform(-limit, limit, (width, d0))
        offsets = generator.uniform(-limit, limit, width) if biases else None
        pattern = landscape.activation_pattern(points, weights, offsets, act=act)
        yield landscape.rank_evidence(
            pattern, points, biases=biases, act=act
        ).dependent_rows


def agree(successes, trials, others, other_trials):
    """Whether two counts may come from one probability, by Clopper-Pearson."""
    confidence = 1 - RARE
    first = binomtest(successes, trials).proportion_ci(confidence)
    second = binomtest(others, other_trials).proportion_ci(confidence)
    return first.low <= second.high and second.low <= first.high


@pytest.mark.parametrize(
    ("name", "biases"),
    [("relu", True), ("relu", False), ("abs", True), ("leaky_relu", False)],
    ids=lambda value: value if isinstance(value, str) else f"biases-{value}",
)
def test_probabilities_are_those_of_a_loop_over_exact_ranks(points, name, biases):
    widths = (4, 6)
    run = diagnose_landscape(
        points,
        widths=widths,
        trials=TRIALS,
        activation=name,
        biases=biases,
        standardize=False,
        subsets=False,
    )
    counted = run.record.content["probability"]["successes"]
    for width, successes in zip(widths, counted, strict=True):
        ranks = deficient_draws(points, width, 100, act=get(name), biases=biases)
        by_hand = sum(not rows for rows in ranks)
        assert agree(successes, TRIALS, by_hand, 100), (width, successes, by_hand)


def test_the_interval_is_clopper_and_pearsons(found):
    probability = found.record.content["probability"]
    for place, successes in enumerate(probability["successes"]):
        limits = binomtest(successes, TRIALS).proportion_ci(0.95)
        assert probability["low"][place] == pytest.approx(limits.low, abs=1e-12)
        assert probability["high"][place] == pytest.approx(limits.high, abs=1e-12)


def test_rows_are_blamed_as_often_as_in_null_vectors_of_exact_jacobians(found, points):
    content = found.record.content
    width = content["rows_width"]
    shares = {each["row"]: each["share"] for each in content["rows"]}
    by_hand = [rows for rows in deficient_draws(points, width, 150) if rows]
    networks = 50  # deficient ones that the diagnosis collects
    assert len(by_hand) > 20
    for row in range(ROWS):
        often = sum(row in rows for rows in by_hand)
        said = round(shares.get(row, 0.0) * networks)
        assert agree(said, networks, often, len(by_hand)), row


def test_the_necessary_width_counts_parameters(found):
    assert found.record.content["necessary_width"] == 3  # 9 rows, 2 inputs and a bias


def test_widths_are_found_around_the_threshold(points):
    run = diagnose_landscape(points, trials=80, standardize=False, subsets=False)
    content = run.record.content
    estimates = content["probability"]["estimate"]
    assert content["probability"]["widths"] == sorted(content["settings"]["widths"])
    assert estimates[0] < 0.5 < estimates[-1] == 1.0
    threshold = content["probability"]["threshold"]["width"]
    assert content["settings"]["widths"][0] < threshold < run.verdicts[0].number
    assert run.verdict("full_rank").status == "yes"


def test_too_few_networks_are_said_to_be_too_few(points):
    run = diagnose_landscape(points, widths=200, trials=10, subsets=False)
    verdict = run.verdict("full_rank")
    assert verdict.status == "caution"
    # 72 = ceil(log 0.025 / log 0.95): all of 72 have a lower limit of 0.95.
    assert "72 networks" in verdict.reason
    assert binomtest(72, 72).proportion_ci(0.95).low > 0.95
    assert binomtest(71, 71).proportion_ci(0.95).low < 0.95


def test_widths_below_the_necessary_one_have_no_full_rank(points):
    run = diagnose_landscape(points, widths=2, trials=5, subsets=False)
    assert run.record.content["probability"]["successes"] == [0]
    assert run.verdict("full_rank").status == "no"
    assert "3 are necessary" in run.verdict("full_rank").answer


def test_one_unit_is_said_in_the_singular():
    run = diagnose_landscape(np.eye(2), widths=1, trials=5, subsets=False)
    said = " ".join(f"{each.answer} {each.reason}" for each in run.verdicts)
    assert re.search(r"\b1 (hidden )?units", said) is None
    assert "Fewer than" not in said
    assert "1 hidden unit," in said


def test_three_rows_close_together_hold_the_rank_back():
    line = np.array([[-1.0], [-0.5], [0.2], [0.201], [0.202], [0.6], [0.9]])
    run = diagnose_landscape(
        line, widths=(40,), trials=100, standardize=False, subsets=False
    )
    rows = run.record.content["rows"]
    assert [each["row"] for each in rows[:3]] == [2, 3, 4]
    assert run.verdict("obstacle").answer.startswith("Rows 2, 3 and 4 most often")


def test_theorems_stand_beside_the_measurement(found):
    (theorem,) = found.record.content["theorems"]
    assert theorem["name"] == "theorem_5"
    assert not theorem["is_certificate"]
    direct = landscape.THEOREMS["theorem_5"].width(ROWS, INPUTS + 1, 0.05)
    assert theorem["width"] == direct.value
    assert theorem["measured"] >= 1
    line = diagnose_landscape(np.arange(6.0)[:, None], widths=30, subsets=False)
    names = {each["name"]: each for each in line.record.content["theorems"]}
    assert names["theorem_10"]["is_certificate"]
    assert line.verdict("theorem").status == "yes"


@pytest.mark.parametrize("biases", [True, False])
def test_corollary_8_is_asked_only_of_independent_rows(biases):
    rng = np.random.default_rng(5)
    line = rng.normal(size=(5, 1)) * rng.normal(size=6)
    plane = line + rng.normal(size=(5, 1)) * rng.normal(size=6)
    for points, is_independent in ((plane, False), (rng.normal(size=(5, 6)), True)):
        run = diagnose_landscape(
            points, widths=7, subsets=False, biases=biases, standardize=False
        )
        names = [each["name"] for each in run.record.content["theorems"]]
        assert ("corollary_8" in names) == is_independent
        assert (run.verdict("theorem").status == "yes") == is_independent
    # For five points of a line its width, 7, would not do: 11 % are deficient, not 5 %.
    theorem = landscape.THEOREMS["corollary_8"]
    assert theorem.width(5, 6, 0.05).value == 7
    assert landscape.full_rank_fraction_1d(5, 7, biases=True) < 0.89


def test_the_share_of_regions_with_a_minimum_is_counted(found, points, labels):
    minima = found.record.content["minima"]
    assert minima["regions"] == 20
    assert 0 <= minima["low"] <= minima["estimate"] <= minima["high"] <= 1
    generator = np.random.default_rng(11)
    limit, width = 1 / math.sqrt(INPUTS), minima["width"]
    kinds = []
    for _ in range(40):
        weights = generator.uniform(-limit, limit, (width, INPUTS))
        offsets = generator.uniform(-limit, limit, width)
        pattern = landscape.activation_pattern(points, weights, offsets)
        outer = generator.choice([-1.0, 1.0], width)
        region = landscape.region_minimum(pattern, points, labels, outer, biases=True)
        kinds.append(region.kind == "global minimum")
    assert agree(minima["with_minimum"], 20, sum(kinds), 40)


def test_without_labels_nothing_is_said_of_minima(points):
    run = diagnose_landscape(points, widths=5, trials=5, subsets=False)
    content = run.record.content
    assert content["minima"] is None
    assert content["slice"] is None
    assert [each.question for each in run.verdicts] == [
        "full_rank",
        "obstacle",
        "theorem",
    ]


def test_the_same_seed_gives_the_same_record(points, labels):
    def content(seed):
        run = diagnose_landscape(points, labels, widths=(4, 6), trials=20, seed=seed)
        kept = json.loads(run.to_json())
        del kept["created"], kept["environment"]
        return kept, run.record.arrays

    (first, arrays), (second, others) = content(5), content(5)
    assert first == second
    assert all(np.array_equal(arrays[name], others[name]) for name in arrays)
    assert content(6)[0] != first


def test_an_interruption_keeps_the_widths_that_are_done(points):
    ready = plan_landscape(points, asked=LandscapeKnobs(widths=(4, 6, 8), trials=10))

    def stop(_fraction, text):
        if "width 8" in text:
            raise KeyboardInterrupt

    with pytest.raises(InterruptedDiagnosis, match="after 2 finished widths") as caught:
        carry_out(ready, progress=stop)
    content = caught.value.partial.record.content
    assert not content["complete"]
    assert content["probability"]["widths"] == [4, 6]
    assert content["settings"]["widths"] == [4, 6, 8]
    assert [each["question"] for each in content["verdicts"]] == ["full_rank"]
    json.loads(caught.value.partial.to_json())


def test_an_interruption_before_anything_is_done_keeps_nothing(points):
    def stop(_fraction, _text):
        raise KeyboardInterrupt

    with pytest.raises(InterruptedDiagnosis) as caught:
        diagnose_landscape(points, progress=stop)
    assert caught.value.partial is None


def test_a_large_table_is_sampled_and_rows_keep_their_numbers():
    many = np.random.default_rng(0).normal(size=(500, 2))
    run = diagnose_landscape(
        many, widths=20, trials=20, budget=Budget(rows=30), subsets=False
    )
    data = run.record.content["data"]
    assert (data["rows"], data["rows_total"]) == (30, 500)
    assert "random sample of 30" in data["sample_note"]
    rows = [each["row"] for each in run.record.content["rows"]]
    assert max(rows) > 30


@pytest.mark.parametrize(("rows", "said"), [(500, "at least"), (40, "value")])
def test_the_width_for_a_sample_is_a_lower_bound_in_json(rows, said):
    many = np.random.default_rng(0).normal(size=(rows, 2))
    budget = Budget(rows=40)
    run = diagnose_landscape(many, widths=300, trials=100, budget=budget, subsets=False)
    verdicts = {each["question"]: each for each in run.record.content["verdicts"]}
    full_rank = verdicts["full_rank"]
    assert (full_rank["number"], full_rank["number_is"]) == (300, said)


def test_time_and_memory_budgets_are_kept(points):
    many = np.random.default_rng(0).normal(size=(3000, 5))
    ready = plan_landscape(many, budget=Budget(seconds=10))
    assert 20 < len(ready.sample.points) < 3000
    assert ready.cost.seconds <= 10
    with pytest.raises(MemoryBudgetError, match="--memory"):
        plan_landscape(points, budget=Budget(bytes=1000))
    with pytest.raises(InvalidArgumentError, match="--seconds"):
        plan_landscape(
            points,
            asked=LandscapeKnobs(trials=10**9),
            budget=Budget(seconds=5),
        )


def test_the_table_and_the_name(found):
    frame = found.table()
    assert frame["width"].to_list() == list(WIDTHS)
    assert found.is_of_landscape
    assert "landscape of relu" in repr(found)


def test_a_saved_record_is_the_same(found, tmp_path):
    found.record.save(tmp_path)
    again = Diagnosis.load(tmp_path)
    assert again.to_json() == found.to_json()


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"widths": 0}, InvalidArgumentError, "A width is 0"),
        ({"widths": []}, InvalidArgumentError, "No width"),
        ({"widths": [3, 2.5]}, InvalidArgumentError, "A width is 2.5"),
        ({"trials": 0}, InvalidArgumentError, "trials is 0"),
        ({"trials": True}, InvalidArgumentError, "trials is True"),
        ({"seed": -1}, InvalidArgumentError, "The seed is -1"),
        ({"probability": 1}, InvalidArgumentError, "probability is 1"),
        ({"confidence": 0.0}, InvalidArgumentError, "confidence is 0"),
        ({"initialization": "he"}, UnknownNameError, "he_normal"),
        ({"activation": "tanh"}, InvalidArgumentError, "bends"),
        ({"activation": "step"}, InvalidArgumentError, "1 different slope;"),
        ({"activation": "rleu"}, UnknownNameError, "relu"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_wrong_arguments_are_refused_in_a_sentence(points, asked, error, said):
    with pytest.raises(error, match=said):
        diagnose_landscape(points, **asked)
