"""Every experiment in the catalog keeps the promises of `Experiment`."""

import json
import math
import re

import numpy as np
import pytest

from widthwise.errors import InvalidArgumentError, UnknownNameError
from widthwise.experiments import CATALOG, Claim, Experiment, Finding, Setting
from widthwise.records import Record

DRAWS_NOTHING = {"panigrahi_depth"}

every_experiment = pytest.mark.parametrize(
    "experiment", CATALOG.values(), ids=list(CATALOG)
)


@pytest.fixture(scope="module")
def quick_run():
    """Run an experiment at its quick settings, once in this module."""
    found = {}

    def run(experiment):
        if experiment.name not in found:
            told = []
            record = experiment.run(
                quick=True, progress=lambda part, what: told.append((part, what))
            )
            found[experiment.name] = (record, told)
        return found[experiment.name]

    return run


@every_experiment
def test_an_experiment_says_what_it_is(experiment):
    assert isinstance(experiment, Experiment)
    assert CATALOG[experiment.name] is experiment
    assert experiment.name == experiment.name.lower()
    author = str(experiment.source).split(",")[0].split(" and")[0]
    assert experiment.name.startswith(author.lower())
    for text in (experiment.title, experiment.question, experiment.where):
        assert text
    assert experiment.question.endswith("?")
    assert experiment.assumptions
    assert all(isinstance(each, str) and each for each in experiment.assumptions)


@every_experiment
def test_claims_are_complete(experiment):
    assert experiment.claims
    names = [claim.name for claim in experiment.claims]
    assert len(set(names)) == len(names)
    for claim in experiment.claims:
        for field in ("statement", "where", "measured", "refuted_by"):
            assert len(getattr(claim, field)) > 5, (claim.name, field)


@every_experiment
def test_settings_admit_their_own_values(experiment):
    for name, each in experiment.settings.items():
        assert isinstance(each, Setting)
        assert each.what
        for value in (each.default, each.quick):
            checked = each.checked(name, value)
            assert checked == each.checked(name, checked)
            assert isinstance(checked, tuple) == each.is_list


@every_experiment
def test_a_quick_run_makes_a_whole_record(experiment, quick_run, tmp_path):
    record, told = quick_run(experiment)
    content = record.content
    assert isinstance(record, Record)
    assert content["kind"] == "experiment"
    assert content["name"] == experiment.name
    assert content["quick"] is True
    assert content["seed"] == 0
    assert set(content["settings"]) == set(experiment.settings)
    assert content["tables"]
    for rows in content["tables"].values():
        assert rows
        assert all(set(row) == set(rows[0]) for row in rows)
    parts = [part for part, _ in told]
    assert parts == sorted(parts)
    assert all(0 <= part <= 1 for part in parts)
    record.save(tmp_path)
    again = Record.load(tmp_path)
    assert json.dumps(again.content) == json.dumps(json.loads(record.to_json()))
    assert set(again.arrays) == set(record.arrays)


@every_experiment
def test_a_quick_run_decides_claims_with_numbers(experiment, quick_run):
    found = quick_run(experiment)[0].content["findings"]
    known = {claim.name for claim in experiment.claims}
    assert found
    for each in found:
        assert each["name"] in known
        assert each["verdict"] in ("holds", "fails", "not decided")
        assert any(character.isdigit() for character in each["evidence"])


@every_experiment
def test_the_same_seed_gives_the_same_numbers(experiment, quick_run):
    record = quick_run(experiment)[0]
    again = experiment.run(quick=True)
    for name in ("tables", "findings", "notes", "settings"):
        assert json.dumps(again.content[name]) == json.dumps(record.content[name])
    for name, array in record.arrays.items():
        np.testing.assert_array_equal(again.arrays[name], array)


@pytest.mark.slow
@every_experiment
def test_another_seed_gives_other_numbers(experiment, quick_run):
    if experiment.name in DRAWS_NOTHING:
        pytest.skip("its points are equally spaced, and nothing else is random")
    other = experiment.run(quick=True, seed=1)
    assert other.content["tables"] != quick_run(experiment)[0].content["tables"]


@every_experiment
def test_an_unknown_setting_is_refused_by_name(experiment):
    known = next(iter(experiment.settings))
    with pytest.raises(UnknownNameError, match=f"Did you mean.*'{known}'"):
        experiment.run({known + "s": 1})


@every_experiment
def test_a_setting_of_the_wrong_type_is_refused_with_its_range(experiment):
    for name, each in experiment.settings.items():
        for wrong in ({"a": 1}, None, math.nan, True):
            with pytest.raises(InvalidArgumentError, match=f"setting '{name}'"):
                experiment.run({name: wrong})
        if each.kind != "name":
            with pytest.raises(InvalidArgumentError, match="must be a"):
                experiment.run({name: "many"})
        if math.isfinite(each.high):
            with pytest.raises(InvalidArgumentError, match=re.escape(each.allowed)):
                experiment.run({name: type(each.high)(each.high * 2)})


@every_experiment
@pytest.mark.parametrize("seed", [-1, 2**64, True])
def test_a_seed_outside_its_range_is_refused(experiment, seed):
    with pytest.raises(InvalidArgumentError, match="seed"):
        experiment.run(seed=seed)


def test_a_claim_turns_a_truth_value_into_a_verdict():
    claim = Claim("name", "statement", "where", "measured", "refuted by")
    said = {
        truth: claim.decided(truth, "one number: 1").verdict
        for truth in (True, False, None)
    }
    assert said == {True: "holds", False: "fails", None: "not decided"}
    found = claim.found("holds", "evidence")
    assert isinstance(found, Finding)
    assert found.as_content()["refuted_by"] == "refuted by"


def test_an_empty_list_is_refused():
    name, each = next(
        item
        for item in CATALOG["oymak_phase_diagram"].settings.items()
        if item[1].is_list
    )
    with pytest.raises(InvalidArgumentError, match="is empty"):
        each.checked(name, [])
