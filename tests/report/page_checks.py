"""What a test asks of a page in the browser."""

# Every figure was drawn again for the room that it has now.
FITTED = """() => [...document.querySelectorAll(".plot")].every(
  (plot) => Math.abs(plot.layout.width - plot.clientWidth) < 1)"""

# The contrast ratio of WCAG 2.1, for every element that holds text of its own.
CONTRAST = """
() => {
  const parsed = (text) => {
    const part = text.match(/[\\d.]+/g).map(Number);
    const scale = text.startsWith("color(srgb") ? 255 : 1;
    return [part[0] * scale, part[1] * scale, part[2] * scale, part[3] ?? 1];
  };
  const over = (top, under) =>
    [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const behind = (element) => {
    const layers = [];
    for (let each = element; each; each = each.parentElement)
      layers.push(parsed(getComputedStyle(each).backgroundColor));
    const white = [255, 255, 255, 1];
    return layers.reverse().reduce((under, top) => over(top, under), white);
  };
  const light = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const poor = [];
  const all = document.querySelectorAll("body *:not(svg *, script, option)");
  for (const element of all) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !element.checkVisibility()) continue;
    const ground = behind(element);
    const ink = over(parsed(getComputedStyle(element).color), ground);
    const [a, b] = [light(ink), light(ground)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.push([element.textContent.slice(0, 40), ratio]);
  }
  return poor;
}
"""


def slide(page, place):
    page.evaluate(
        "place => { const slider = document.getElementById('training-steps');"
        " slider.value = place;"
        " slider.dispatchEvent(new Event('input', { bubbles: true })); }",
        place,
    )
    page.wait_for_function("place => widthwise.training.place === place", arg=place)
