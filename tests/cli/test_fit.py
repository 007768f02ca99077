"""Test `widthwise fit`, `predict` and `score` as a user runs them."""

import json

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from widthwise import estimators
from widthwise.cli import app

COLOURS = ("blue", "green", "red")


def table(rows, seed):
    random = np.random.default_rng(seed)
    size, weight = random.normal(3.0, 2.0, rows), random.normal(size=rows)
    colour = random.choice(COLOURS, rows)
    price = 2.0 * size - weight + np.where(colour == "red", 5.0, 0.0)
    return pl.DataFrame(
        {"size": size, "weight": weight, "colour": colour, "price": price}
    )


def run(*arguments, status=0):
    done = CliRunner().invoke(app, [str(each) for each in arguments])
    assert done.exit_code == status, done.output
    return done


def refused(*arguments):
    done = run(*arguments, status=2)
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    return line


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Make a model of a table with words and gaps, and tables to apply it to."""
    place = tmp_path_factory.mktemp("models")
    train = table(60, 0)
    sizes = train["size"].to_list()
    sizes[3] = None
    train.with_columns(pl.Series("size", sizes)).write_csv(place / "train.csv")
    table(20, 1).write_csv(place / "test.csv")
    options = ["--one-hot", "--impute", "median", "--model", "linear"]
    run("fit", place / "train.csv", "--target", "price", "--out", place / "m", *options)
    return place


def test_predictions_come_last_and_are_good(folder, tmp_path):
    run("predict", folder / "m", folder / "test.csv", "--out", tmp_path / "out.csv")
    found = pl.read_csv(tmp_path / "out.csv")
    assert found.columns == ["size", "weight", "colour", "price", "prediction"]
    assert found.drop("prediction").equals(pl.read_csv(folder / "test.csv"))
    # A linear rule, but for the filled gap.
    assert (found["prediction"] - found["price"]).abs().max() < 0.5


def test_columns_are_found_by_name_in_any_order_and_others_stay(folder, tmp_path):
    test = pl.read_csv(folder / "test.csv")
    moved = test.select("colour", pl.lit("kept").alias("note"), "weight", "size")
    moved.write_csv(tmp_path / "moved.csv")
    printed = run("predict", folder / "m", tmp_path / "moved.csv").stdout
    found = pl.read_csv(printed.encode())
    assert found.columns == ["colour", "note", "weight", "size", "prediction"]
    whole = run("predict", folder / "m", folder / "test.csv").stdout
    one, other = found["prediction"], pl.read_csv(whole.encode())["prediction"]
    assert one.equals(other)


def test_a_gap_becomes_the_median_of_training(folder, tmp_path):
    train = pl.read_csv(folder / "train.csv")
    test = table(4, 2).drop("price")
    test.with_columns(pl.lit(None).alias("size")).write_csv(tmp_path / "gaps.csv")
    filled = test.with_columns(pl.lit(train["size"].median()).alias("size"))
    filled.write_csv(tmp_path / "filled.csv")
    gaps, full = (
        pl.read_csv(run("predict", folder / "m", tmp_path / name).stdout.encode())
        for name in ("gaps.csv", "filled.csv")
    )
    np.testing.assert_allclose(gaps["prediction"], full["prediction"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.drop("weight"), "no column 'weight'"),
        (lambda t: t.rename({"size": "sizes"}), "Did you mean 'sizes'"),
        (lambda t: t.with_columns(pl.lit("pink").alias("colour")), "holds 'pink'"),
        (lambda t: t.with_columns(pl.lit("much").alias("size")), "holds text"),
        (lambda t: t.with_columns(pl.lit(None).alias("colour")), "has no value in"),
        (lambda t: t.with_columns(pl.lit("inf").alias("size")), "infinite"),
    ],
)
def test_a_table_that_does_not_fit_gets_one_sentence(folder, tmp_path, change, said):
    change(table(5, 3)).write_csv(tmp_path / "other.csv")
    assert said in refused("predict", folder / "m", tmp_path / "other.csv")


def test_the_score_is_that_of_the_predictions(folder):
    shown = run("score", folder / "m", folder / "test.csv").stdout
    assert "20 rows" in shown
    found = json.loads(run("score", folder / "m", folder / "test.csv", "--json").stdout)
    printed = run("predict", folder / "m", folder / "test.csv").stdout
    both = pl.read_csv(printed.encode())
    error = float(((both["prediction"] - both["price"]) ** 2).mean())
    assert found["root_mean_squared_error"] == pytest.approx(error**0.5)
    variance = float(both["price"].to_numpy().var())
    assert found["r2"] == pytest.approx(1 - error / variance)


def test_without_the_target_there_is_nothing_to_compare(folder, tmp_path):
    table(5, 3).drop("price").write_csv(tmp_path / "new.csv")
    line = refused("score", folder / "m", tmp_path / "new.csv")
    assert "no column 'price'" in line


def test_words_as_target_are_classes(tmp_path):
    data = table(60, 0)
    data.write_csv(tmp_path / "t.csv")
    model = tmp_path / "m"
    shown = run(
        "fit", tmp_path / "t.csv", "--target", "colour", "--out", model, "--json"
    )
    content = json.loads(shown.stdout)
    assert content["estimator"] == "RandomFeaturesClassifier"
    assert content["verdict"]["rows"] == 60
    printed = run("predict", model, tmp_path / "t.csv").stdout
    found = pl.read_csv(printed.encode())
    assert set(found["prediction"]) <= set(COLOURS)
    right = (found["prediction"] == found["colour"]).mean()
    score = json.loads(run("score", model, tmp_path / "t.csv", "--json").stdout)
    assert score["accuracy"] == pytest.approx(right)


def test_a_data_set_of_the_catalog_is_taken_by_its_name(tmp_path):
    model = tmp_path / "m"
    run("fit", "iris", "--out", model, "--model", "network", "--depth", "2")
    score = json.loads(run("score", model, "iris", "--json").stdout)
    assert score["rows"] == 150
    assert score["accuracy"] > 0.95
    assert estimators.load(model).estimator.depth == 2


def test_a_model_is_replaced_and_other_files_are_not(folder, tmp_path):
    (tmp_path / "notes").write_text("mine")
    given = ["fit", folder / "test.csv", "--target", "price", "--drop", "colour"]
    given += ["--model", "linear", "--out"]
    assert "--force" in refused(*given, tmp_path / "notes")
    assert (tmp_path / "notes").read_text() == "mine"
    run(*given, tmp_path / "notes", "--force")
    run(*given, tmp_path / "notes")
    (tmp_path / "out.csv").write_text("mine")
    line = refused(
        "predict", folder / "m", folder / "test.csv", "--out", tmp_path / "out.csv"
    )
    assert "--force" in line


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--model", "tree"], "features, network or linear"),
        (["--depth", "3"], "--model network"),
        (["--model", "linear", "--width", "3"], "--model features"),
        (["--solver", "magic"], "'ridge'"),
    ],
)
def test_a_wrong_option_gets_one_sentence(folder, tmp_path, options, said):
    given = ["fit", folder / "test.csv", "--target", "price", "--one-hot"]
    done = run(*given, "--out", tmp_path / "m", *options, status=2)
    assert said in done.stderr.splitlines()[-1]
    assert not (tmp_path / "m").exists()


def test_a_target_is_needed(folder, tmp_path):
    given = ["fit", folder / "test.csv", "--one-hot", "--out", tmp_path / "m"]
    assert "no --target" in refused(*given)


def test_an_estimator_alone_is_no_model_of_a_table(folder, tmp_path):
    points = np.random.default_rng(0).normal(size=(9, 2))
    estimators.ReadoutRegressor().fit(points, points[:, 0]).save(tmp_path / "m")
    assert "widthwise fit" in refused("predict", tmp_path / "m", folder / "test.csv")


def test_classes_that_training_has_not_seen_are_counted_apart(tmp_path):
    seen = table(60, 0).filter(pl.col("colour") != "green")
    seen.write_csv(tmp_path / "train.csv")
    table(40, 1).write_csv(tmp_path / "test.csv")
    model = tmp_path / "m"
    given = ["--target", "colour", "--out", model, "--model", "linear"]
    run("fit", tmp_path / "train.csv", *given)
    green = int((table(40, 1)["colour"] == "green").sum())
    said = run("score", model, tmp_path / "test.csv").stdout.splitlines()[1]
    assert said == (f"{green} rows could not be right: no row of training was 'green'.")
    found = json.loads(run("score", model, tmp_path / "test.csv", "--json").stdout)
    assert (found["unseen_rows"], found["unseen_classes"]) == (green, ["green"])
    assert found["accuracy"] <= 1 - green / 40
    assert len(run("score", model, tmp_path / "train.csv").stdout.splitlines()) == 1
