from xml.etree import ElementTree

import pytest

from widthwise import activations, bounds, landscape
from widthwise.report.parts._formulas import formula


def drawn(text: str) -> ElementTree.Element:
    """Return the elements of a formula, which must be a formula."""
    root = ElementTree.fromstring(formula(text))
    assert root.tag == "math"
    return root


def words(element: ElementTree.Element) -> str:
    """Return what stands on the page, in the order in which it is read."""
    return "".join(element.itertext()).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"\max(0, z)", "max(0,z)"),
        (r"z / (1 + e^{-z})", "z/(1+e−z)"),
        (r"\frac{n C^2}{\lambda_{\min}} \log\frac{n}{\delta}", "nC2λminlognδ"),
        (r"\ell = \lfloor d/2 \rfloor + 1", "ℓ=⌊d/2⌋+1"),
        (r"2 \lceil \frac{n}{\varepsilon} \rceil", "2⌈nε⌉"),
        (r"\sqrt{2 - 2z}/\alpha", "2−2z/α"),
        (r"z \text{ if } z > 0", "z if z>0"),
        (r"\min\{m : m \le \delta\}", "min{m:m≤δ}"),
    ],
)
def test_latex_becomes_mathml(text, shown):
    assert words(drawn(text)) == shown


def test_fractions_roots_and_indices_are_elements():
    found = drawn(r"\frac{n}{\sqrt{\lambda_{\min}^2}}")
    (fraction,) = found.iter("mfrac")
    assert words(fraction[0]) == "n"
    assert [words(each) for each in fraction[1].iter("msubsup")] == ["λmin2"]
    assert len(list(fraction[1].iter("msqrt"))) == 1


def test_the_name_of_a_function_stands_apart():
    tags = [each.tag for each in drawn(r"z \tanh z").iter()]
    assert tags == ["math", "mrow", "mi", "mspace", "mi", "mspace", "mi"]
    assert "mspace" not in [each.tag for each in drawn(r"\tanh(z)").iter()]


@pytest.mark.parametrize(
    "text",
    [
        "my_function", "|z|", "a{", "}", r"a}^2", r"\unknown{x}", r"\frac{a}", "^",
        "\\", "a^", r"a^{b}^{c}", r"\left(x", r"\begin{matrix}a\end{matrix}",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_shown_as_it_is(text):
    assert formula(text) == text


def test_a_formula_cannot_bring_in_an_element_a_link_or_a_style():
    assert "&lt;script&gt;" in formula(r"\text{<script>}")
    assert "&lt;" in formula("<b>^2")
    assert formula("a&^2") == "a&amp;^2"
    assert "&lt;script" in formula(r"\text{&lt;script&gt;}")
    for text in (r"a\href{javascript:alert(1)}{x}", r"\style{position:fixed}{x}"):
        assert not any(each.attrib for each in drawn(text).iter())


def test_every_formula_of_the_catalogs_is_read():
    made = [
        activations.for_dimension(name, 8)
        for name in activations.CATALOG
        if name not in ("polynomial", "hermite", "rectified_monomial")
    ]
    made.append(activations.get("hermite", degree=3))
    theorems = landscape.THEOREMS.values()
    widths = (*bounds.CATALOG.values(), *bounds.RANK_CATALOG.values())
    for each in (*made, *widths, *theorems):
        if {"\\", "^", "{"} & set(each.formula):
            assert not set("\\^_{") & set(words(drawn(each.formula))) - {"{"}
