"""Test `widthwise.wording`: one rule for numbers, wherever they are written."""

import html
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widthwise import prose, wording

LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")
FINITE = st.floats(-1.7e308, 1.7e308)  # 1.75e308 in two digits would overflow


def read_back(text):
    """Return the number that a reader takes from superscripts or raised elements."""
    text = html.unescape(text).replace(",", "")
    raised = re.fullmatch(
        r"(−?)(?:([\d.]+)×)?10(?:<sup>(.*)</sup>|([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))", text
    )
    if raised is None:
        return float(text.translate(LOWERED))
    sign, lead, one, other = raised.groups()
    return float(f"{sign}{lead or 1}e{one or other}".translate(LOWERED))


@given(FINITE, st.integers(2, 6))
def test_every_way_of_writing_reads_back_to_the_digits_asked_for(value, digits):
    # Half a unit of the last digit, at worst of a mantissa of 1; 1e-12 for the last
    # bit. Subnormal numbers have fewer digits of their own.
    near = pytest.approx(value, rel=0.5 * 10 ** (1 - digits) + 1e-12, abs=1e-320)
    found = wording.written(value, digits=digits)
    assert float(found.plain.replace(",", "")) == near
    assert read_back(found.unicode) == near
    assert read_back(found.html) == near


@given(FINITE)
def test_the_ways_of_writing_differ_by_typography_alone(value):
    found = wording.written(value)
    digits, _, power = found.plain.partition("e")
    lead = digits.removesuffix("1") if digits in ("1", "-1") else f"{digits}×"
    typeset = f"{lead}10{wording.raised(int(power))}" if power else digits
    assert typeset.replace("-", "−", 1) == found.unicode
    assert re.sub("<sup>(.*)</sup>", r"\1", found.html) == found.unicode.translate(
        LOWERED
    ).replace("-", "−")


@given(FINITE)
def test_the_rule_for_other_languages_gives_the_same_digits(value):
    """The steps of the file's docstring, one by one, as a script would take them."""
    if value == 0:
        return
    a, p = f"{abs(value):.2e}".split("e")
    found = wording.written(value)
    if -5 < int(p) < 5:
        assert found.power is None
        assert float(found.digits.replace(",", "")) == float(f"{a}e{p}")
    else:
        assert (found.power, float(found.digits)) == (int(p), float(a))


@given(st.integers(-(10**7) + 1, 10**7 - 1))
def test_short_whole_numbers_are_exact(value):
    assert read_back(wording.count(value)) == value
    if abs(value) < 100_000:
        assert float(wording.plain_number(value).replace(",", "")) == value


@pytest.mark.parametrize(
    ("value", "shown", "plain"),
    [
        (376_320.0, "3.76×10⁵", "3.76e5"),
        (1e7, "10⁷", "1e7"),
        (-0.25, "−0.25", "-0.25"),
        (11_262.4, "11,300", "11,300"),
        (11_262, "11,300", "11,262"),
        (0.00012345, "0.000123", "0.000123"),
        (1.5e-9, "1.5×10⁻⁹", "1.5e-9"),
        (99_999.4, "10⁵", "1e5"),
        (99_999, "10⁵", "99,999"),
        (0, "0", "0"),
        (-0.0, "0", "0"),
        (None, "–", "no finite number"),
        (math.inf, "∞", "no finite number"),
        (-math.inf, "−∞", "no finite number"),
        (math.nan, "–", "no finite number"),
    ],
)
def test_numbers_are_written_as_people_read_them(value, shown, plain):
    assert wording.number(value) == shown
    assert wording.plain_number(value) == plain


@pytest.mark.parametrize(
    ("fraction", "shown", "plain"),
    [
        (0.99, "99 %", "99 %"),
        (0.99999, "over 99.9 %", "over 99.9 %"),
        (1.0, "100 %", "100 %"),
        (0.0, "0 %", "0 %"),
        (3e-9, "3×10⁻⁹", "3e-9"),
        (None, "–", "no finite number"),
        (math.nan, "–", "no finite number"),
    ],
)
def test_a_percentage_claims_no_more_than_the_fraction(fraction, shown, plain):
    assert wording.percent(fraction) == shown
    assert wording.plain_percent(fraction) == plain


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.25, "0.25 s"),
        (8.14, "8.1 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (1470, "24 min 30 s"),
        (7199.8, "2 h"),
        (7500, "2 h 5 min"),
        (None, "–"),
        (math.inf, "–"),
    ],
)
def test_a_time_is_told_in_the_units_people_use(seconds, shown):
    assert wording.duration(seconds) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(5.66e4, "56,600"), (9.3e5, "9.3×10⁵"), (1.5e7, "1.5×10⁷"), (1e-7, "10⁻⁷")],
)
def test_numbers_of_a_sentence_become_powers_and_names_stay(value, shown):
    name = "column x1e5, 0x1e5, 1e5b, version 1.2.3e4.5"
    assert prose.shown(prose.say("{} of {}.", value, name)) == f"{shown} of {name}."


def test_powers_of_ten_are_named_only_where_exact():
    assert wording.power_of_ten(1e-6) == "10⁻⁶"
    assert wording.power_of_ten(2e-6) == "2×10⁻⁶"
    assert wording.power_of_ten(0.01) == "0.01"
    assert wording.power_of_ten(math.inf) == "∞"


@given(st.integers(0, 30), st.integers(1, 12))
def test_a_listing_names_or_counts_every_one(length, most):
    names = [f"n{place}" for place in range(length)]
    text = wording.listing(names, most=most)
    named = re.findall(r"n\d+", text)
    counted = [int(each) for each in re.findall(r"(\d+) more", text)]
    assert named == names[: len(named)]
    assert len(named) + sum(counted) == length
    assert counted != [1]
    assert len(named) + len(counted) <= most + 1


def test_lists_read_as_sentences():
    assert wording.listing([]) == ""
    assert wording.listing(["a"]) == "a"
    assert wording.listing(["a", "b"], "or") == "a or b"
    assert wording.listing(["a", "b", "c"]) == "a, b and c"
    assert wording.rows([4]) == "row 4"
    assert wording.rows([3, 17, 40]) == "rows 3, 17 and 40"
    assert wording.rows(range(20), most=2) == "rows 0, 1 and 18 more"


def test_counts_agree_with_their_nouns():
    assert wording.counted(1, "row") == "1 row"
    assert wording.counted(0, "row") == "0 rows"
    assert wording.counted(1234, "entry", "entries") == "1,234 entries"


def test_a_sentence_begins_with_a_large_letter_and_keeps_the_others():
    assert wording.capitalised("rows of S1 repeat") == "Rows of S1 repeat"
    assert wording.capitalised("") == ""


@given(st.text(max_size=50), st.integers(1, 45))
def test_a_shortened_text_fits(text, most):
    found = wording.shortened(text, most)
    assert len(found) <= most
    assert found == text or found == text[: most - 1] + "…"
