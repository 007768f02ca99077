"""The page of a landscape in a real browser."""

import pytest
from page_checks import CONTRAST, FITTED

pytestmark = [
    pytest.mark.browser,
    # Playwright's event loop outlives its pipes at exit; nothing of ours is open.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

NAMES = (
    "line",
    "unlabelled",
    "bare",
    "one row",
    "interrupted",
    "empty",
    "hostile",
    "plane",
)
_DATA = "name => document.getElementById('plot-' + name).data"


@pytest.mark.parametrize("name", NAMES)
def test_every_page_draws_quietly_and_never_scrolls_sideways(visit, name):
    page = visit(f"landscape {name}")
    for width in (1280, 820, 390) if name == "plane" else (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(FITTED)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    drawn = page.locator(".plot .main-svg").count() > 0
    assert drawn == (name != "interrupted")


def test_what_is_drawn_is_what_was_measured(visit, landscape_record):
    page = visit("landscape plane")
    (points,) = page.evaluate(_DATA, "full_rank")
    found = landscape_record.content["probability"]
    assert points["x"] == found["widths"]
    assert points["y"] == found["estimate"]
    reach = points["error_y"]
    # The bars are differences of recorded limits: one rounding each.
    for place, value in enumerate(found["estimate"]):
        assert value + reach["array"][place] == pytest.approx(found["high"][place])
        assert value - reach["arrayminus"][place] == pytest.approx(found["low"][place])
    (cells,) = page.evaluate(_DATA, "heat")
    assert cells["z"] == landscape_record.arrays["heat/probability"].tolist()


def test_every_marked_width_has_its_line_and_letter(visit, landscape_record):
    page = visit("landscape plane")
    layout = "document.getElementById('plot-full_rank').layout"
    places = page.evaluate(f"{layout}.shapes.map(shape => shape.x0)")
    theorems = [each["width"] for each in landscape_record.content["theorems"]]
    half = landscape_record.content["probability"]["threshold"]["width"]
    least = landscape_record.content["necessary_width"]
    assert places == sorted([*theorems, half, least])
    letters = page.locator("#plot-full_rank .annotation-text").all_text_contents()
    assert letters == page.locator(".marks .letter").all_text_contents()


def test_marks_that_would_meet_stand_in_rows(visit):
    page = visit("landscape hostile")
    boxes = [
        each.bounding_box()
        for each in page.locator("#plot-full_rank .annotation-text").all()
    ]
    assert len(boxes) == 26
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            apart = abs(one["x"] - other["x"]) >= min(one["width"], other["width"])
            assert apart or abs(one["y"] - other["y"]) >= 15


def test_numbers_stand_in_the_cells_where_there_is_room(visit):
    page = visit("landscape plane")
    cells = page.locator("#plot-heat .heatmap-label").count()
    assert cells == 4 * 7
    page.set_viewport_size({"width": 390, "height": 900})
    page.wait_for_function(FITTED)
    assert page.locator("#plot-heat .heatmap-label").count() == 0


def test_the_slice_shows_changes_ranks_and_minima(visit, landscape_record):
    page = visit("landscape plane")
    uprights, loss, minima, ranks, full = page.evaluate(_DATA, "slice")
    arrays = landscape_record.arrays
    assert loss["x"] == arrays["slice/t"].tolist()
    assert minima["x"] == arrays["slice/minima"].tolist()
    assert ranks["y"] == arrays["slice/rank"].tolist()
    assert full["y"] == [24, 24]
    assert uprights["x"][::3] == arrays["slice/edges"].tolist()


def test_dark_and_light_change_the_map_too(visit):
    page = visit("landscape plane", color_scheme="light")
    colour = "document.getElementById('plot-plane_rank').data[0].colorscale[0][1]"
    light = page.evaluate(colour)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"old => {colour} !== old", arg=light)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["plane", "hostile"])
def test_text_contrast_reaches_aa(visit, scheme, name):
    page = visit(f"landscape {name}", color_scheme=scheme)
    assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_numbers_in_the_cells_reach_aa(visit, scheme):
    page = visit("landscape plane", color_scheme=scheme)
    assert page.evaluate(_LEAST_CONTRAST) >= 4.5


def test_print_opens_details_and_fits_the_paper(visit, tmp_path):
    page = visit("landscape plane", color_scheme="dark")
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


_LEAST_CONTRAST = """() => {
  const light = (colour) => {
    const hex = colour.startsWith("#");
    const parts = hex ? [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16))
      : colour.match(/\\d+/g).map(Number);
    const [r, g, b] = parts.map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const theme = widthwise.theme();
  return Math.min(...widthwise.heatScale(theme, 0.5).map(([, colour]) => {
    const [a, b] = [light(colour), light(theme.ink)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  }));
}"""
