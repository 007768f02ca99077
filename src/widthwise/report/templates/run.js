// A real run of training, laid over what was predicted.
widthwise.figures.run = (curves, layout, theme, room) => {
  const traces = [], heights = [], steps = [];
  for (const curve of curves) {
    const look = widthwise.look(curve.activation, theme);
    const text = curve.steps.map((step, i) =>
      `<b>step ${widthwise.whole(step)}</b><br>real ${widthwise.run.shown(curve.real[i])}<br>predicted ${widthwise.run.shown(curve.predicted[i])}`);
    traces.push({
      x: curve.steps, y: curve.real, mode: "lines+markers", line: { color: look.color, width: 3 },
      marker: { ...widthwise.marker({ ...look, symbol: "circle" }, theme, 8.5), maxdisplayed: 16 }, text, hovertemplate: "%{text}<extra></extra>",
    });
    traces.push({
      x: curve.steps, y: curve.predicted, mode: curve.steps.length > 1 ? "lines" : "lines+markers", line: { color: theme.ink, width: 1.8, dash: "6px,4px" },
      marker: { symbol: "circle-open", size: 12, color: theme.ink }, text, hovertemplate: "%{text}<extra></extra>",
    });
    const last = widthwise.run.lastFinite(curve.real);
    if (curve.stopped && last >= 0) {
      traces.push({
        x: [curve.steps[last]], y: [curve.real[last]], mode: "markers", marker: { symbol: "x", size: 13, color: look.color, line: { width: 1, color: theme.surface } },
        text: [`<b>the run stopped</b> after step ${widthwise.whole(curve.steps[last])}`], hovertemplate: "%{text}<extra></extra>",
      });
    }
    heights.push(...curve.real, ...curve.predicted);
    steps.push(...curve.steps);
  }
  // The run starts at 1; what is below 1e-16 of it is rounding.
  const [low, high] = widthwise.logRange([1, ...heights.map((v) => (v === null ? null : Math.max(v, 1e-16)))], 0.06);
  const [first, last] = widthwise.logRange(steps, 0.03);
  return {
    traces,
    layout: {
      xaxis: widthwise.countAxis(theme, "steps k", first, last, room.width - 90),
      yaxis: high - low < 2
        ? widthwise.countAxis(theme, "relative residual", low, high, room.height - 70)
        : widthwise.powerAxis(theme, "relative residual", low, high, { most: 6 }),
    },
  };
};

widthwise.run = {};

widthwise.run.shown = (value) => (value === null ? "not finite" : widthwise.number(value));

widthwise.run.lastFinite = (values) => values.reduce((last, value, i) => (value === null ? last : i), -1);
