"""The page in a real browser."""

import mpmath
import pytest
from page_checks import CONTRAST, FITTED, slide

pytestmark = [
    pytest.mark.browser,
    # Playwright's event loop outlives its pipes at exit; nothing of ours is open.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

FIGURES = ("conditioning", "eigenvalues", "filters", "residual", "shapes", "duals")


@pytest.mark.parametrize(
    "name", ["unlabelled", "one width", "interrupted", "hostile", "plain"]
)
def test_every_page_draws_quietly_and_never_scrolls_sideways(visit, name):
    page = visit(name)
    for width in (1280, 820, 390) if name == "plain" else (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(FITTED)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert (page.locator(".plot .main-svg").count() > 0) == (name != "interrupted")


def test_five_answers_have_room_on_every_screen(visit):
    page = visit("plain")
    page.evaluate("""() => {
        const cards = document.querySelector(".cards");
        const first = cards.children[0];
        while (cards.children.length < 5) cards.append(first.cloneNode(true));
        while (cards.children.length > 5) cards.lastElementChild.remove();
    }""")
    least = {1280: 180, 820: 330, 390: 330}
    for width, room in least.items():
        page.set_viewport_size({"width": width, "height": 900})
        widths = page.eval_on_selector_all(
            ".cards > *",
            "cards => cards.map(card => card.getBoundingClientRect().width)",
        )
        assert len(widths) == 5
        assert min(widths) >= room
        assert widths[4] >= widths[0]


def test_all_six_figures_have_marks_and_a_name(visit):
    page = visit()
    for name in FIGURES:
        plot = page.locator(f"#plot-{name}")
        assert plot.locator("path.js-line, path.point").count() > 0
        assert plot.get_attribute("role") == "img"
        assert len(plot.get_attribute("aria-label") or "") > 40


def test_the_slider_shows_exact_filters_and_residuals(visit, record):
    page = visit()
    page.locator("#training-activation").select_option("1")
    s = [mpmath.mpf(each) for each in record.arrays["activation1/singular_values"]]
    weights = record.arrays["activation1/projections"].tolist()
    for place in (0, 1, 2.3, 4.5, 6, 8, 9.85, 15):
        slide(page, place)
        filters, residual = page.evaluate(_SHOWN)
        with mpmath.workdps(40):
            step = 2 / (s[0] ** 2 + s[-1] ** 2)
            left = [(1 - step * value**2) ** round(10**place) for value in s]
            exact = [float(1 - part) for part in left]
            rest = mpmath.norm(
                [w * part for w, part in zip(weights, left, strict=True)]
            )
        # A factor's logarithm has a relative error of a few 1e-16, and what is drawn
        # moves by that times its own exponent, which is below 745 until it underflows.
        assert filters == pytest.approx(exact, rel=1e-12, abs=0)
        assert residual == pytest.approx(float(rest), rel=1e-12, abs=1e-300)
        if place == 0:
            assert 1.999 < filters[0] < 2  # an odd step overshoots the fastest


def test_the_slider_moves_by_keys_and_says_where_it_is(visit):
    page = visit()
    slide(page, 3)
    slider = page.locator("#training-steps")
    before = slider.get_attribute("aria-valuetext")
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "text => document.getElementById('training-steps')"
        ".getAttribute('aria-valuetext') !== text",
        arg=before,
    )
    page.wait_for_timeout(50)
    after = slider.get_attribute("aria-valuetext") or ""
    assert after.split(",")[0] in page.locator("#training-count").inner_text()
    assert "relative residual" in after
    assert "relative residual" in page.locator("#training-readout").inner_text()


def test_dark_and_light_change_page_and_figures_at_once(visit):
    page = visit(color_scheme="light")
    light = _colours(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "old => document.querySelector('#plot-shapes .js-line').style.stroke !== old",
        arg=light["line"],
    )
    dark = _colours(page)
    for part in ("page", "ink", "line", "tick"):
        assert light[part] != dark[part]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_contrast_reaches_aa(visit, scheme):
    page = visit(color_scheme=scheme)
    poor = page.evaluate(CONTRAST)
    assert poor == []


def test_print_opens_details_hides_the_slider_and_turns_light(visit, tmp_path):
    page = visit(color_scheme="dark")
    assert page.locator("details[open]").count() == 0
    dark = _colours(page)
    page.emulate_media(media="print")
    page.wait_for_function("() => widthwise.page.isPrinting")
    assert page.locator("details:not([open])").count() == 0
    assert not page.locator(".controls").is_visible()
    assert _colours(page)["tick"] != dark["tick"]
    widths = page.evaluate(
        "[...document.querySelectorAll('.plot')].map(p => p.layout.width)"
    )
    assert max(widths) <= 690
    page.emulate_media(media="screen")
    page.wait_for_function("() => !widthwise.page.isPrinting")
    assert page.locator("details[open]").count() == 0
    assert page.pdf(path=tmp_path / "page.pdf", format="A4").startswith(b"%PDF")


def test_a_legend_hides_and_shows_its_curve(visit):
    page = visit()
    lines = page.locator("#plot-shapes .js-line")
    button = page.locator("#figure-shapes .legend button").first
    assert lines.count() == 4
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert lines.count() == 3
    button.click()
    assert lines.count() == 4


def test_singular_widths_are_marked_not_dropped(visit):
    page = visit()
    marked = page.evaluate(
        "document.getElementById('plot-conditioning').data"
        ".filter(d => d.yaxis === 'y2').map(d => d.x)"
    )
    assert marked == [[97, 200, 500, 1000, 2000]]


def test_hostile_names_stay_text_in_figures_too(visit):
    page = visit("hostile")
    assert page.evaluate("document.querySelectorAll('script').length") == 3
    page.locator("#plot-shapes").hover(position={"x": 200, "y": 60})
    page.wait_for_timeout(200)
    hints = page.locator(".hovertext").all_inner_texts()
    assert all("alert(1)" not in each or "<script>" in each for each in hints)
    assert page.locator(".hovertext a, .hovertext script").count() == 0


_SHOWN = """[
  document.getElementById("plot-filters").data.find((trace) => trace.mode).y,
  widthwise.landweber.residual(widthwise.training.now().curve,
    widthwise.training.now().steps),
]"""


def _colours(page):
    return page.evaluate(
        "({ page: getComputedStyle(document.body).backgroundColor,"
        " ink: getComputedStyle(document.body).color,"
        " line: document.querySelector('#plot-shapes .js-line').style.stroke,"
        " tick: document.querySelector('#plot-shapes .xtick text').style.fill })"
    )
