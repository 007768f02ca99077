"""The page of a module as text: complete, inert, and the same every time."""

import re

import pytest
from page_reader import Reader, damaged

from widthwise.errors import DataError
from widthwise.records import Record
from widthwise.report import render


@pytest.fixture(scope="module")
def readers(module_records):
    return {name: Reader(render(each)) for name, each in module_records.items()}


def picture(reader, name):
    (found,) = (each for each in reader.all("div") if each.get("id") == f"plot-{name}")
    return found["aria-label"]


def test_the_same_record_gives_the_same_bytes(module_records, tmp_path):
    for name in ("plain", "stopped"):
        module_records[name].save(tmp_path / name)
        again = render(Record.load(tmp_path / name))
        assert again == render(module_records[name])


def test_answers_module_comparison_run_and_data_follow_in_this_order(readers):
    text = readers["plain"].text
    places = [
        text.index(each)
        for each in (
            "Will it fit?",
            "How wide?",
            "How fast?",
            "Train which layers?",
            "The module at a glance",
            "The two ways of training compared",
            "A real run beside the prediction",
            "Gradient descent, step by step",
            "Eigenvalues of the two kernels",
            "What was done to it",
            "To redo it",
        )
    ]
    assert places == sorted(places)


def test_nothing_is_said_of_activations_bounds_or_the_sphere(readers):
    for name, reader in readers.items():
        words = reader.text.lower()
        assert "activation" not in words, name
        assert "unit sphere" not in words, name
        assert "certif" not in words, name
        assert "closest pair" not in words, name


def test_every_figure_has_a_name_with_numbers_and_a_table(readers):
    pictures = [each for each in readers["plain"].all("div") if "data-plot" in each]
    assert [each["data-plot"] for each in pictures] == [
        "run",
        "filters",
        "residual",
        "eigenvalues",
    ]
    for each in pictures:
        assert re.search(r"\d", each["aria-label"])
        assert each["aria-label"].endswith(".")
    tables = [
        each
        for each in readers["plain"].all("details")
        if each.get("class") == "numbers"
    ]
    assert len(tables) == 4


def test_the_comparison_shows_the_records_numbers(module_record, readers):
    last, every = module_record.content["parts"]
    text = " ".join(readers["plain"].text.split())
    assert text.count("60 of 60fits any labels") == 2
    assert f"{every['training']['steps']['0.01']:,.0f}" in text
    for each in (last, every):
        assert f"{each['training']['step']:.4f}".rstrip("0") in text
    assert "best here" in text


def test_a_narrow_last_layer_is_told_what_it_cannot_reach(module_records, readers):
    last = module_records["narrow"].content["parts"][0]
    text = " ".join(readers["narrow"].text.split())
    assert "21 of 6039 directions lost" in text
    assert "numerically singular" in text
    assert "never" in text
    assert f"{100 * last['training']['floor']:.1f} %" in text


def test_directions_without_a_singular_value_count_as_out_of_reach(readers):
    # 20 features and a bias give 21 singular values for the 60 directions of 60 rows.
    assert "21 of 60" in readers["narrow"].text


def test_shares_of_the_layers_are_those_of_the_record(module_record, readers):
    bars = [each for each in readers["plain"].all("rect") if "class" in each]
    shares = [layer["share"] for layer in module_record.content["module"]["layers"]]
    assert [float(each["width"]) for each in bars] == pytest.approx(
        [100 * share for share in shares], abs=0.005
    )
    assert sum(shares) == pytest.approx(1.0)


def test_forty_layers_are_summed_up_and_all_there(readers):
    text = " ".join(readers["hostile"].text.split())
    assert "29 other layers" in text
    assert "All 40 layers" in text


def test_the_run_states_its_step_and_its_end(module_record, readers):
    curve = module_record.content["curve"]
    text = " ".join(readers["plain"].text.split())
    assert "trained for 200 steps of gradient descent" in text
    assert f"relative residual of {curve['final_real']:.3g}" in text
    assert f"{curve['final_predicted']:.3g} was predicted" in text
    assert f"The step taken was {curve['step']:.3g}, just below" in text
    assert f"At step 200: real {curve['final_real']:.3g}" in picture(
        readers["plain"], "run"
    )


def test_a_stopped_run_says_why_and_that_its_step_was_too_large(readers):
    text = " ".join(readers["stopped"].text.split())
    assert "The real run stopped: the loss was not finite after step" in text
    assert "above the largest stable step" in text
    assert "not finite" in picture(readers["stopped"], "run")
    assert "stopped" in picture(readers["stopped"], "run")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("interrupted", "interrupted before the module was trained"),
        ("unlabelled", "There were no labels to train on."),
    ],
)
def test_without_a_run_the_page_says_why(readers, name, said):
    assert said in readers[name].text


def test_a_run_that_was_not_asked_for_is_no_fault(module_record):
    content = damaged(module_record, ("curve",), None).content
    content = {**content, "settings": {**content["settings"], "epochs": 0}}
    assert "No step was asked for." in Reader(render(Record(content))).text


def test_an_interrupted_record_says_so(readers):
    text = " ".join(readers["interrupted"].text.split())
    assert "but the module was not trained, and the answers speak only of" in text


def test_hostile_names_make_no_element(module_records, readers):
    page, reader = render(module_records["hostile"]), readers["hostile"]
    assert len(reader.all("script")) == len(readers["plain"].all("script")) == 3
    assert reader.all("img") == []
    assert reader.all("b") == []
    for _, attributes in reader.elements:
        assert not any(name.startswith("on") for name in attributes)
    assert "<script>alert" not in page
    assert "</script><script>alert(1)</script>" in reader.text
    assert "{{ 7*7 }}" in reader.text


def test_numbers_that_are_null_are_shown_as_missing(readers):
    text = readers["empty"].text
    assert "The record holds no prediction of training." in text
    assert "None" not in text
    assert "residual of –" not in text
    assert "nan" not in text.split()


def test_missing_arrays_leave_a_page_that_says_so(module_record):
    reader = Reader(render(Record(module_record.content)))
    assert "The record holds no real run." in reader.text
    assert "The record holds no prediction of training." in reader.text
    assert reader.text.count("The record holds nothing to draw here.") == 1


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("module",), None, "module"),
        (("module", "layers", 0, "parameters"), 1.5, r"layers\[0\].parameters"),
        (("parts", 1, "spectrum", "rank"), "60", r"parts\[1\].spectrum.rank"),
        (("parts", 0, "words"), None, r"parts\[0\].words"),
        (("curve", "stopped"), True, "curve.stopped"),
        (("data", "steps", 0, "detail"), 3, r"steps\[0\].detail"),
    ],
)
def test_a_damaged_record_is_refused_by_the_part_that_is_wrong(
    module_record, path, value, named
):
    with pytest.raises(DataError, match=named):
        render(damaged(module_record, path, value))


@pytest.mark.parametrize("absent", ["curve", "module", "parts", "seed"])
def test_a_missing_part_is_named(module_record, absent):
    content = {key: v for key, v in module_record.content.items() if key != absent}
    with pytest.raises(
        DataError, match=f"expected a value at {absent}, and found nothing"
    ):
        render(Record(content, module_record.arrays))


def test_a_kind_that_is_no_name_is_refused():
    with pytest.raises(DataError, match="kind"):
        render(Record({"kind": ["module-diagnosis"]}))
