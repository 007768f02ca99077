"""What the site is built with: formulas without a script, pages without a request."""

import importlib.util
import sys
from pathlib import Path

import pytest

pytest.importorskip("sphinx", reason="the extra `docs` is not installed")

DOCS = Path(__file__).parents[2] / "docs"


def loaded(name):
    spec = importlib.util.spec_from_file_location(f"site_{name}", DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def offline():
    return loaded("offline")


@pytest.mark.parametrize(
    ("markup", "asked"),
    [
        ('<script src="https://cdn.example/x.js"></script>', 1),
        ('<link rel="stylesheet" href="//fonts.example/a.css">', 1),
        ('<img src="https://img.example/a.png">', 1),
        ('<a href="https://arxiv.org">a paper</a><img src="a.png">', 0),
        ('<link rel="canonical" href="https://here.example/">', 0),
    ],
)
def test_a_page_that_loads_from_elsewhere_is_found(offline, tmp_path, markup, asked):
    (tmp_path / "page.html").write_text(markup, encoding="utf-8")
    assert len(offline.external_requests(tmp_path)) == asked


def test_a_style_sheet_that_loads_from_elsewhere_is_found(offline, tmp_path):
    sheet = tmp_path / "a.css"
    sheet.write_text("body { background: url('https://img.example/a.png') }", "utf-8")
    assert offline.external_requests(tmp_path) == [(sheet, "url")]
    sheet.write_text("body { background: url(a.png) }", "utf-8")
    assert offline.external_requests(tmp_path) == []


def test_formulas_are_drawn_and_unknown_commands_are_refused():
    mathml = loaded("mathml")
    found = mathml.drawn(r"\Big\lceil \tfrac{1}{2} \Big\rceil", "block")
    assert found.startswith("<math")
    assert "\\" not in found
    with pytest.raises(Exception, match="unheard"):
        mathml.drawn(r"\unheard{x}", "inline")


def test_every_suite_has_a_page_of_the_reference():
    sys.path.insert(0, str(DOCS))
    try:
        pages = loaded("reference_pages")
    finally:
        sys.path.remove(str(DOCS))
    import widthwise.kernels

    own, suites = pages.suites_of(widthwise.kernels)
    named = {*own, *(name for names in suites.values() for name in names)}
    assert named == set(widthwise.kernels.__all__)
    text = pages.entries(widthwise.kernels, ["Dual", "dual"])
    assert text.index("autofunction:: dual") < text.index("autoclass:: Dual")
