"""Numbers are read as they are written, or refused with what would read them."""

import re

import numpy as np
import pandas as pd
import pytest

from widthwise.datasets import read
from widthwise.errors import DataError


def table(tmp_path, cells, separator=";"):
    """Write the cells as column y, beside a column that no option changes."""
    path = tmp_path / "t.csv"
    rows = [f'{k}{separator}"{cell}"' for k, cell in enumerate(cells, start=1)]
    path.write_text("\n".join([f"k{separator}y", *rows]), encoding="utf-8")
    return path


# --- one bad cell among numbers ------------------------------------------------------

CELLS = [
    # a cell in line 4 of a column of plain numbers, and what is said of it
    ("n/k", r"say missing='n/k' \(--missing n/k\)"),
    ("--", r"say missing='--' \(--missing '--'\)"),
    ("unknown", "--missing unknown"),
    ("$10.50", r"the currency '\$'\).*units='\$' \(--unit '\$'\).*is 10\.5"),
    ("-€5", r"units='€'.*is -5"),
    ("5 €", r"units='€'.*is 5"),
    ("USD 10", "the currency 'USD'.*Mend"),
    ("12%", r"a percent sign\).*Mend"),
    ("5 km", "the unit 'km'.*Mend"),
    ("1,234.50", r"thousands=',' \(--thousands comma\): then '1,234\.50' is 1234\.5"),
    ("12,34,567.5", r"thousands=','.*is 1234567\.5"),
    ("1 234", r"thousands=' ' \(--thousands space\).*is 1234"),
    ("1\u202f234", r"'1\\u202f234'.*--thousands space"),
    ("1'234", r"--thousands apostrophe.*is 1234"),
    ("1_000", r"--thousands underscore.*is 1000"),
    ("1.234.567,5", "separated digits.*Mend"),
    ("1,5", "a decimal comma.*Mend"),
    ("(5)", "parentheses.*Mend"),
    ("5-", "its sign at the end.*Mend"),
    ("–5", "U[+]2013, en dash.*Mend"),
    ("0x1F", "a hexadecimal number.*Mend"),
    ("1.5D+3", "another way to write a power of ten.*Mend"),
    ("3×10^4", "another way to write a power of ten.*Mend"),
    ("1/2", "a fraction.*Mend"),
    ("5±1", "a number with its uncertainty.*Mend"),
    ("5.2 +/- 0.1", "a number with its uncertainty.*Mend"),
    ("1+2j", "a complex number.*Mend"),
    ("１２", r"U\+FF11, fullwidth digit one.*Mend"),
    ("٣", r"U\+0663, arabic-indic digit three.*Mend"),
    ("1\u200b", r"'1\\u200b', U\+200B, zero width space"),
    ("12:30", "times in 1 of 5 lines.*seconds"),
    ("2020-01-31", "dates in 1 of 5 lines.*days since the first"),
    ("<5", "Mend these values, or write NA"),
    ("true", "--missing true"),
]


@pytest.mark.parametrize(("cell", "said"), CELLS)
def test_a_column_of_numbers_with_one_bad_cell_is_refused_by_line_and_cell(
    tmp_path, cell, said
):
    path = table(tmp_path, ["10", "2.5", cell, "-3e2", "7"])
    for options in ({"target": "y"}, {}, {"one_hot": True}):
        with pytest.raises(DataError, match=said) as caught:
            read(path, **options)
        kind = "Target" if "target" in options else "Column"
        start = rf"{kind} 'y' of t\.csv holds \w+ in 1 of 5 lines \(line 4: "
        assert re.match(start, str(caught.value))
        assert "words='y' (--words y)" in str(caught.value)


@pytest.mark.parametrize("cell", ["−5", '"-5"', " -5 ", "\u00a0-5\u3000", "-5.", "-05"])
def test_what_is_plainly_a_number_is_read(tmp_path, cell):
    path = table(tmp_path, ["10", "2.5", cell.replace('"', '""')])
    if '"' in cell:
        path.write_text(path.read_text().replace('"""', '"'))
    found = read(path, "y")
    assert found.targets.tolist() == [10, 2.5, -5]
    assert any(step.name == "read_minus" for step in found.steps) == ("−" in cell)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["12%", "13%", "12%"], "units='%'"),
        (["$1", "$2", "$1"], r"units='\$'"),
        (["1,5", "2,5", "1,5"], "--decimal-comma"),
        (["(5)", "(6)", "(5)"], "Mend"),
        (["2020-01-31", "2020-02-01", "2020-01-31"], "holds dates"),
        (["31.12.2020", "01.01.2021", "01.01.2021"], "holds dates"),
        (["12:30", "13:30", "12:30"], "holds times"),
        (["1", "2", "3+"], "--words y"),
        (["a", "b", "7"], r"line 2: 'a'; line 3: 'b'.*--words y"),
    ],
)
def test_what_only_looks_like_classes_is_no_target(tmp_path, cells, said):
    with pytest.raises(DataError, match=said):
        read(table(tmp_path, cells), "y")


@pytest.mark.parametrize(
    "cells",
    [
        ["class_0", "class_1", "class_0"],
        ["<=50K", ">50K", "<=50K"],
        ["18-25", "26-35", "65+"],
        ["1st", "2nd", "3rd"],
        ["A1", "B2", "A1"],
        ["None", "Mild", "Mild"],
    ],
)
def test_words_are_classes_and_it_is_said(tmp_path, cells):
    found = read(table(tmp_path, cells), "y")
    assert found.classes == tuple(sorted(set(cells)))
    assert "as " in found.steps[-1].detail
    assert "classes" in found.steps[-1].detail


def test_numbers_are_classes_when_it_is_said(tmp_path):
    found = read(table(tmp_path, ["1", "2", "2"]), "y", words="y")
    assert found.targets.tolist() == [-1, 1, 1]
    assert read(np.eye(2), target=[3, 4], words="y").classes == ("3", "4")
    frame = pd.DataFrame({"a": [1, 2, 2], "b": [1.5, 2, 3]})
    names = read(frame, one_hot=True, words="a").feature_names
    assert names == ("a=1", "a=2", "b")


def test_the_word_na_is_a_category_when_it_is_said(tmp_path):
    path = table(tmp_path, ["NA", "EU", "AS", "EU"])
    with pytest.raises(DataError, match=r"'y' \('NA'\) in line 2.*--words y"):
        read(path, "y")
    assert read(path, "y", words="y").classes == ("AS", "EU", "NA")


def test_other_words_for_nothing_are_taken_when_they_are_said(tmp_path):
    path = table(tmp_path, ["1", "n/k", "3", "-", "NA"])
    found = read(path, "y", missing=["n/k", "-"], drop_missing=True)
    assert found.targets.tolist() == [1, 3]


# --- thousands, decimal marks, units -------------------------------------------------

READ = [
    (["1,234.5", "12", "1,234,567"], {"thousands": "comma"}, [1234.5, 12, 1234567]),
    (["12,34,567", "1,00,000.25"], {"thousands": ","}, [1234567, 100000.25]),
    (["1.234,5", "0,25", "1.000"], {"thousands": "dot"}, [1234.5, 0.25, 1000]),
    (["1.234,5", "-2"], {"thousands": ".", "decimal_comma": True}, [1234.5, -2]),
    (["1 234,5", "2"], {"thousands": "space", "decimal_comma": True}, [1234.5, 2]),
    (["1'234.5", "2’000"], {"thousands": "apostrophe"}, [1234.5, 2000]),
    (["1_000.5", "2"], {"thousands": "underscore"}, [1000.5, 2]),
    (["1,5", "-2,5e3", "7"], {"decimal_comma": True}, [1.5, -2500, 7]),
    (["1,234", "0,5"], {"decimal_comma": True}, [1.234, 0.5]),
    (["$1,234.50", "$2"], {"units": "$", "thousands": ","}, [1234.5, 2]),
    (["$5", "7"], {"units": "$"}, [5, 7]),
    (["12%", "0.5 %"], {"units": "%"}, [12, 0.5]),
    (["5 km", "6km"], {"units": ["%", "km"]}, [5, 6]),
    (["−$5", "$-6"], {"units": "$"}, [-5, -6]),
]


@pytest.mark.parametrize(("cells", "options", "numbers"), READ)
def test_every_habit_is_read_when_it_is_said(tmp_path, cells, options, numbers):
    path = table(tmp_path, cells)
    assert read(path, "y", **options).targets.tolist() == numbers
    with pytest.raises(DataError):
        read(path, "y")


@pytest.mark.parametrize(
    "space",
    " \t\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
)
def test_a_space_of_any_kind_separates_thousands(tmp_path, space):
    path = table(tmp_path, [f"1{space}234.5", "2"])
    assert read(path, "y", thousands="space").targets.tolist() == [1234.5, 2]
    with pytest.raises(DataError, match="--thousands space"):
        read(path, "y")


@pytest.mark.parametrize(
    ("cells", "options"),
    [
        (["1,23", "2"], {"thousands": ","}),
        (["1,2345", "2"], {"thousands": ","}),
        (["0,123", "2"], {"thousands": ","}),
        ([",123", "2"], {"thousands": ","}),
        (["1,,234", "2"], {"thousands": ","}),
        (["1.234.5", "2"], {"thousands": "."}),
        (["1 23", "2"], {"thousands": " "}),
        (["1.299", "3,5"], {"decimal_comma": True}),
        (["1.5", "3,5"], {"decimal_comma": True}),
        (["1,299.5", "3,5"], {"decimal_comma": True}),
        (["1,5,2", "3"], {"decimal_comma": True}),
        (["12%", "0.13"], {"units": "%"}),
        (["12%", "$13"], {"units": ["%", "$"]}),
    ],
)
def test_what_does_not_fit_the_habit_is_refused(tmp_path, cells, options):
    with pytest.raises(DataError, match=r"Target 'y' .*\(line 2: '"):
        read(table(tmp_path, cells), "y", **options)


@pytest.mark.parametrize(
    ("cells", "separator", "options", "said"),
    [
        (["1.299", "2.450"], ";", {}, r"'1\.299' in line 2 is 1\.299 or 1299"),
        (["5", "2.450"], ";", {}, r"'2\.450' in line 3 is 2\.450 or 2450"),
        (["1,234"], ",", {}, r"comma\) if '1,234' is 1234 or .*dot\) if .* is 1\.234"),
        (["1,234"], ";", {"decimal_comma": True}, r"'1,234' .* is 1\.234 or 1234"),
    ],
)
def test_nothing_doubtful_is_guessed(tmp_path, cells, separator, options, said):
    path = table(tmp_path, [*cells, "7"], separator)
    with pytest.raises(DataError, match=said):
        read(path, "y", **options)
    whole = float(re.sub("[.,]", "", cells[-1]))
    fraction = float(cells[-1].replace(",", "."))
    for thousands in ("comma", "dot"):
        found = read(path, "y", thousands=thousands).targets[len(cells) - 1]
        is_whole = (thousands == "comma") == ("," in cells[-1])
        assert found == (whole if is_whole else fraction)


def test_one_number_shows_what_the_marks_of_a_table_mean(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a;b\n1.299;0.5\n2.450;3\n")
    assert read(path).points.tolist() == [[1.299, 0.5], [2.45, 3]]
    path.write_text(
        "a,b\n1.299,1\n2.450,3\n"
    )  # commas between fields: dots are decimal
    assert read(path).points.tolist() == [[1.299, 1], [2.45, 3]]


@pytest.mark.parametrize("thousands", ["x", "", "comma,"])
def test_an_unknown_separator_of_thousands_is_refused(tmp_path, thousands):
    with pytest.raises(DataError, match="separator of thousands is"):
        read(table(tmp_path, ["1", "2"]), thousands=thousands)


def test_a_comma_cannot_be_both_marks(tmp_path):
    with pytest.raises(DataError, match="cannot be both"):
        read(table(tmp_path, ["1"]), thousands=",", decimal_comma=True)


def test_columns_that_one_option_reads_share_a_sentence(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a;b;c\n1,5;2,5;x\n3,5;4,5;1\n")
    with pytest.raises(DataError, match=r"2 problems.*The same holds of 'b'.*'c'"):
        read(path)
