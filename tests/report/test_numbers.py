"""Angles and settings in words, and numbers that a page's script writes."""

import math

import pytest

from widthwise.report.parts._numbers import angle, count, number, percent, values

# Of every size, and on both sides of each border of the rule; no ties, which the
# script rounds up and Python to the even digit.
_LEADS, _POWERS = (1, 2.3456, 9.994, 9.996), range(-7, 9)
WRITTEN = [
    *(lead * 10.0**power for lead in _LEADS for power in _POWERS),
    *(99_949.0, 99_951.0, 99_999.0, 0.00009994, 0.00009996, 0.099951, 999.51),
    *(-0.25, -376_320.0, -99_999.0, 0, 1e-300, 1.797e300, 12_345_678, 7),
]


def test_an_angle_is_given_in_degrees_too():
    assert angle(math.pi / 180) == "0.0175 rad (1°)"
    assert angle(0.0) == "0"
    assert angle(None) == "–"


def test_settings_of_every_type_are_said_in_words():
    assert values(None) == "–"
    assert values(True) == "yes"
    assert values([97, 2000]) == "97, 2,000"
    assert values(1e-6) == "10⁻⁶"
    assert values("sphere") == "sphere"
    assert values(list(range(20))).endswith(", 11 and 8 more")


@pytest.mark.browser
# Playwright's event loop outlives its pipes at exit; nothing of ours is open.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_script_writes_every_number_as_python_does(visit):
    page = visit("module plain")
    ways = "[widthwise.number, widthwise.whole, widthwise.percent]"
    found = page.evaluate(
        f"all => {ways}.map((way) => all.map((x) => way(x)))", WRITTEN
    )
    for way, texts in zip((number, count, percent), found, strict=True):
        assert texts == [way(each) for each in WRITTEN]
