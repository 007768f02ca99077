// One network on the line, the regions of a plane, and the loss along one way.
Object.assign(widthwise.paperHeights, { line: 360, slice: 360, plane_active_units: 420, plane_rank: 420 });

// Bars from edge to edge: what is constant between two edges.
widthwise.landscape.pieces = (edges, heights, colors, text) => ({
  type: "bar", yaxis: "y2", x: heights.map((_, i) => edges[i]), width: heights.map((_, i) => Math.max(edges[i + 1] - edges[i], 0)), offset: 0,
  y: heights, marker: { color: colors, line: { width: 0 } }, text, textposition: "none", hovertemplate: "%{text}<extra></extra>",
});

widthwise.landscape.stripAxes = (theme, titles, range, heights, highest) => ({
  xaxis: widthwise.axis(theme, titles[0], { range, anchor: "y2", showgrid: false }),
  yaxis: widthwise.axis(theme, titles[1], { domain: [0.34, 1], range: heights, nticks: 6 }),
  yaxis2: widthwise.axis(theme, titles[2], { domain: [0, 0.26], range: [0, Math.max(1, 1.12 * highest)], nticks: 4, tickformat: ",d" }),
  yaxis3: { domain: [0.275, 0.325], range: [0, 1], visible: false, fixedrange: true },
  bargap: 0,
});

widthwise.landscape.heights = (...lists) => {
  const [low, high] = [Math.min, Math.max].map((pick) => lists.flat().filter((v) => v !== null).reduce((a, b) => pick(a, b)));
  const pad = 0.06 * (high - low) || 1;
  return [low - pad, high + pad];
};

// Upright lines as one trace: as many shapes would be slow.
widthwise.landscape.uprights = (places, ends, yaxis, line) => ({
  x: places.flatMap((place) => [place, place, null]), y: places.flatMap(() => [...ends, null]), yaxis, mode: "lines", line, hoverinfo: "skip",
});

widthwise.landscape.thin = (places, theme) => ({ color: theme.line, width: places.length > 80 ? 0.5 : 1 });

// Neighbours in two shades, unless they are too many to be told apart.
widthwise.landscape.shades = (colors) => colors.map((color, i) => widthwise.faded(color, colors.length > 40 || i % 2 ? 0.72 : 0.9));

widthwise.figures.line = (curves, layout, theme) => {
  const [curve] = curves;
  const [own, other] = [widthwise.look(0, theme), widthwise.look(1, theme)];
  const range = [curve.grid[0], curve.grid[curve.grid.length - 1]];
  const text = curve.active.map((units, i) =>
    `<b>region ${(i + 1).toLocaleString("en")} of ${curve.active.length.toLocaleString("en")}</b><br>${units} active unit${units === 1 ? "" : "s"}, ${curve.inside[i]} row${curve.inside[i] === 1 ? "" : "s"}` +
    `<br>from ${widthwise.number(curve.edges[i])} to ${widthwise.number(curve.edges[i + 1])}`);
  const heights = curve.y || curve.x.map((x) => widthwise.landscape.between(x, curve.grid, curve.outputs));
  const between = widthwise.landscape.heights(curve.outputs, heights);
  const inside = curve.breakpoints.filter((each) => each >= range[0] && each <= range[1]);
  return {
    traces: [
      widthwise.landscape.uprights(inside, between, "y", widthwise.landscape.thin(inside, theme)),
      widthwise.landscape.uprights(inside, [0, 1], "y3", { color: theme.ink, width: 1.4 }),
      { x: curve.grid, y: curve.outputs, mode: "lines", line: { color: own.color, width: 2.6, simplify: false }, hovertemplate: "x = %{x:.4g}<br>output %{y:.4g}<extra></extra>" },
      {
        x: curve.x, y: heights, mode: "markers", marker: { ...widthwise.marker(other, theme, 9), symbol: "circle" },
        hovertemplate: curve.y ? "row at %{x:.4g}<br>label %{y:.4g}<extra></extra>" : "row at %{x:.4g}<extra></extra>",
      },
      widthwise.landscape.pieces(curve.edges, curve.active, widthwise.landscape.shades(curve.active.map(() => own.color)), text),
    ],
    layout: {
      ...widthwise.landscape.stripAxes(theme, ["input x", curve.y ? "output, and labels" : "output", "active units"], range, between, Math.max(...curve.active)),
      margin: { l: 64, r: 16, t: 12, b: 50 },
    },
  };
};

widthwise.landscape.between = (x, grid, values) => {
  const last = grid.length - 1;
  const next = grid.findIndex((each) => each >= x);
  if (next <= 0) return values[next < 0 ? last : 0];
  const part = (x - grid[next - 1]) / (grid[next] - grid[next - 1]);
  return values[next - 1] + part * (values[next] - values[next - 1]);
};

widthwise.landscape.plane = (curves, layout, theme, room) => {
  const [curve] = curves;
  const flat = curve.values.flat();
  const low = flat.reduce((a, b) => Math.min(a, b)), high = flat.reduce((a, b) => Math.max(a, b));
  const point = widthwise.look(1, theme);
  const ends = { x: [], y: [] };
  for (const [from, to] of curve.lines) { ends.x.push(from[0], to[0], null); ends.y.push(from[1], to[1], null); }
  const box = (values) => [values[0], values[values.length - 1]];
  const stride = Math.max(1, Math.ceil((high - low) / 8));
  const ticks = Array.from({ length: Math.floor((high - low) / stride) + 1 }, (_, i) => low + i * stride);
  return {
    traces: [
      {
        type: "heatmap", x: curve.x, y: curve.y, z: curve.values, zmin: low, zmax: high > low ? high : low + 1, colorscale: widthwise.heatScale(theme, 0.9), zsmooth: false,
        text: curve.regions, hovertemplate: `<b>region %{text}</b><br>${curve.word} %{z}<extra></extra>`,
        colorbar: widthwise.colorbar(theme, room, curve.word, { tickvals: ticks, ticktext: ticks.map((each) => each.toLocaleString("en")) }),
      },
      { ...ends, mode: "lines", line: { color: theme.ink, width: 1.1 }, hoverinfo: "skip" },
      {
        x: curve.points.map((each) => each[0]), y: curve.points.map((each) => each[1]), mode: "markers",
        marker: { symbol: "circle", size: curve.points.length > 200 ? 5 : 9, color: point.color, line: { width: 1.4, color: theme.surface } }, hovertemplate: "row at (%{x:.3g}, %{y:.3g})<extra></extra>",
      },
    ],
    layout: {
      xaxis: widthwise.axis(theme, "first column", { range: box(curve.x), showgrid: false, nticks: 6 }),
      yaxis: widthwise.axis(theme, "second column", { range: box(curve.y), showgrid: false, nticks: 6 }),
      margin: { l: 56, r: 10, t: 12, b: 50 },
    },
  };
};

widthwise.figures.plane_active_units = widthwise.landscape.plane;
widthwise.figures.plane_rank = widthwise.landscape.plane;

widthwise.figures.slice = (curves, layout, theme) => {
  const [curve] = curves;
  const [own, low, mark] = [2, 1, 0].map((index) => widthwise.look(index, theme));
  const isFull = (rank) => rank >= layout.full;
  const text = curve.rank.map((rank, i) =>
    `<b>rank ${rank.toLocaleString("en")} of ${layout.full.toLocaleString("en")}</b>${isFull(rank) ? ": full" : ""}<br>t from ${widthwise.number(curve.ends[i])} to ${widthwise.number(curve.ends[i + 1])}`);
  const colors = widthwise.landscape.shades(curve.rank.map((rank) => (isFull(rank) ? own.color : low.color)));
  const range = [curve.t[0], curve.t[curve.t.length - 1]];
  const between = widthwise.landscape.heights([0], curve.loss);
  return {
    traces: [
      widthwise.landscape.uprights(curve.edges, between, "y", widthwise.landscape.thin(curve.edges, theme)),
      { x: curve.t, y: curve.loss, mode: "lines", line: { color: mark.color, width: 2.6, simplify: false }, hovertemplate: "t = %{x:.4g}<br>loss %{y:.4g}<extra></extra>" },
      { x: curve.minima, y: curve.lowest, mode: "markers", marker: { symbol: "diamond", size: 12, color: theme.ink, line: { width: 1.4, color: theme.surface } }, hovertemplate: "<b>minimum</b> at t = %{x:.4g}<br>loss %{y:.4g}<extra></extra>" },
      widthwise.landscape.pieces(curve.ends, curve.rank, colors, text),
      { x: range, y: [layout.full, layout.full], yaxis: "y2", mode: "lines", line: { color: theme.ink, width: 1.4, dash: "6px,4px" }, hovertemplate: `full rank ${layout.full}<extra></extra>` },
    ],
    layout: {
      ...widthwise.landscape.stripAxes(theme, ["t", widthwise.escaped(layout.loss.slice(0, 40)), "rank"], range, between, Math.max(layout.full, ...curve.rank)),
      annotations: [[0, "start"], [1, "aim"]].filter(([t]) => t > range[0] && t < range[1]).map(([t, word]) =>
        ({ xref: "x", x: t, yref: "paper", y: 1, yanchor: "bottom", showarrow: false, text: `${word}, t = ${t}`, font: { size: 12, color: theme.soft } })),
      margin: { l: 64, r: 16, t: 30, b: 50 },
    },
  };
};
