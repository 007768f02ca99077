"""The pages of experiments in a real browser."""

import pytest
from page_checks import CONTRAST, FITTED

pytestmark = [
    pytest.mark.browser,
    # Playwright's event loop outlives its pipes at exit; nothing of ours is open.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def _series(traces):
    return [each for each in traces if each.get("text")]


_DATA = "name => document.getElementById('plot-' + name).data"


@pytest.mark.parametrize(
    "name", ["experiment old", "experiment hostile", "papers", "experiment plain"]
)
def test_every_page_draws_quietly_and_never_scrolls_sideways(visit, name):
    page = visit(name)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(FITTED)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    plots = page.locator(".plot").count()
    assert (plots > 0) == (name != "experiment old")
    assert page.locator(".plot:has(.main-svg)").count() == plots


def test_what_is_drawn_is_what_was_measured(visit, experiment_record):
    page = visit("experiment plain")
    panels = [page.evaluate(_DATA, f"chart-0-{place}") for place in range(5)]
    rows = experiment_record.content["tables"]["conditioning"]
    relu = [
        row for row in rows if row["data"] == "prostate" and row["activation"] == "relu"
    ]
    drawn = _series(panels[0])
    assert [len(_series(each)) for each in panels] == [4] * 5
    assert drawn[0]["x"] == [row["width"] for row in relu]
    assert drawn[0]["y"] == [row["median"] for row in relu]
    assert drawn[0]["text"][0] == (
        "<b>relu, prostate</b><br>width m (hidden units): 100<br>"
        "condition number κ(G): 500<br>250 to 1,000<br>limit: 100"
    )
    levels = [each for each in panels[0] if each["line"].get("dash") == "6px,4px"]
    assert levels[0]["y"] == [100, 100]
    cells = page.evaluate(_DATA, "chart-3-0")
    assert len(cells) == 1
    shares = [row["share"] for row in experiment_record.content["tables"]["phases"]]
    assert cells[0]["z"][1][0] == shares[1]

    # A name in the legend hides its series in every panel.
    page.locator("#figure-chart-0 .legend button").first.click()
    hidden = [page.evaluate(_DATA, f"chart-0-{place}") for place in range(5)]
    assert [len(_series(each)) for each in hidden] == [3] * 5

    # Folded tables open.
    table = page.locator("#table-0")
    assert not table.locator("table").is_visible()
    table.locator("summary").click()
    assert table.locator("tbody tr").count() == 50
    assert table.locator("table").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_contrast_reaches_aa(visit, scheme):
    for name in ("experiment plain", "papers"):
        page = visit(name, color_scheme=scheme)
        assert page.evaluate(CONTRAST) == []


def test_print_opens_what_is_folded_and_fits_the_paper(visit, tmp_path):
    page = visit("experiment plain", color_scheme="dark")
    page.emulate_media(media="print")
    page.wait_for_function("() => widthwise.page.isPrinting")
    assert page.locator("details:not([open])").count() == 0
    widths = page.evaluate(
        "[...document.querySelectorAll('.plot')].map(p => p.layout.width)"
    )
    assert max(widths) <= 690
    assert page.pdf(path=tmp_path / "page.pdf", format="A4").startswith(b"%PDF")


def test_hostile_names_stay_text_in_figures_too(visit):
    page = visit("experiment hostile")
    assert page.evaluate("document.querySelectorAll('script').length") == 3
    assert page.locator(".plot a, .plot script, .plot img").count() == 0
    titles = page.locator("#plot-chart-0 .panel-title").all_text_contents()
    assert titles[:2] == ["<b>$x$", "\\frac{1}"]
    names = page.locator("#plot-chart-3-0 .xtick").all_text_contents()
    assert names[:2] == ["<b>$x$", "\\frac{1}"]
