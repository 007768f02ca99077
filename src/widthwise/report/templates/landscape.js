// P(full rank) against width, and over rows and width.
Object.assign(widthwise.paperHeights, { full_rank: 360, heat: 300 });

widthwise.landscape = {};

widthwise.landscape.markLook = (kind, theme) => ({
  necessary: { color: theme.no, dash: "solid" }, half: { color: theme.ink, dash: "2px,3px" },
  certificate: { color: theme.yes, dash: "9px,4px" }, estimate: { color: theme.caution, dash: "4px,4px" },
}[kind]);

widthwise.figures.full_rank = (curves, layout, theme, room) => {
  const [curve] = curves;
  const look = widthwise.look(0, theme);
  const shown = (i) => curve.estimate[i] !== null;
  const text = curve.widths.map((width, i) => (shown(i)
    ? `<b>width ${widthwise.whole(width)}</b><br>${curve.successes[i].toLocaleString("en")} of ${curve.trials[i].toLocaleString("en")} networks: ${widthwise.percent(curve.estimate[i])}` +
      (curve.low[i] === null || curve.high[i] === null ? "" : `<br>${widthwise.percent(curve.low[i])} to ${widthwise.percent(curve.high[i])}`)
    : ""));
  const reach = (ends, sign) => curve.estimate.map((value, i) => (value === null || ends[i] === null ? 0 : Math.max(0, sign * (ends[i] - value))));
  const every = [...curve.widths, ...curve.marks.map((mark) => mark.width)];
  const [first, last] = layout.is_log ? widthwise.logRange(every, 0.05) : widthwise.landscape.linearRange(every);
  const at = (width) => (((layout.is_log ? Math.log10(width) : width) - first) / (last - first)) * (room.width - 90);
  const { shapes, annotations, rows } = widthwise.landscape.marks(curve.marks, at, layout.is_log, theme);
  return {
    traces: [{
      x: curve.widths, y: curve.estimate, mode: "lines+markers", connectgaps: false, line: { color: look.color, width: 2.4 },
      marker: { ...widthwise.marker(look, theme, 9) }, text, hovertemplate: "%{text}<extra></extra>",
      error_y: { type: "data", symmetric: false, array: reach(curve.high, 1), arrayminus: reach(curve.low, -1), color: widthwise.faded(look.color, 0.75), thickness: 1.6, width: 5 },
    }],
    layout: {
      shapes, annotations,
      xaxis: layout.is_log
        ? widthwise.countAxis(theme, "width m (hidden units)", first, last, room.width - 90)
        : widthwise.axis(theme, "width m (hidden units)", { range: [first, last], nticks: Math.max(3, Math.floor(room.width / 80)), tickformat: ",d" }),
      yaxis: widthwise.axis(theme, "P(full rank)", { range: [-0.03, 1.03], tickvals: [0, 0.25, 0.5, 0.75, 1], ticktext: ["0 %", "25 %", "50 %", "75 %", "100 %"] }),
      margin: { l: 72, r: 18, t: 12 + 21 * rows, b: 52 },
    },
  };
};

widthwise.landscape.linearRange = (values) => {
  const low = Math.min(...values), high = Math.max(...values);
  const pad = Math.max(1, 0.05 * (high - low));
  return [low - pad, high + pad];
};

// A line for each mark, and its letter above; letters that would meet go to another row.
widthwise.landscape.marks = (marks, at, isLog, theme) => {
  const ends = [], shapes = [], annotations = [];
  marks.forEach((mark) => {
    const place = at(mark.width);
    let row = ends.findIndex((end) => place - end > 22);
    if (row < 0) { row = ends.length; ends.push(place); } else ends[row] = place;
    const look = widthwise.landscape.markLook(mark.kind, theme);
    shapes.push({ type: "line", xref: "x", x0: mark.width, x1: mark.width, yref: "paper", y0: 0, y1: 1, line: { color: look.color, width: 1.8, dash: look.dash } });
    annotations.push({ xref: "x", x: isLog ? Math.log10(mark.width) : mark.width, yref: "paper", y: 1, yshift: 2 + 20 * row, yanchor: "bottom", showarrow: false, text: `<b>${mark.letter}</b>`, font: { size: 13, color: look.color } });
  });
  return { shapes, annotations, rows: ends.length };
};

widthwise.figures.heat = (curves, layout, theme, room) => {
  const [{ counts, widths, chance }] = curves;
  const cell = (room.width - 150) / widths.length;
  const words = chance.map((row) => row.map((share) => String(Math.round(100 * share))));
  return {
    traces: [{
      type: "heatmap", x: widths.map(String), y: counts.map(String), z: chance, zmin: 0, zmax: 1, colorscale: widthwise.heatScale(theme, 0.5), xgap: 2, ygap: 2,
      text: words, texttemplate: cell > 30 ? "%{text}" : "", textfont: { size: 12, color: theme.ink },
      customdata: chance.map((row, i) => row.map((share, j) => `<b>${counts[i].toLocaleString("en")} rows, width ${widthwise.whole(widths[j])}</b><br>P(full rank) ${widthwise.percent(share)}`)),
      hovertemplate: "%{customdata}<extra></extra>",
      colorbar: widthwise.colorbar(theme, room, "", { tickvals: [0, 0.5, 1], ticktext: ["0 %", "50 %", "100 %"] }),
    }],
    layout: {
      xaxis: widthwise.axis(theme, "width m (hidden units)", { type: "category", showgrid: false, ticks: "", nticks: Math.floor(room.width / 50) }),
      yaxis: widthwise.axis(theme, "rows n", { type: "category", showgrid: false, ticks: "" }),
      margin: { l: 62, r: 12, t: 12, b: 52 },
    },
  };
};
