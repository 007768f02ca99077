import re

import pytest

from widthwise import activations, bounds, landscape
from widthwise.report.parts._formulas import formula


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"\max(0, z)", "max(0, z)"),
        (r"z / (1 + e^{-z})", "z / (1 + e<sup>−z</sup>)"),
        (
            r"\frac{n C^2}{\lambda_{\min}} \log\frac{n}{\delta}",
            "(n C<sup>2</sup> / λ<sub>min</sub>) log (n / δ)",
        ),
        (r"\frac{a + b}{2n c}", "((a + b) / (2n c))"),
        (r"\ell = \lfloor d/2 \rfloor + 1", "ℓ = ⌊d/2⌋ + 1"),
        (r"2 \lceil \frac{n}{\varepsilon} \rceil", "2 ⌈(n / ε)⌉"),
        (r"\sqrt{2 - 2z}/\alpha", "√(2 − 2z)/α"),
        (r"z \text{ if } z > 0", "z if z &gt; 0"),
    ],
)
def test_latex_becomes_readable_html(text, shown):
    assert formula(text) == shown


@pytest.mark.parametrize(
    "text", ["my_function", "a{", "}", r"\unknown{x}", r"\frac{a}"]
)
def test_what_cannot_be_read_is_shown_as_it_is(text):
    assert formula(text) == text


def test_a_formula_cannot_bring_in_an_element():
    assert formula("<b>^2") == "&lt;b&gt;<sup>2</sup>"
    assert formula(r"\text{<script>}") == "&lt;script&gt;"


def test_every_formula_of_the_catalogs_is_read():
    made = [
        activations.for_dimension(name, 8)
        for name in activations.CATALOG
        if name not in ("polynomial", "hermite", "rectified_monomial")
    ]
    made.append(activations.get("hermite", degree=3))
    theorems = landscape.THEOREMS.values()
    for each in (*made, *bounds.CATALOG.values(), *theorems):
        assert not re.search(r"[\\^_]", formula(each.formula)), each.formula
