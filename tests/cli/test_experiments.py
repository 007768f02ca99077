"""`widthwise experiments` as a user runs it."""

import json

import pytest
from typer.testing import CliRunner

from widthwise.cli import app
from widthwise.experiments import CATALOG


def experiments(*arguments):
    return CliRunner().invoke(app, ["experiments", *arguments])


def test_the_list_names_every_experiment():
    done = experiments()
    assert done.exit_code == 0, done.output
    assert all(name in done.stdout for name in CATALOG)


@pytest.mark.parametrize("name", list(CATALOG))
def test_one_tells_its_settings_and_claims(name):
    done = experiments(name)
    assert done.exit_code == 0, done.output
    said = " ".join(done.stdout.split())
    assert all(setting in said for setting in CATALOG[name].settings)
    assert said.count("refuted by") == len(CATALOG[name].claims)


def test_json_is_the_whole_catalog():
    facts = {each["name"]: each for each in json.loads(experiments("--json").stdout)}
    assert set(facts) == set(CATALOG)
    for name, each in CATALOG.items():
        assert set(facts[name]["settings"]) == set(each.settings)
        assert len(facts[name]["claims"]) == len(each.claims)
    (one,) = (json.loads(experiments("oymak_rate", "--json").stdout),)
    assert one == facts["oymak_rate"]


def test_an_unknown_name_is_refused_with_the_nearest():
    done = experiments("oymak_rates")
    assert done.exit_code == 2
    assert "Did you mean 'oymak_rate'" in done.stderr
