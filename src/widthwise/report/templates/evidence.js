// The figures that stand still: conditioning, eigenvalues, shapes and dual kernels.
widthwise.figures.conditioning = (curves, layout, theme, room) => {
  const drawn = curves.filter((curve) => curve.shown);
  const widthRange = widthwise.logRange(curves.flatMap((c) => c.widths), 0.04);
  const kappaRange = widthwise.logRange(curves.flatMap((c) => [...c.median, ...c.low, ...c.high, c.level]), 0.05);
  const marked = drawn.filter((curve) => curve.singular.some((share) => share > 0));
  const ends = widthRange.map((v) => Math.pow(10, v));
  const traces = [];
  for (const curve of drawn) {
    const look = widthwise.look(curve.activation, theme);
    const name = widthwise.nameOf(curve.activation);
    for (const run of widthwise.runs(curve)) {
      traces.push({
        x: [...run.map((i) => curve.widths[i]), ...run.map((i) => curve.widths[i]).reverse()],
        y: [...run.map((i) => curve.high[i]), ...run.map((i) => curve.low[i]).reverse()],
        fill: "toself", fillcolor: widthwise.faded(look.color, 0.18), line: { width: 0 }, mode: "lines", hoverinfo: "skip",
      });
    }
    if (curve.level !== null) {
      traces.push({
        x: ends, y: [curve.level, curve.level], mode: "lines", line: { color: look.color, width: 1.6, dash: "dash" },
        hovertemplate: `${name}, infinite width<br>κ = ${widthwise.number(curve.level)}<extra></extra>`,
      });
    }
    traces.push({
      x: curve.widths, y: curve.median, mode: "lines+markers", connectgaps: false,
      line: { color: look.color, width: 2.4 }, marker: widthwise.marker(look, theme, 8.5),
      text: curve.widths.map((width, i) => widthwise.conditioningText(curve, name, width, i)),
      hovertemplate: "%{text}<extra></extra>",
    });
  }
  marked.forEach((curve, row) => {
    const look = widthwise.look(curve.activation, theme);
    const at = curve.singular.map((share, i) => (share > 0 ? i : -1)).filter((i) => i >= 0);
    traces.push({
      x: at.map((i) => curve.widths[i]), y: at.map(() => marked.length - row), yaxis: "y2", mode: "markers",
      marker: { symbol: at.map((i) => (curve.singular[i] === 1 ? "x" : "x-thin-open")), size: 9, color: look.color, line: { color: look.color, width: 1.6 } },
      text: at.map((i) => `${widthwise.nameOf(curve.activation)}, width ${widthwise.whole(curve.widths[i])}<br>numerically singular in ` +
        `${Math.round(curve.singular[i] * curve.trials)} of ${curve.trials} networks`),
      hovertemplate: "%{text}<extra></extra>",
    });
  });
  const strip = marked.length ? Math.min(0.4, 0.045 + 0.05 * marked.length) : 0;
  const axes = {
    xaxis: widthwise.countAxis(theme, "width m (hidden units)", widthRange[0], widthRange[1], room.width - 90),
    yaxis: widthwise.powerAxis(theme, "condition number κ(G)", kappaRange[0], kappaRange[1], { domain: [0, 1 - strip] }),
  };
  const notes = [];
  if (marked.length) {
    axes.yaxis2 = widthwise.axis(theme, "", { domain: [1 - strip + 0.025, 1], range: [0.3, marked.length + 0.7], showticklabels: false, ticks: "", showgrid: false, mirror: true });
    axes.xaxis.anchor = "y";
    notes.push({ xref: "paper", yref: "paper", x: 0, y: 1, xanchor: "left", yanchor: "bottom", showarrow: false, text: room.width < 480 ? "✕ numerically singular" : "✕ numerically singular (a thin cross: in some of the networks)", font: { size: 12, color: theme.soft } });
  }
  return { traces, layout: { ...axes, annotations: notes, margin: { l: 72, r: 18, t: marked.length ? 30 : 14, b: 52 } } };
};

widthwise.conditioningText = (curve, name, width, i) => {
  if (curve.median[i] === null) return "";
  const lines = [`<b>${name}</b>, width ${widthwise.whole(width)}`, `median κ = ${widthwise.number(curve.median[i])}`];
  if (curve.low[i] !== null && curve.high[i] !== null) lines.push(`${widthwise.number(curve.low[i])} to ${widthwise.number(curve.high[i])} over ${curve.trials} networks`);
  return lines.join("<br>");
};

widthwise.figures.eigenvalues = (curves, layout, theme, room) => {
  const traces = [], heights = [];
  for (const curve of curves) {
    const bound = curve.bounds.map((v) => Math.max(v / curve.largest, 1e-300));
    const value = curve.values.map((v) => v / curve.largest);
    const isZero = curve.values.map((v, i) => v <= curve.bounds[i]);
    heights.push(...value.map((v, i) => (isZero[i] ? bound[i] : v)));
    if (!curve.shown) continue;
    const look = widthwise.look(curve.activation, theme);
    const name = widthwise.nameOf(curve.activation);
    const few = curve.order.length <= 16 ? 0 : 12;
    traces.push({
      x: curve.order, y: value.map((v, i) => (isZero[i] ? null : v)), mode: curve.order.length > 1 ? "lines+markers" : "markers",
      line: { color: look.color, width: 2.2, dash: look.dash }, marker: { ...widthwise.marker(look, theme, 8), maxdisplayed: few },
      text: curve.values.map((v, i) => `<b>${name}</b>, eigenvalue ${curve.order[i].toLocaleString("en")}<br>λ = ${widthwise.number(v)} ± ${widthwise.number(curve.bounds[i])}<br>${widthwise.number(value[i])} of the largest`),
      hovertemplate: "%{text}<extra></extra>",
    });
    traces.push({
      x: curve.order, y: bound, mode: "lines", line: { color: widthwise.faded(look.color, 0.75), width: 1.4, dash: "2px,3px" },
      hovertemplate: `${name}: error bound, %{y:.1e} of the largest<extra></extra>`,
    });
    const zeros = isZero.map((zero, i) => (zero ? i : -1)).filter((i) => i >= 0);
    if (zeros.length) {
      traces.push({
        x: zeros.map((i) => curve.order[i]), y: zeros.map((i) => bound[i]), mode: "markers",
        marker: { symbol: look.symbol + "-open", size: 8, color: look.color, line: { width: 1.6, color: look.color }, maxdisplayed: zeros.length > 60 ? 30 : 0 },
        text: zeros.map((i) => `<b>${name}</b>, eigenvalue ${curve.order[i].toLocaleString("en")}<br>zero within the error ${widthwise.number(curve.bounds[i])}`),
        hovertemplate: "%{text}<extra></extra>",
      });
    }
  }
  const floors = curves.flatMap((c) => c.bounds.map((v) => Math.max(v / c.largest, 1e-18)));
  const [low, high] = widthwise.logRange([...heights.map((h) => Math.max(h, 1e-18)), ...floors], 0.04);
  const last = curves.map((c) => c.order[c.order.length - 1]).reduce((a, b) => Math.max(a, b));
  return {
    traces,
    layout: {
      xaxis: widthwise.orderAxis(theme, "eigenvalue, in descending order", last, room.width),
      yaxis: widthwise.powerAxis(theme, "λᵢ / λ₁", low, high, {}),
    },
  };
};

widthwise.lines = (curves, layout, theme, axes, word) => {
  const traces = curves.filter((curve) => curve.shown).map((curve) => {
    const look = widthwise.look(curve.activation, theme);
    const name = widthwise.nameOf(curve.activation);
    return {
      x: curve.x, y: curve.y, mode: "lines+markers", line: { color: look.color, width: 2.2, dash: look.dash },
      marker: { ...widthwise.marker(look, theme, 7.5), maxdisplayed: 9 },
      hovertemplate: `<b>${name}</b><br>${word}<extra></extra>`,
    };
  });
  return { traces, layout: { xaxis: widthwise.axis(theme, axes[0], { range: layout.range, nticks: 6 }), yaxis: widthwise.axis(theme, axes[1], { nticks: 7 }), margin: { l: 58, r: 16, t: 14, b: 50 } } };
};

widthwise.figures.shapes = (curves, layout, theme) =>
  widthwise.lines(curves, layout, theme, ["z", "σ(z)"], "σ(%{x:.2f}) = %{y:.4g}");

widthwise.figures.duals = (curves, layout, theme) =>
  widthwise.lines(curves, layout, theme, ["t, inner product of two rows", "k(t) / k(1)"], "t = %{x:.2f}: %{y:.4g} of k(1)");
