"""axe-core finds nothing to mend on any page, wide and narrow, light and dark."""

from importlib.resources import files
from pathlib import Path

import pytest

from widthwise.experiments import exploration
from widthwise.report import explore_page, render

pytestmark = [
    pytest.mark.browser,
    # Playwright's event loop outlives its pipes at exit; nothing of ours is open.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_SITE = Path(__file__).parents[2] / "docs/_build/html"
_SCREENS = {"wide": (1280, "light"), "phone": (390, "dark")}


@pytest.fixture(scope="module")
def axe():
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def pages(
    every_record,
    module_records,
    landscape_records,
    experiment_records,
    tmp_path_factory,
):
    """Write one page of each kind, and return where it is."""
    folder = tmp_path_factory.mktemp("accessible")
    kinds = {
        "diagnosis": every_record["plain"],
        "module": next(iter(module_records.values())),
        "landscape": next(iter(landscape_records.values())),
        "experiment": next(iter(experiment_records.values())),
    }
    written = {name: render(record) for name, record in kinds.items()}
    written["explore"] = explore_page(exploration())
    for name, page in written.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return folder


def complaints(browser, page_file, axe, screen):
    width, scheme = _SCREENS[screen]
    # The page's own policy lets no script be added; that policy is tested elsewhere.
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        offline=True,
        bypass_csp=True,
    )
    try:
        page = context.new_page()
        page.goto(page_file.as_uri())
        page.evaluate(axe)
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", _RULES)
    finally:
        context.close()
    return [
        (each["id"], each["nodes"][0]["target"], each["nodes"][0]["failureSummary"])
        for each in found["violations"]
    ]


@pytest.mark.parametrize("screen", _SCREENS)
@pytest.mark.parametrize(
    "name", ["diagnosis", "module", "landscape", "experiment", "explore"]
)
def test_axe_finds_nothing_on_a_page_of_each_kind(browser, pages, axe, name, screen):
    assert complaints(browser, pages / f"{name}.html", axe, screen) == []


@pytest.mark.parametrize("screen", _SCREENS)
@pytest.mark.parametrize(
    "name",
    [
        "index",
        "gallery/double_descent",
        "theory/generalisation",
        "tutorials/which-call",
    ],
)
def test_axe_finds_nothing_on_the_site(browser, axe, name, screen):
    page = _SITE / f"{name}.html"
    if not page.exists():
        pytest.skip("The site is not built; `make docs` builds it.")
    assert complaints(browser, page, axe, screen) == []
