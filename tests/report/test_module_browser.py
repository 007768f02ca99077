"""The page of a module in a real browser."""

import mpmath
import pytest
from page_checks import CONTRAST, FITTED, slide

pytestmark = [
    pytest.mark.browser,
    # Playwright's event loop outlives its pipes at exit; nothing of ours is open.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

FIGURES = ("run", "filters", "residual", "eigenvalues")
UNDRAWN = {"empty": ("filters", "residual"), "interrupted": ("run",)}
UNDRAWN["unlabelled"] = ("run",)


@pytest.mark.parametrize(
    "name",
    [
        "narrow",
        "one row",
        "unlabelled",
        "stopped",
        "interrupted",
        "empty",
        "hostile",
        "plain",
    ],
)
def test_every_page_draws_quietly_and_never_scrolls_sideways(visit, name):
    page = visit(f"module {name}")
    for width in (1280, 820, 390) if name == "plain" else (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(FITTED)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    for figure in FIGURES:
        marks = page.locator(f"#plot-{figure} :is(path.js-line, path.point)").count()
        assert (marks > 0) == (figure not in UNDRAWN.get(name, ()))


def test_the_run_is_drawn_from_the_record(visit, module_record):
    page = visit("module plain")
    real, predicted = page.evaluate(
        "document.getElementById('plot-run').data.map(d => [d.x, d.y, d.line.dash])"
    )
    steps = module_record.arrays["curve/steps"].tolist()[1:]
    assert real[0] == predicted[0] == steps
    assert real[1] == module_record.arrays["curve/real"].tolist()[1:]
    assert predicted[1] == module_record.arrays["curve/predicted"].tolist()[1:]
    assert (real[2], predicted[2]) == (None, "6px,4px")


def test_an_axis_shorter_than_two_decades_still_has_numbers(visit):
    page = visit("module plain")
    assert page.locator("#plot-run .ytick").count() >= 2
    assert page.locator("#plot-run .xtick").count() >= 3


def test_numbers_on_an_axis_are_free_of_rounding(visit):
    page = visit("module empty")
    ticks = page.locator("#plot-run .ytick").all_text_contents()
    assert "0.7" in ticks
    assert max(map(len, ticks)) <= 4


def test_a_stopped_run_ends_in_a_cross_at_its_last_finite_residual(
    visit, module_records
):
    page = visit("module stopped")
    mark = page.evaluate("document.getElementById('plot-run').data[2]")
    steps = module_records["stopped"].arrays["curve/steps"].tolist()
    assert mark["x"] == [steps[-2]]
    assert mark["marker"]["symbol"] == "x"


def test_the_slider_shows_exact_residuals_of_both_ways(visit, module_record):
    page = visit("module plain")
    for choice, key in enumerate(("last_layer", "tangent")):
        page.locator("#training-activation").select_option(str(choice))
        s = [
            mpmath.mpf(each) for each in module_record.arrays[f"{key}/singular_values"]
        ]
        weights = module_record.arrays[f"{key}/projections"].tolist()
        for place in (0, 1, 2.3, 4.5):
            slide(page, place)
            residual = page.evaluate(
                "widthwise.landweber.residual(widthwise.training.now().curve,"
                " widthwise.training.now().steps)"
            )
            with mpmath.workdps(40):
                step = 2 / (s[0] ** 2 + s[-1] ** 2)
                left = [(1 - step * value**2) ** round(10**place) for value in s]
                rest = mpmath.norm(
                    [w * part for w, part in zip(weights, left, strict=True)]
                )
            # As for activations: a few roundings of each factor's logarithm.
            assert residual == pytest.approx(float(rest), rel=1e-12, abs=1e-300)


def test_the_select_offers_the_two_ways_and_the_sentence_names_them(visit):
    page = visit("module plain", fresh=True)
    assert page.locator("label[for=training-activation]").inner_text() == (
        "Layers trained"
    )
    options = page.locator("#training-activation option").all_inner_texts()
    assert options == ["last layer only", "all layers"]
    readout = page.locator("#training-readout")
    assert "of training all its layers: " in readout.inner_text()
    page.locator("#training-activation").select_option("0")
    assert "of training its last layer alone: " in readout.inner_text()


def test_what_has_no_singular_value_is_drawn_as_out_of_reach(visit):
    page = visit("module narrow")
    page.locator("#training-activation").select_option("0")
    slide(page, 15)
    heights = page.evaluate(
        "document.getElementById('plot-filters').data.find(d => d.mode).y"
    )
    assert len(heights) == 60
    assert heights[21:] == [0] * 39
    assert min(heights[:21]) > 0.99


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["narrow", "stopped"])
def test_text_contrast_reaches_aa(visit, scheme, name):
    page = visit(f"module {name}", color_scheme=scheme)
    assert page.evaluate(CONTRAST) == []


def test_dark_and_light_change_the_run_too(visit):
    page = visit("module plain", color_scheme="light")
    ink = "document.querySelectorAll('#plot-run .js-line')[1].style.stroke"
    light = page.evaluate(ink)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"old => {ink} !== old", arg=light)


def test_print_opens_details_and_fits_the_paper(visit, tmp_path):
    page = visit("module hostile", color_scheme="dark")
    page.emulate_media(media="print")
    page.wait_for_function("() => widthwise.page.isPrinting")
    assert page.locator("details:not([open])").count() == 0
    widths = page.evaluate(
        "[...document.querySelectorAll('.plot')].map(p => p.layout.width)"
    )
    assert max(widths) <= 690
    page.emulate_media(media="screen")
    page.wait_for_function("() => !widthwise.page.isPrinting")
    assert page.pdf(path=tmp_path / "page.pdf", format="A4").startswith(b"%PDF")
