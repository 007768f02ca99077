// The figures, each from the state and what was found.
explore.kinds = { minimum: "minimum norm", ridge: "ridge", steps: "after k steps", limit: "infinite width" };

explore.across = (state) => ({
  from: -1, to: 1, ticks: [-1, -0.5, 0, 0.5, 1],
  name: state.shape === "line" ? "position t" : "angle",
  written: state.shape === "line" ? undefined : (t) => `${String(180 * t).replace("-", "−")}°`,
});

explore.pairs = (values) => explore.grid.map((t, i) => [t, values[i]]);

explore.drawFit = (state, found) => {
  const focused = explore.focused(); // lost with the drawing that is replaced
  const chart = explore.chart("explore-fit", {
    x: explore.across(state), y: { from: -2, to: 2, ticks: [-2, -1, 0, 1, 2] }, height: innerWidth < 901 ? 290 : 560,
  });
  chart.line(explore.pairs(explore.grid.map(explore.truths[state.truth])), "truth");
  const lines = { ...Object.fromEntries(Object.entries(found.fits).map(([name, fit]) => [name, fit.values])), limit: found.limit.values };
  for (const name of Object.keys(explore.kinds).reverse()) if (state.shown[name]) chart.line(explore.pairs(lines[name]), name);
  explore.drawPoints(chart, state, focused);
};

// The unit circle, and on it the points as the first layer sees them; of a circle, from above.
explore.drawRing = (state) => {
  const root = document.getElementById("explore-ring");
  root.setAttribute("viewBox", "-1.3 -1.3 2.6 2.6");
  const spots = state.points.map(({ t }) => {
    const [across, up, lift] = explore.place(t, state);
    return state.shape === "line" ? [across, -up] : [across, -up, lift];
  });
  const reach = state.shape === "line" ? 1 : Math.hypot(...spots[0].slice(0, 2));
  root.replaceChildren(
    explore.svg("circle", { r: 1, class: "rim" }),
    explore.svg("circle", { r: reach, class: "rim inner" }),
    ...spots.map(([x, y], i) => explore.svg("line", { x1: 0, y1: 0, x2: x, y2: y, class: "ray", "data-point": i })),
    ...spots.map(([x, y], i) => explore.svg("circle", { cx: x, cy: y, r: 0.085, class: "point", "data-point": i })),
  );
};

explore.drawFeatures = (state) => {
  const shown = Math.min(state.width, 24);
  const rows = explore.network(state, state.draw, explore.grid)(state.width).map((row) => row.map((each) => each * Math.sqrt(state.width)));
  const values = rows.flatMap((row) => [...row.slice(0, shown)]);
  const [low, high] = [Math.min(0, ...values), Math.max(...values, 0.1)];
  const ticks = [low, 0, high].filter((each, i) => i !== 0 || each < -0.05 * high);
  const chart = explore.chart("explore-features", { x: explore.across(state), y: { from: low, to: high, ticks, written: (value) => widthwise.number(value, 2) }, height: 260 });
  for (let unit = 0; unit < shown; unit++) chart.line(explore.pairs(rows.map((row) => row[unit])), `unit series-${unit % 8}`);
};

explore.drawEigenvalues = (state, found) => {
  const floor = 1e-17;
  const all = [...found.eigenvalues, ...found.limit.eigenvalues];
  const [low, high] = [10 ** Math.floor(Math.log10(Math.max(Math.min(...all), floor))), 10 ** Math.ceil(Math.log10(Math.max(...all)))];
  const n = state.points.length;
  const chart = explore.chart("explore-eigenvalues", {
    x: { from: 0.5, to: n + 0.5, ticks: Array.from({ length: n }, (_, i) => i + 1).filter((i) => n < 10 || i % 2), name: "number of the eigenvalue" },
    y: { from: low, to: high, log: true },
  });
  const pairs = (values) => values.map((value, i) => [i + 1, Math.max(value, low)]);
  chart.line(pairs(found.limit.eigenvalues), "limit");
  chart.line(pairs(found.eigenvalues), "minimum");
  chart.dots(pairs(found.limit.eigenvalues), "limit");
  chart.dots(pairs(found.eigenvalues), "minimum");
};

explore.drawLearning = (state, found) => {
  const names = Object.keys(explore.filters).filter((name) => state.shown[name]);
  const all = [...found.learning.flatMap((row) => names.map((name) => row[name])), found.limit.testError].filter((each) => each > 0);
  const [low, high] = [Math.max(Math.min(...all), 1e-6), Math.min(Math.max(...all), 1e6)];
  const widths = explore.widths(state);
  const chart = explore.chart("explore-learning", {
    x: { from: 1, to: widths.at(-1), log: true, ticks: [1, 2, 4, 8, 16, 32, 64, 128, 256].filter((each) => each <= widths.at(-1)), written: String, name: "width m" },
    y: { from: 10 ** Math.floor(Math.log10(low)), to: 10 ** Math.ceil(Math.log10(high)), log: true },
  });
  chart.upright(state.points.length, `m = n = ${state.points.length}`);
  if (state.shown.limit) chart.line([[1, found.limit.testError], [widths.at(-1), found.limit.testError]], "limit");
  for (const name of names) {
    chart.line(found.learning.map((row) => [row.width, row[name]]), name);
    chart.dots(found.learning.filter((row) => row.width === state.width).map((row) => [row.width, row[name]]), name);
  }
};

explore.drawKernels = (state, found) => {
  explore.cells("explore-gram", found.gram);
  explore.cells("explore-kernel", found.limit.matrix);
};

// The cube seen from a corner's side: the two tetrahedra have the two labels.
explore.drawCube = () => {
  const spot = ([x, y, z]) => [x * 0.86 - y * 0.5, -z * 0.9 + x * 0.22 + y * 0.38];
  const edges = explore.cube.flatMap((a, i) => explore.cube.slice(i + 1).filter((b) => explore.dot(a, b) === 1).map((b) => [a, b]));
  document.getElementById("explore-cube").replaceChildren(
    ...edges.map(([a, b]) => { const [[x1, y1], [x2, y2]] = [spot(a), spot(b)]; return explore.svg("line", { x1, y1, x2, y2, class: "edge" }); }),
    ...explore.cube.flatMap((vertex, i) => {
      const [x, y] = spot(vertex);
      return [explore.svg("circle", { cx: x, cy: y, r: 0.2, class: i % 2 ? "vertex minus" : "vertex plus" }), explore.svg("text", { x, y: y + 0.09, "text-anchor": "middle" }, i % 2 ? "−" : "+")];
    }),
  );
};
