import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widthwise.report.parts._numbers import (
    angle,
    count,
    duration,
    number,
    percent,
    power_of_ten,
    values,
    with_powers,
)

RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def read_back(text: str) -> float:
    """Return the number that a reader takes from `text`."""
    text = text.replace(",", "").replace("−", "-")
    mantissa, _, power = (
        text.rpartition("10")
        if any(c in text for c in "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
        else (text, "", "")
    )
    if not power:
        return float(text)
    lead = mantissa.rstrip("×")
    return float(
        f"{lead if lead not in ('', '-') else lead + '1'}e{power.translate(RAISED)}"
    )


@given(st.floats(-1.79e308, 1.79e308))
def test_a_number_reads_back_to_three_digits(value):
    # Half a unit of the third digit, at worst 0.5 / 100 of the value; 1e-12 for the
    # last bit. Subnormal numbers have fewer digits of their own.
    assert read_back(number(value)) == pytest.approx(
        value, rel=0.005 + 1e-12, abs=1e-320
    )


@given(st.integers(-(10**7) + 1, 10**7 - 1))
def test_a_short_count_is_exact(value):
    assert read_back(count(value)) == value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (376_320.0, "3.76×10⁵"),
        (1e7, "10⁷"),
        (-0.25, "−0.25"),
        (11_262.4, "11,300"),
        (0.00012345, "0.000123"),
        (1.5e-9, "1.5×10⁻⁹"),
        (99_999.0, "10⁵"),
        (0, "0"),
        (None, "–"),
        (math.inf, "∞"),
        (math.nan, "–"),
    ],
)
def test_numbers_are_written_as_people_read_them(value, shown):
    assert number(value) == shown


@pytest.mark.parametrize(
    ("fraction", "shown"),
    [
        (0.99, "99 %"),
        (0.99999, "over 99.9 %"),
        (1.0, "100 %"),
        (0.0, "0 %"),
        (3e-9, "3×10⁻⁹"),
        (None, "–"),
    ],
)
def test_a_percentage_claims_no_more_than_the_fraction(fraction, shown):
    assert percent(fraction) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("κ = 5.66e4.", "κ = 5.66×10⁴."),
        ("9.3e5 steps, 2e-12 left", "9.3×10⁵ steps, 2×10⁻¹² left"),
        ("column x1e5 and 0x1e5 and 1e5b", "column x1e5 and 0x1e5 and 1e5b"),
        ("version 1.2.3e4.5", "version 1.2.3e4.5"),
    ],
)
def test_programmed_numbers_in_sentences_become_powers(text, shown):
    assert with_powers(text) == shown


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
    ],
)
def test_a_time_is_told_in_the_units_people_use(seconds, shown):
    assert duration(seconds) == shown


def test_tolerances_are_powers_of_ten_only_where_exact():
    assert power_of_ten(1e-6) == "10⁻⁶"
    assert power_of_ten(2e-6) == "2×10⁻⁶"
    assert power_of_ten(0.01) == "0.01"
    assert power_of_ten(math.inf) == "∞"


def test_an_angle_is_given_in_degrees_too():
    assert angle(math.pi / 180) == "0.0175 rad (1°)"
    assert angle(0.0) == "0"


def test_settings_of_every_type_are_said_in_words():
    assert values(None) == "–"
    assert values(True) == "yes"
    assert values([97, 2000]) == "97, 2,000"
    assert values(1e-6) == "10⁻⁶"
    assert values("sphere") == "sphere"
    assert values(list(range(20))).endswith(", 11 and 8 more")
