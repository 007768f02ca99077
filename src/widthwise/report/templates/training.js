// The two figures under the slider, and the slider.
widthwise.training = { place: null, chosen: 0 };

widthwise.training.prepare = () => {
  const filters = widthwiseRecord.figures.filters, residual = widthwiseRecord.figures.residual;
  widthwise.training.place = filters.layout.start;
  filters.curves.forEach((curve, i) => {
    curve.factors = widthwise.landweber.factors(curve);
    const line = residual.curves[i];
    line.places = Array.from({ length: 301 }, (_, j) => j / 20);
    line.heights = line.places.map((p) => widthwise.landweber.residual(curve, widthwise.landweber.stepsAt(p)));
  });
};

widthwise.training.now = () => {
  const curve = widthwiseRecord.figures.filters.curves[widthwise.training.chosen];
  const steps = widthwise.landweber.stepsAt(widthwise.training.place);
  return { curve, steps, filters: curve.factors.map((factor) => widthwise.landweber.filter(factor, steps)) };
};

widthwise.figures.filters = (curves, layout, theme, room) => {
  const { curve, steps, filters } = widthwise.training.now();
  const look = widthwise.look(curve.activation, theme);
  const name = widthwise.nameOf(curve.activation);
  const order = Array.from({ length: curve.directions }, (_, i) => i + 1);
  const heights = order.map((_, i) => (i < filters.length ? filters[i] : 0));
  const share = order.map((_, i) => (i < filters.length ? curve.weights[i] * curve.weights[i] : 0));
  const hover = order.map((direction, i) =>
    `<b>${name}</b>, direction ${direction.toLocaleString("en")}` +
    (i < filters.length
      ? `<br>s = ${widthwise.number(curve.values[i])}<br>learned: ${widthwise.number(heights[i])}<br>holds ${widthwise.number(100 * share[i])} % of ${layout.error}`
      : "<br>out of reach at any number of steps"));
  const largest = Math.max(...share, 1e-300);
  return {
    traces: [
      { x: order, y: share.map((part) => part / largest), type: "bar", marker: { color: widthwise.faded(look.color, 0.2) }, hoverinfo: "skip" },
      {
        x: order, y: heights, mode: order.length > 400 ? "lines" : "lines+markers", line: { color: look.color, width: 1.6 },
        marker: { ...widthwise.marker(look, theme, order.length > 150 ? 4 : 6.5) }, text: hover, hovertemplate: "%{text}<extra></extra>",
      },
    ],
    layout: {
      xaxis: widthwise.orderAxis(theme, "label direction, largest singular value first", order.length, room.width),
      yaxis: widthwise.axis(theme, "part learned", { range: [-0.04, Math.max(1.08, 1.04 * Math.max(...heights, 0))], tickvals: [0, 0.25, 0.5, 0.75, 1, 1.5, 2], ticktext: ["0", "¼", "½", "¾", "1", "1½", "2"] }),
      margin: { l: 54, r: 16, t: 14, b: 50 },
      bargap: 0,
    },
  };
};

widthwise.figures.residual = (curves, layout, theme, room) => {
  const { steps } = widthwise.training.now();
  const floor = 1e-9, traces = [];
  for (const tolerance of layout.tolerances) {
    traces.push({ x: [1, 1e15], y: [tolerance, tolerance], mode: "lines", line: { color: theme.soft, width: 1, dash: "1px,4px" }, hovertemplate: `tolerance ${widthwise.number(tolerance)}<extra></extra>` });
  }
  curves.forEach((line, i) => {
    if (!line.shown) return;
    const look = widthwise.look(line.activation, theme);
    const isChosen = i === widthwise.training.chosen;
    traces.push({
      x: line.places.map((p) => widthwise.landweber.stepsAt(p)), y: line.heights.map((h) => (h < floor / 10 ? null : h)), mode: "lines+markers",
      line: { color: look.color, width: isChosen ? 3.2 : 1.9, dash: look.dash }, marker: { ...widthwise.marker(look, theme, 7), maxdisplayed: 14 }, opacity: isChosen ? 1 : 0.8,
      text: line.places.map((p, j) => `<b>${widthwise.nameOf(line.activation)}</b><br>${widthwise.whole(widthwise.landweber.stepsAt(p))} steps<br>residual ${widthwise.number(line.heights[j])}`),
      hovertemplate: "%{text}<extra></extra>",
    });
  });
  const shape = { type: "line", xref: "x", x0: steps, x1: steps, yref: "paper", y0: 0, y1: 1, line: { color: theme.ink, width: 1.4 } };
  return {
    traces,
    layout: {
      xaxis: widthwise.powerAxis(theme, "steps k", -0.15, 15.15, { most: room.width < 420 ? 6 : 9 }),
      yaxis: widthwise.powerAxis(theme, "relative residual", Math.log10(floor), 0.25, { most: 6 }),
      shapes: [shape],
      margin: { l: 62, r: 16, t: 14, b: 50 },
    },
  };
};

// One sentence that says what the two pictures show now.
widthwise.training.sentence = () => {
  const { curve, steps, filters } = widthwise.training.now();
  const learned = filters.filter((part) => Math.abs(part - 1) <= 0.01).length;
  const left = widthwise.landweber.residual(curve, steps);
  const labels = curve.worst_case ? "the slowest label direction" : "the labels";
  return `After ${widthwise.whole(steps)} step${steps === 1 ? "" : "s"} ${curve.subject}: ` +
    `${learned.toLocaleString("en")} of ${curve.directions.toLocaleString("en")} directions learned to 99 %; ` +
    `relative residual ${widthwise.number(left)} on ${labels}.`;
};

widthwise.training.start = (draw) => {
  const slider = document.getElementById("training-steps");
  if (!slider) return;
  const select = document.getElementById("training-activation");
  const count = document.getElementById("training-count");
  const readout = document.getElementById("training-readout");
  const update = () => {
    widthwise.training.place = Number(slider.value);
    widthwise.training.chosen = Number(select.value);
    const { curve, steps } = widthwise.training.now();
    const left = widthwise.number(widthwise.landweber.residual(curve, steps));
    count.textContent = `${widthwise.whole(steps)} step${steps === 1 ? "" : "s"}`;
    slider.setAttribute("aria-valuetext", `${count.textContent}, relative residual ${left}`);
    readout.textContent = widthwise.training.sentence();
    document.getElementById("plot-filters").setAttribute("aria-label", "Chart of the learned part of each label direction. " + readout.textContent);
    draw("filters");
    draw("residual");
  };
  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; update(); });
  };
  slider.addEventListener("input", soon);
  select.addEventListener("change", update);
  update();
};
