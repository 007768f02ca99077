"use strict";
// What every figure shares: colours, markers, axes, and safe names.
const widthwise = { figures: {}, paperHeights: { conditioning: 380 } };

widthwise.symbols = ["circle", "square", "diamond", "triangle-up", "triangle-down", "pentagon", "star"];
widthwise.dashes = ["solid", "9px,4px", "2px,3px", "12px,4px,2px,4px", "6px,3px"];

// Plotly reads a few tags in its labels; a name must never be taken for one.
widthwise.escaped = (text) =>
  String(text).replace(/[\u0000-\u001f\u007f]/g, "\ufffd").replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

widthwise.nameOf = (index) => {
  const name = widthwiseRecord.activations[index];
  return widthwise.escaped(name.length > 28 ? name.slice(0, 27) + "…" : name);
};

widthwise.theme = () => {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue("--" + name).trim();
  return {
    ink: read("ink"), soft: read("soft"), grid: read("grid"), line: read("line"), surface: read("surface"),
    yes: read("yes"), caution: read("caution"), no: read("no"),
    series: Array.from({ length: 8 }, (_, i) => read("series-" + i)),
    font: getComputedStyle(document.body).fontFamily,
  };
};

widthwise.look = (index, theme) => {
  const turn = Math.floor(index / 8);
  return {
    color: theme.series[index % 8],
    symbol: widthwise.symbols[(index + turn) % widthwise.symbols.length],
    dash: widthwise.dashes[(index + turn) % widthwise.dashes.length],
  };
};

widthwise.faded = (color, opacity) => {
  const channels = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  return `rgba(${channels.join(",")},${opacity})`;
};

// The rule of widthwise/wording/_written.py: rounded first, then 3.76×10⁵ or 0.0123.
widthwise.number = (value, digits = 3) => {
  if (value === 0) return "0";
  const sign = value < 0 ? "−" : "";
  const [mantissa, power] = Math.abs(value).toExponential(digits - 1).split("e");
  if (power > -5 && power < digits + 2) {
    return sign + Number(`${mantissa}e${power}`).toLocaleString("en", { maximumSignificantDigits: digits });
  }
  return `${sign}${Number(mantissa) === 1 ? "" : Number(mantissa) + "×"}10${widthwise.raised(Number(power))}`;
};

widthwise.raised = (power) => String(power).replace(/[-0-9]/g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);

widthwise.whole = (value) => (Math.abs(value) < 1e7 ? (Math.round(value) + 0).toLocaleString("en").replace("-", "−") : widthwise.number(value));

// Never a false 100 %; a share too small to be pictured as a percentage stays a number.
widthwise.percent = (share) => {
  if (share > 0 && share < 1e-5) return widthwise.number(share);
  const shown = widthwise.number(100 * share);
  return shown === "100" && share < 1 ? "over 99.9 %" : `${shown} %`;
};

// A figure that Python drew: its layout is for the room, its colours wait for the theme.
widthwise.drawn = (curves, { panels }, theme, room, panel) => {
  const { layout, trace } = panels[panel].findLast(({ width }) => width === 0 || room.width >= width);
  const traces = curves.filter((curve) => curve.shown).flatMap((curve) => curve.traces[panel]);
  return {
    traces: traces.map((each) => ({ ...widthwise.coloured({ ...each, ...trace }, theme), ...(each.hint && widthwise.hints(each.hint)) })),
    layout: widthwise.coloured(layout, theme),
    scale: trace && trace.colorscale,
  };
};

// "series-0 0.16" under a name that ends in color is a colour of the theme, and "heat 0.5" a scale.
widthwise.coloured = (part, theme, name = "") => {
  if (typeof part === "string") {
    const [color, opacity] = part.split(" ");
    if (name === "colorscale") return widthwise.heatScale(theme, opacity);
    const found = theme[color] || theme.series[color.slice("series-".length)];
    return !/color$/.test(name) ? part : opacity ? widthwise.faded(found, opacity) : found;
  }
  if (part === null || typeof part !== "object" || name === "hint") return part;
  if (Array.isArray(part)) return part.map((each) => widthwise.coloured(each, theme, name));
  return Object.fromEntries(Object.entries(part).map(([key, each]) => [key, widthwise.coloured(each, theme, key)]));
};

// What is said of each point: words and names of numbers in turn; a line that lacks one is left out.
widthwise.hints = ({ lines, ...numbers }) => {
  const shown = (value) => (typeof value === "number" ? widthwise.number(value) : value);
  const lacks = (line, i) => line.some((part, j) => j % 2 && numbers[part][i] === null);
  const said = (line, i) => line.map((part, j) => (j % 2 ? shown(numbers[part][i]) : part)).join("");
  const text = numbers.x.map((_, i) => lines.filter((line) => !lacks(line, i)).map((line) => said(line, i)).join("<br>"));
  return { text, hovertemplate: "%{text}<extra></extra>" };
};

widthwise.layout = (theme, changes) => ({
  paper_bgcolor: "rgba(0,0,0,0)",
  plot_bgcolor: "rgba(0,0,0,0)",
  font: { family: theme.font, size: 13, color: theme.ink },
  margin: { l: 68, r: 18, t: 14, b: 52 },
  showlegend: false,
  hovermode: "closest",
  dragmode: false,
  hoverlabel: { bgcolor: theme.surface, bordercolor: theme.line, font: { color: theme.ink, family: theme.font, size: 13 }, align: "left" },
  template: { layout: { xaxis: widthwise.axis(theme), yaxis: widthwise.axis(theme) } },
  ...changes,
});

widthwise.axis = (theme, title = "", changes = {}) => ({
  title: { text: title, standoff: 8, font: { size: 13, color: theme.soft } },
  gridcolor: theme.grid,
  linecolor: theme.line,
  tickcolor: theme.line,
  tickfont: { color: theme.soft, size: 12 },
  showline: true,
  zeroline: false,
  fixedrange: true,
  ticks: "outside",
  ticklen: 4,
  automargin: true,
  exponentformat: "power",
  separatethousands: true,
  ...changes,
});

widthwise.logRange = (values, padding) => {
  const logs = values.filter((v) => v !== null && v > 0 && Number.isFinite(v)).map(Math.log10);
  if (!logs.length) return [0, 1];
  const low = logs.reduce((a, b) => Math.min(a, b)), high = logs.reduce((a, b) => Math.max(a, b));
  const pad = Math.max((high - low) * padding, high > low ? 0.06 : 0.3);
  return [low - pad, high + pad];
};

// Ticks at powers of ten, few enough to be read.
widthwise.powerAxis = (theme, title, low, high, changes) => {
  const span = high - low;
  const stride = Math.max(1, Math.ceil(span / (changes && changes.most ? changes.most : 8)));
  const powers = [];
  for (let p = Math.ceil(low / stride - 1e-9) * stride; p <= high + 1e-9; p += stride) powers.push(p);
  const { most, ...rest } = changes || {};
  return widthwise.axis(theme, title, {
    type: "log",
    range: [low, high],
    tickvals: powers.map((p) => Math.pow(10, p)),
    ticktext: powers.map((p) => (p === 0 ? "1" : p === 1 ? "10" : "10" + widthwise.raised(p))),
    ...rest,
  });
};

// Whole numbers on a logarithmic axis: 100, 200, 500, 1,000.
widthwise.countAxis = (theme, title, low, high, room) => {
  const span = high - low;
  const leads = span <= 0.7 ? [1, 1.5, 2, 3, 4, 5, 7] : span * 3 * 64 < room ? [1, 2, 5] : span * 2 * 64 < room ? [1, 3] : [1];
  const values = [];
  for (let p = Math.floor(low); p <= Math.ceil(high); p += 1) {
    for (const lead of leads) {
      const value = lead * Math.pow(10, p);
      if (Math.log10(value) >= low - 1e-9 && Math.log10(value) <= high + 1e-9) values.push(value);
    }
  }
  return widthwise.axis(theme, title, {
    type: "log", range: [low, high], tickvals: values, ticktext: values.map((v) => (v < 1 ? widthwise.number(v) : widthwise.whole(v))),
  });
};

// Places in a list, counted from 1: 1, 20, 40, …, with room for each number.
widthwise.orderAxis = (theme, title, last, room) => {
  const wanted = (last - 1) / Math.max(2, Math.min(10, room / 60));
  const scale = Math.pow(10, Math.floor(Math.log10(Math.max(wanted, 1))));
  const stride = [1, 2, 5, 10].map((lead) => lead * scale).find((each) => each >= wanted);
  const values = [1];
  for (let place = stride; place <= last; place += stride) if (place > 1 && (place - 1 >= stride * 0.6 || stride === 1)) values.push(place);
  const pad = Math.max(0.5, (last - 1) * 0.02);
  return widthwise.axis(theme, title, { range: [1 - pad, last + pad], tickvals: values, ticktext: values.map((v) => v.toLocaleString("en")) });
};

widthwise.marker = (look, theme, size) => ({
  symbol: look.symbol, size: size || 8, color: look.color, line: { width: 1, color: theme.surface },
});

// Stretches of consecutive places where the range over the trials is finite.
widthwise.runs = (curve) => {
  const runs = [];
  let run = [];
  curve.low.forEach((_, i) => {
    if (curve.low[i] !== null && curve.high[i] !== null) { run.push(i); return; }
    if (run.length) runs.push(run);
    run = [];
  });
  if (run.length) runs.push(run);
  return runs.filter((each) => each.length > 1);
};

widthwise.drawSwatches = () => {
  const shapes = {
    circle: "M17 2.6a4.4 4.4 0 1 1-.01 0z", square: "M13 3h8v8h-8z", diamond: "M17 1.6L22.4 7 17 12.4 11.6 7z",
    "triangle-up": "M17 2l5.4 9.4H11.6z", "triangle-down": "M17 12l5.4-9.4H11.6z", pentagon: "M17 1.8l5.2 3.9-2 6.1h-6.4l-2-6.1z",
    star: "M17 1.2l1.6 4.1 4.3.2-3.4 2.7 1.2 4.2-3.7-2.4-3.7 2.4 1.2-4.2-3.4-2.7 4.3-.2z",
  };
  const theme = widthwise.theme();
  for (const swatch of document.querySelectorAll("[data-swatch]")) {
    const look = widthwise.look(Number(swatch.dataset.swatch), theme);
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    for (const [name, value] of Object.entries({ x1: 1, x2: 33, y1: 7, y2: 7 })) line.setAttribute(name, value);
    if (look.dash !== "solid") line.setAttribute("stroke-dasharray", look.dash.replace(/px/g, ""));
    const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
    shape.setAttribute("d", shapes[look.symbol]);
    swatch.replaceChildren(line, shape);
  }
};
