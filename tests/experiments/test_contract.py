"""Every experiment in the catalog keeps the promises of `Experiment`."""

import json
import math
import re
from dataclasses import dataclass, replace
from numbers import Real

import numpy as np
import pytest

from widthwise import experiments
from widthwise.errors import InvalidArgumentError, UnknownNameError
from widthwise.experiments import CATALOG, Experiment, Setting
from widthwise.prose import Prose
from widthwise.records import Record

DRAWS_NOTHING = {"panigrahi_depth"}  # Equally spaced points.
TAKEN_WHOLE: dict[str, tuple[str, ...]] = {
    "benson_conditioning": ("widths",),
    "generalisation_double_descent": ("widths", "penalties", "times"),
    "generalisation_learning_curves": ("penalties",),
    "generalisation_spectral_bias": ("degrees",),
}
"""Lists that one cell holds whole, because its numbers come cheaper together."""
"""A claim's place; numbers of the papers whose text is lost cannot be asked for."""
READS_FILES = {
    "benson_conditioning",
    "benson_eigenvalues",
    "benson_gradient_descent",
    "benson_iterations",
    "benson_limits",
    "benson_pretrained",
    "panigrahi_photographs",
}
every_experiment = pytest.mark.parametrize(
    "experiment", CATALOG.values(), ids=list(CATALOG)
)
every_run = pytest.mark.parametrize(
    "experiment",
    [
        pytest.param(each, marks=pytest.mark.data if name in READS_FILES else ())
        for name, each in CATALOG.items()
    ],
    ids=list(CATALOG),
)


@dataclass(frozen=True)
class Run:
    """One run, what it told of its progress, and what each cell measured."""

    record: Record
    told: list
    cells: list
    measured: list


@pytest.fixture(scope="module")
def quick_run():
    """Run an experiment at its quick settings, once in this module."""
    found = {}

    def run(experiment):
        if experiment.name not in found:
            told, cells, measured = [], [], []

            def measure(cell, seed, tell):
                cells.append(cell)
                measured.append(experiment.measure(cell, seed, tell))
                return measured[-1]

            record = replace(experiment, measure=measure).run(
                quick=True, progress=lambda part, what: told.append((part, what))
            )
            found[experiment.name] = Run(record, told, cells, measured)
        return found[experiment.name]

    return run


@every_experiment
def test_an_experiment_says_what_it_is(experiment):
    assert isinstance(experiment, Experiment)
    assert CATALOG[experiment.name] is experiment
    assert experiment.name == experiment.name.lower()
    author = str(experiment.source).split(",")[0].split(" and")[0]
    assert experiment.name.startswith((author.lower(), "generalisation_"))
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


@every_run
def test_a_quick_run_makes_a_whole_record(experiment, quick_run, tmp_path):
    run = quick_run(experiment)
    record, content = run.record, run.record.content
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
    parts = [part for part, _ in run.told]
    assert parts == sorted(parts)
    assert all(0 <= part <= 1 for part in parts)
    record.save(tmp_path)
    again = Record.load(tmp_path)
    assert json.dumps(again.content) == json.dumps(json.loads(record.to_json()))
    assert set(again.arrays) == set(record.arrays)


@every_run
def test_a_quick_run_decides_claims_with_numbers(experiment, quick_run):
    found = quick_run(experiment).record.content["findings"]
    known = {claim.name for claim in experiment.claims}
    assert found
    for each in found:
        assert each["name"] in known
        assert each["verdict"] in ("holds", "fails", "not decided")
        assert any(character.isdigit() for character in each["evidence"])
        words = Prose(each["words"]["text"], tuple(each["words"]["numbers"]))
        assert str(words) == each["evidence"]
        assert not re.search(r"\d(\.\d+)?e[+-]?\d", words.text)


@every_run
def test_cells_are_distinct_and_pass_through_json(experiment):
    for quick in (True, False):
        cells = experiment.cells(with_bundled_data(experiment.resolved(quick=quick)))
        texts = [canonical(cell) for cell in cells]
        assert texts
        assert len(set(texts)) == len(texts)
        for cell in cells:
            assert all(isinstance(name, str) for name in cell)
            assert canonical(json.loads(json.dumps(cell))) == canonical(cell)


@every_run
def test_cells_measured_elsewhere_in_any_order_give_the_same_record(
    experiment, quick_run
):
    """The last cells first, a few: each depends on itself and the seed alone."""
    run = quick_run(experiment)
    record, cells = run.record, run.cells
    chosen = experiment.resolved(quick=True)
    assert cells == list(experiment.cells(chosen))
    stored = [json.loads(json.dumps(each)) for each in run.measured]
    for place in sorted({0, len(cells) // 2, len(cells) - 1}, reverse=True):
        cell = json.loads(json.dumps(cells[place]))
        found = experiment.measure(cell, 0, lambda _part, _what: None)
        assert json.dumps(found) == json.dumps(run.measured[place])
    again = experiment.record(chosen, 0, cells, stored, quick=True)
    for name in ("tables", "findings", "charts", "notes", "settings", "version"):
        assert json.dumps(again.content[name]) == json.dumps(record.content[name])
    assert set(again.arrays) == set(record.arrays)
    for name, array in record.arrays.items():
        np.testing.assert_array_equal(again.arrays[name], array)


@every_run
def test_what_a_cell_measures_is_small_enough_to_store(experiment, quick_run):
    assert max(map(numbers_in, quick_run(experiment).measured)) < 1e5


@every_run
def test_a_larger_run_contains_the_cells_of_a_smaller_one(experiment):
    chosen = experiment.resolved(quick=True)
    small = {canonical(cell) for cell in experiment.cells(chosen)}
    for name, more in larger(experiment, chosen).items():
        wider = experiment.resolved({**chosen, name: more})
        cells = {canonical(cell) for cell in experiment.cells(wider)}
        if name == "trials":
            assert small < cells, name
        elif name not in TAKEN_WHOLE.get(experiment.name, ()):
            assert small <= cells, name


@every_run
def test_charts_name_what_the_record_has(experiment, quick_run):
    content = quick_run(experiment).record.content
    charts = content["charts"]
    assert charts
    names = [each["name"] for each in charts]
    assert len(set(names)) == len(names)
    for chart in charts:
        assert re.fullmatch(r"[a-z0-9_]+", chart["name"])
        assert chart["title"].endswith(".")
        rows = content["tables"][chart["table"]]
        for key in ("x", "y", "z", "by", "panels", "low", "high", "reference"):
            if chart[key] is not None:
                assert chart[key] in rows[0], (chart["name"], key)
        assert chart["x_label"]
        assert chart["y_label"]
        assert (chart["kind"] == "heat map") == (chart["z"] is not None)
        assert (chart["low"] is None) == (chart["high"] is None)
        drawn = [
            row
            for row in rows
            if all(row[key] == value for key, value in chart["only"].items())
        ]
        assert drawn, chart["name"]
        assert any(isinstance(row[chart["z"] or chart["y"]], Real) for row in drawn)


def with_bundled_data(settings):
    """Return the settings with a data set that needs no file, where they name any."""
    if "datasets" not in settings:
        return settings
    return {**settings, "datasets": (*settings["datasets"], "synthetic_1")}


def canonical(cell):
    return json.dumps(cell, sort_keys=True, allow_nan=False)


def numbers_in(found):
    if isinstance(found, dict):
        return sum(map(numbers_in, found.values()))
    return sum(map(numbers_in, found)) if isinstance(found, list) else 1


def larger(experiment, chosen):
    """Return a value for each setting that can grow: one more trial or list entry."""
    found = {}
    for name, each in experiment.settings.items():
        if name == "trials":
            found[name] = chosen[name] + 1
        elif each.is_list:
            known = (*each.checked(name, each.default), *(each.choices or ()))
            others = [value for value in known if value not in chosen[name]]
            if others:
                found[name] = (*chosen[name], others[0])
    return found


@every_run
def test_another_seed_gives_other_numbers_where_something_is_drawn(
    experiment, quick_run
):
    run = quick_run(experiment)
    differs = any(
        experiment.measure(cell, 1, lambda _part, _what: None) != found
        for cell, found in zip(run.cells, run.measured, strict=True)
    )
    assert differs == (experiment.name not in DRAWS_NOTHING)


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


def test_an_empty_list_is_refused():
    name, each = next(
        item
        for item in CATALOG["oymak_phase_diagram"].settings.items()
        if item[1].is_list
    )
    with pytest.raises(InvalidArgumentError, match="is empty"):
        each.checked(name, [])


def test_the_door_keeps_the_catalog_when_something_else_is_asked_for():
    assert callable(experiments.exploration)
    assert set(experiments.CATALOG) == set(experiments.NAMES)
