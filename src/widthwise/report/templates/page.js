// Draws the figures, and draws them again when the theme, the paper or the width changes.
widthwise.page = { isPrinting: false };

widthwise.page.draw = (identifier) => {
  const figure = widthwiseRecord.figures[identifier];
  const draw = widthwise.figures[identifier] || widthwise.drawn;
  for (const place of document.querySelectorAll(`[data-plot="${identifier}"]`)) {
    const theme = widthwise.theme();
    const room = widthwise.page.isPrinting ? widthwise.page.paperRoom(place) : { width: place.clientWidth, height: place.clientHeight };
    const { traces, layout, scale } = draw(figure.curves, figure.layout, theme, room, Number(place.dataset.panel || 0));
    if (scale) place.closest("figure").style.setProperty("--most", `${100 * scale.split(" ")[1]}%`); // for the key
    const whole = widthwise.layout(theme, { height: room.height, ...layout, width: room.width });
    Plotly.react(place, traces, whole, {
      displaylogo: false, displayModeBar: false, responsive: false, scrollZoom: false, doubleClick: false, showTips: false, typesetMath: false, staticPlot: widthwise.page.isPrinting,
    });
  }
};

widthwise.page.drawAll = () => Object.keys(widthwiseRecord.figures).forEach(widthwise.page.draw);

// A4 and Letter leave some 690 CSS pixels between the margins. A page is laid out for
// paper only after it is drawn for paper, so the room cannot be read off.
widthwise.page.paperRoom = (place) => {
  const panels = place.closest(".panels");
  return { width: panels && panels.childElementCount > 1 ? 310 : 645, height: widthwise.paperHeights[place.dataset.plot] || 260 };
};

widthwise.page.print = (isPrinting) => {
  if (widthwise.page.isPrinting === isPrinting) return;
  widthwise.page.isPrinting = isPrinting;
  document.documentElement.toggleAttribute("data-paper", isPrinting); // light, whatever the screen is
  for (const details of document.querySelectorAll("details")) {
    if (isPrinting && !details.open) { details.open = true; details.dataset.openedForPrint = ""; }
    if (!isPrinting && "openedForPrint" in details.dataset) { details.open = false; delete details.dataset.openedForPrint; }
  }
  widthwise.page.drawAll();
};

widthwise.page.start = () => {
  for (const figure of Object.values(widthwiseRecord.figures)) figure.curves.forEach((curve) => { curve.shown = true; });
  if (widthwise.training) widthwise.training.prepare();
  widthwise.drawSwatches();
  for (const button of document.querySelectorAll(".legend button")) {
    button.addEventListener("click", () => {
      const curve = widthwiseRecord.figures[button.dataset.figure].curves[Number(button.dataset.curve)];
      curve.shown = !curve.shown;
      button.setAttribute("aria-pressed", String(curve.shown));
      widthwise.page.draw(button.dataset.figure);
    });
  }
  widthwise.page.drawAll();
  if (widthwise.training) widthwise.training.start(widthwise.page.draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", widthwise.page.drawAll);
  const paper = matchMedia("print");
  paper.addEventListener("change", () => widthwise.page.print(paper.matches));
  addEventListener("beforeprint", () => widthwise.page.print(true));
  addEventListener("afterprint", () => widthwise.page.print(false));
  let width = document.documentElement.clientWidth;
  addEventListener("resize", () => {
    if (document.documentElement.clientWidth === width || widthwise.page.isPrinting) return;
    width = document.documentElement.clientWidth;
    widthwise.page.drawAll();
  });
};

widthwise.page.start();
