// Points are moved by a finger, a mouse or the arrow keys, in the fit and on the ring.
explore.within = (value, most) => Math.min(Math.max(value, -most), most);

explore.focused = () => document.activeElement?.closest("#explore-fit [data-point]")?.dataset.point;

explore.drawPoints = (chart, state, focused) => {
  state.points.forEach(({ t, y }, i) => {
    const where = `${explore.across(state).name} ${widthwise.number(state.shape === "line" ? t : 180 * t, 2)}, label ${widthwise.number(y, 2)}`;
    chart.root.append(explore.svg(
      "g", { class: "point", "data-point": i, tabindex: 0, role: "slider", "aria-label": `Point ${i + 1}`, "aria-valuemin": -1.8, "aria-valuemax": 1.8, "aria-valuenow": y.toFixed(2), "aria-valuetext": where },
      explore.svg("circle", { cx: chart.X(t), cy: chart.Y(y), r: 16, class: "grip" }),
      explore.svg("circle", { cx: chart.X(t), cy: chart.Y(y), r: 6.5, class: "disc" }),
    ));
  });
  if (focused) chart.root.querySelector(`[data-point="${focused}"]`)?.focus({ preventScroll: true });
};

explore.move = (i, t, y) => {
  const { state } = explore;
  const turned = state.shape === "line" ? explore.within(t, 1) : t - 2 * Math.floor((t + 1) / 2);
  state.points[i] = { t: turned, y: explore.within(y, 1.8) };
  explore.changed();
};

// The number under a pointer in the drawing's own units.
explore.under = (root, event) => {
  const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(root.getScreenCTM().inverse());
  return [x, y];
};

explore.dragged = (root, moved) => {
  let held = null;
  root.addEventListener("pointerdown", (event) => {
    const point = event.target.closest("[data-point]");
    if (!point) return;
    held = Number(point.dataset.point);
    root.setPointerCapture(event.pointerId);
    event.preventDefault();
    if (point.focus) point.focus({ preventScroll: true });
  });
  root.addEventListener("pointermove", (event) => { if (held !== null) moved(held, explore.under(root, event)); });
  for (const name of ["pointerup", "pointercancel"]) root.addEventListener(name, () => { held = null; });
};

explore.startPoints = () => {
  const fit = document.getElementById("explore-fit");
  explore.dragged(fit, (i, [x, y]) => {
    const [left, right, top, bottom] = [52, fit.viewBox.baseVal.width - explore.margin, 10, fit.viewBox.baseVal.height - 42];
    explore.move(i, (2 * (x - left)) / (right - left) - 1, 2 - (4 * (y - top)) / (bottom - top));
  });
  explore.dragged(document.getElementById("explore-ring"), (i, [x, y]) => {
    const { state } = explore;
    if (state.shape === "circle") explore.move(i, Math.atan2(-y, x) / Math.PI, state.points[i].y);
    else if (y < -1e-3) explore.move(i, (state.bias * x) / -y, state.points[i].y);
  });
  fit.addEventListener("keydown", (event) => {
    const point = event.target.closest("[data-point]");
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!point || !step) return;
    event.preventDefault();
    const i = Number(point.dataset.point);
    const { t, y } = explore.state.points[i];
    const size = event.shiftKey ? 0.005 : 0.05;
    explore.move(i, t + step[0] * size, y + step[1] * size);
  });
};
