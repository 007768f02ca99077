// Charts of an experiment: lines, points and heat maps, in one panel or several.
widthwise.charts = { many: 12 };

widthwise.charts.draw = (curves, layout, theme, room) => {
  const frame = widthwise.charts.frame(layout, room);
  const draw = layout.kind === "heat map" ? widthwise.charts.cells : widthwise.charts.lines;
  return draw(curves, layout, theme, frame);
};

widthwise.charts.cut = (text, most) => widthwise.escaped(text.length > most ? text.slice(0, most - 1) + "…" : text);

// A title that may be longer than its axis, in at most `rows` lines of some `most` characters.
widthwise.charts.wrapped = (text, most, rows = 3) => {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last && last.length + word.length + 1 > most) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  const kept = [...lines.slice(0, rows - 1), ...(lines.length >= rows ? [lines.slice(rows - 1).join(" ")] : [])];
  return kept.map((line) => widthwise.charts.cut(line, most + 4)).join("<br>");
};

// Where the panels stand, in pixels and in parts of the plot.
widthwise.charts.frame = (layout, room) => {
  const count = layout.panels.length, isMap = layout.kind === "heat map";
  const fitting = room.width >= 900 ? 3 : room.width >= 520 ? 2 : 1;
  const columns = count === 4 && fitting === 3 ? 2 : Math.min(count, fitting);
  const rows = Math.ceil(count / columns);
  const hasTitles = layout.panels.some((title) => title);
  const most = room.width < 520 ? 20 : 44; // letters of a name beside the vertical axis
  const upright = layout.is_turned ? layout.x_names : layout.y_names;
  const longest = Math.min(most + 4, Math.max(0, ...upright.map((name) => name.length)));
  const margin = { l: Math.max(layout.isSmall ? 58 : 76, 6.6 * longest + 36), r: isMap ? 96 : 18, t: hasTitles ? 34 : 14, b: layout.isSmall ? 46 : 56 };
  const gap = { x: layout.is_turned || !layout.shares_y ? 76 : 26, y: layout.shares_x && !hasTitles ? 40 : 62 };
  const tall = layout.isSmall ? 150 : count === 1 ? (room.width < 480 ? 240 : 350) : columns === 1 ? 190 : 220;
  const isLong = room.width < 520 && layout.x_names.some((name) => name.length > 20);
  const named = layout.is_turned ? layout.x_names.length * (isLong ? 38 : 26) : isMap ? Math.min(layout.y_names.length * 22, 420) : 0;
  const high = Math.max(layout.isSmall ? Math.min(tall, 150) : tall, layout.isSmall ? 0 : named);
  const wide = (room.width - margin.l - margin.r - gap.x * (columns - 1)) / columns;
  const whole = { x: room.width - margin.l - margin.r, y: high * rows + gap.y * (rows - 1) };
  const places = layout.panels.map((title, i) => {
    const column = i % columns, row = Math.floor(i / columns);
    const left = column * (wide + gap.x), top = row * (high + gap.y);
    return {
      title, suffix: i === 0 ? "" : String(i + 1), isFirst: column === 0, isLowest: i + columns >= count,
      x: [left / whole.x, Math.min(1, (left + wide) / whole.x)], y: [Math.max(0, 1 - (top + high) / whole.y), 1 - top / whole.y],
    };
  });
  return { places, margin, most, wide, high, height: whole.y + margin.t + margin.b, room };
};

widthwise.charts.union = (ranges) => {
  const known = ranges.filter((each) => each);
  return known.length ? [Math.min(...known.map((each) => each[0])), Math.max(...known.map((each) => each[1]))] : null;
};

// The ends of a linear axis: a little room beyond what it shows.
widthwise.charts.padded = ([low, high]) => {
  const pad = high > low ? 0.05 * (high - low) : Math.abs(low) * 0.1 || 1;
  return [low - pad, high + pad];
};

widthwise.charts.named = (names, theme, title, room, isUpright, most) => {
  const each = isUpright ? 18 : 34;
  const stride = Math.max(1, Math.ceil((names.length * each) / Math.max(room, 1)));
  const kept = names.map((_, i) => i).filter((i) => i % stride === 0);
  const shown = kept.map((i) => (isUpright && room >= 34 * kept.length ? widthwise.charts.wrapped(names[i], most, 2) : widthwise.charts.cut(names[i], most)));
  return widthwise.axis(theme, title, { range: [-0.6, names.length - 0.4], tickvals: kept, ticktext: shown, showgrid: isUpright, ticks: "" });
};

widthwise.charts.numeric = (range, isLog, theme, title, room, isUpright) => {
  if (!isLog) {
    return widthwise.axis(theme, title, { range: widthwise.charts.padded(range), nticks: Math.max(3, Math.floor(room / (isUpright ? 45 : 75))), exponentformat: "power", separatethousands: true });
  }
  const [low, high] = widthwise.logRange(range, 0.04);
  const isShort = high - low <= (isUpright ? 1.4 : low > -1.5 ? 5 : 1.6);
  return isShort
    ? widthwise.countAxis(theme, title, low, high, isUpright ? 2 * room : room)
    : widthwise.powerAxis(theme, title, low, high, { most: Math.max(2, Math.floor(room / (isUpright ? 34 : 56))) });
};

// Both axes of every panel, and the panels' titles.
widthwise.charts.axes = (layout, theme, frame) => {
  const axes = {}, annotations = [], [across, up] = layout.is_turned ? ["y", "x"] : ["x", "y"];
  const shared = { x: widthwise.charts.union(layout.ranges.map((each) => each.x)), y: widthwise.charts.union(layout.ranges.map((each) => each.y)) };
  frame.places.forEach((place, i) => {
    for (const key of ["x", "y"]) {
      const own = key === "x" ? across : up, isUpright = key === "y";
      const room = isUpright ? frame.high : frame.wide;
      const titled = isUpright ? place.isFirst : place.isLowest;
      const title = titled ? widthwise.charts.wrapped(layout[`${own}_label`], Math.max(12, Math.floor(room / 7.2))) : "";
      const names = layout[`${own}_edges`].length ? [] : layout[`${own}_names`];
      const axis = names.length
        ? widthwise.charts.named(names, theme, title, room, isUpright, isUpright ? frame.most : 18)
        : widthwise.charts.numeric((layout[`${own}_edges`].length ? [layout[`${own}_edges`][0], layout[`${own}_edges`].at(-1)] : layout[`shares_${own}`] ? shared[own] : layout.ranges[i][own]) || [0, 1], layout[`log_${own}`], theme, title, room, isUpright);
      axes[`${key}axis${place.suffix}`] = {
        ...axis, domain: place[key], anchor: `${isUpright ? "x" : "y"}${place.suffix}`, automargin: titled,
        showticklabels: isUpright ? place.isFirst || !(names.length || layout[`shares_${own}`]) : true,
      };
    }
    if (place.title) {
      annotations.push({ xref: "paper", yref: "paper", x: (place.x[0] + place.x[1]) / 2, xanchor: "center", y: place.y[1], yanchor: "bottom", yshift: 3, showarrow: false, text: `<b>${widthwise.charts.cut(place.title, Math.max(10, Math.floor(frame.wide / 7.5)))}</b>`, font: { size: 13, color: theme.ink } });
    }
  });
  return { ...axes, annotations, margin: frame.margin, height: frame.height };
};

widthwise.charts.lines = (curves, layout, theme, frame) => {
  const axes = widthwise.charts.axes(layout, theme, frame);
  const isMany = curves.length > widthwise.charts.many;
  const under = [], over = [];
  curves.forEach((curve) => {
    if (!curve.shown) return;
    const look = widthwise.look(curve.look, theme);
    for (const part of curve.parts) {
      const { suffix } = frame.places[part.panel];
      const where = { xaxis: `x${suffix}`, yaxis: `y${suffix}` };
      const floor = axes[`yaxis${suffix}`].range[0];
      if (part.low && part.high && layout.kind === "lines" && part.x.length > 1) under.push(...widthwise.charts.bands(part, widthwise.faded(look.color, curves.length > 3 ? 0.09 : 0.16), where, layout.log_y ? Math.pow(10, floor) : null));
      over.push(widthwise.charts.series(curve, part, look, where, layout, theme, isMany));
    }
  });
  return { traces: [...under, ...widthwise.charts.levels(curves, layout, theme, frame, axes), ...over], layout: axes };
};

// An interval around a line; where one of its ends is unknown it stops.
widthwise.charts.bands = (part, color, where, floor) => {
  const at = (value) => (floor !== null && value < floor ? floor : value);
  const runs = widthwise.runs(part);
  return runs.map((run) => ({
    ...where, x: [...run.map((i) => part.x[i]), ...run.map((i) => part.x[i]).reverse()], y: [...run.map((i) => at(part.high[i])), ...run.map((i) => at(part.low[i])).reverse()],
    fill: "toself", fillcolor: color, line: { width: 0 }, mode: "lines", hoverinfo: "skip",
  }));
};

widthwise.charts.series = (curve, part, look, where, layout, theme, isMany) => {
  const isLines = layout.kind === "lines", hasMarkers = !isLines || (!isMany && part.x.length <= 400) || part.x.length === 1;
  const isKnown = (i) => i >= 0 && i < part.y.length && part.low[i] !== null && part.high[i] !== null;
  // A band needs two neighbours; a point without gets bars.
  const isBarred = (i) => isKnown(i) && !(isLines && (isKnown(i - 1) || isKnown(i + 1)));
  const reach = (ends, sign) => part.y.map((value, i) => (value === null || !isBarred(i) ? 0 : Math.max(0, sign * (ends[i] - value))));
  const hasBars = part.low && part.high && part.x.some((_, i) => isBarred(i));
  const bars = hasBars && { type: "data", symmetric: false, array: reach(part.high, 1), arrayminus: reach(part.low, -1), color: widthwise.faded(look.color, 0.75), thickness: 1.6, width: 4 };
  const [across, up] = layout.is_turned ? [part.y, part.x] : [part.x, part.y];
  return {
    ...where, x: across, y: up, mode: !isLines ? "markers" : hasMarkers ? "lines+markers" : "lines", connectgaps: false,
    line: { color: look.color, width: isMany ? 1.2 : 2.2, dash: look.dash },
    marker: { ...widthwise.marker(look, theme, isMany ? 6 : layout.isSmall ? 6 : 7.5), maxdisplayed: part.x.length > 24 && isLines ? 14 : 0 },
    ...(bars && { [layout.is_turned ? "error_x" : "error_y"]: bars }),
    text: part.y.map((_, i) => widthwise.charts.hint(curve, part, layout, i)), hovertemplate: "%{text}<extra></extra>",
  };
};

widthwise.charts.hint = (curve, part, layout, i) => {
  if (part.y[i] === null) return "";
  const x = layout.x_names.length ? widthwise.charts.cut(layout.x_names[Math.round(part.x[i])], 44) : widthwise.number(part.x[i]);
  const name = [curve.name, layout.panels[part.panel]].filter((each) => each).map((each) => widthwise.charts.cut(each, 40)).join(", ");
  const lines = [`${widthwise.charts.cut(layout.x_label, 40)}: ${x}`, `${widthwise.charts.cut(layout.y_label, 40)}: ${widthwise.number(part.y[i])}`];
  if (part.low && part.high && part.low[i] !== null && part.high[i] !== null) lines.push(`${widthwise.number(part.low[i])} to ${widthwise.number(part.high[i])}`);
  if (part.level && part.level[i] !== null) lines.push(`${widthwise.charts.cut(layout.reference, 40)}: ${widthwise.number(part.level[i])}`);
  return [...(name ? [`<b>${name}</b>`] : []), ...lines].join("<br>");
};

// Dashed levels: across the panel where they are constant, and only once where they agree.
widthwise.charts.levels = (curves, layout, theme, frame, axes) => {
  const found = [];
  curves.filter((curve) => curve.shown).forEach((curve) => {
    for (const part of curve.parts.filter((each) => each.level)) {
      const known = part.level.filter((value) => value !== null);
      found.push({ panel: part.panel, part, look: widthwise.look(curve.look, theme), constant: known.every((value) => value === known[0]) ? known[0] : null });
    }
  });
  const seen = new Set();
  return found.flatMap(({ panel, part, look, constant }) => {
    const others = found.filter((each) => each.panel === panel);
    const agree = constant !== null && others.length > 1 && others.every((each) => each.constant === constant);
    if (agree && seen.has(panel)) return [];
    seen.add(panel);
    const { suffix } = frame.places[panel];
    const axis = axes[`${layout.is_turned ? "y" : "x"}axis${suffix}`];
    const ends = axis.range.map((end) => (axis.type === "log" ? Math.pow(10, end) : end));
    const [x, y] = constant === null ? [part.x, part.level] : [ends, [constant, constant]];
    return [{
      xaxis: `x${suffix}`, yaxis: `y${suffix}`, x: layout.is_turned ? y : x, y: layout.is_turned ? x : y, mode: "lines",
      line: { color: agree || curves.length === 1 ? theme.soft : look.color, width: 1.4, dash: "6px,4px" }, hoverinfo: "skip",
    }];
  });
};

// The size of the smallest cell along one axis, in pixels.
widthwise.charts.narrowest = (edges, names, room) => {
  if (!edges.length) return room / names.length;
  const logs = edges.map(Math.log10);
  return (room * Math.min(...logs.slice(1).map((log, i) => log - logs[i]))) / (logs[logs.length - 1] - logs[0]);
};

widthwise.charts.cells = (curves, layout, theme, frame) => {
  const axes = widthwise.charts.axes(layout, theme, frame);
  const levels = curves.filter((curve) => curve.level.some((value) => value !== null)).map((curve) => widthwise.charts.step(curve, layout, theme, frame));
  const cell = { x: widthwise.charts.narrowest(layout.x_edges, layout.x_names, frame.wide), y: widthwise.charts.narrowest(layout.y_edges, layout.y_names, frame.high) };
  const [low, high] = layout.z_range;
  // In a cell a hundredth of the scale is enough; the exact number is in the hint.
  const fine = Math.pow(10, Math.floor(Math.log10((high - low || Math.abs(low) || 1) / 100) + 1e-9));
  const words = curves.map((curve) => curve.z.map((row) => row.map((value) => (value === null ? "" : widthwise.number(Math.round(value / fine) * fine)))));
  const longest = Math.max(...words.flat(2).map((word) => word.length));
  const hasText = cell.x > 7.5 * longest + 6 && cell.y > 17 && !layout.isSmall;
  const traces = curves.map((curve, place) => {
    const { suffix, title } = frame.places[curve.panel];
    return {
      type: "heatmap", xaxis: `x${suffix}`, yaxis: `y${suffix}`, coloraxis: "coloraxis", z: curve.z, x: layout.x_edges.length ? layout.x_edges : layout.x_names.map((_, i) => i),
      y: layout.y_edges.length ? layout.y_edges : layout.y_names.map((_, i) => i), xgap: cell.x > 6 ? 1 : 0, ygap: cell.y > 6 ? 1 : 0, hoverongaps: false,
      text: words[place], texttemplate: hasText ? "%{text}" : "", textfont: { size: 12, color: theme.ink },
      customdata: curve.z.map((row, i) => row.map((value, j) => (value === null ? "" : [...(title ? [`<b>${widthwise.charts.cut(title, 40)}</b>`] : []),
        `${widthwise.charts.cut(layout.x_label, 40)}: ${widthwise.charts.cut(layout.x_names[j], 40)}`, `${widthwise.charts.cut(layout.y_label, 40)}: ${widthwise.charts.cut(layout.y_names[i], 40)}`,
        `${widthwise.charts.cut(layout.z_label, 40)}: ${widthwise.number(value)}`].join("<br>")))),
      hovertemplate: "%{customdata}<extra></extra>",
    };
  });
  for (const place of frame.places) {
    for (const key of ["x", "y"]) {
      const edges = layout[`${key}_edges`];
      const range = edges.length ? [Math.log10(edges[0]), Math.log10(edges.at(-1))] : [-0.5, layout[`${key}_names`].length - 0.5];
      Object.assign(axes[`${key}axis${place.suffix}`], { range, showgrid: false });
    }
  }
  axes.plot_bgcolor = theme.line; // where nothing was measured
  const title = widthwise.charts.wrapped(layout.z_label, Math.floor((frame.height - 90) / 7.5));
  axes.coloraxis = { cmin: low, cmax: high > low ? high : low + 1, colorscale: widthwise.heatScale(theme, hasText ? 0.5 : 0.95), colorbar: widthwise.colorbar(theme, frame.room, title, { exponentformat: "power", nticks: 6 }) };
  return { traces: [...traces, ...levels], layout: axes };
};

// The dashed reference of a heat map: in each row of cells, upright where it falls.
widthwise.charts.step = (curve, layout, theme, frame) => {
  const { suffix } = frame.places[curve.panel];
  const ends = layout.y_edges.length ? layout.y_edges : [...layout.y_names, ""].map((_, i) => i - 0.5);
  return {
    xaxis: `x${suffix}`, yaxis: `y${suffix}`, mode: "lines", hoverinfo: "skip", line: { color: theme.ink, width: 1.8, dash: "6px,4px" }, connectgaps: false,
    x: curve.level.flatMap((value) => [value, value]), y: curve.level.flatMap((_, i) => [ends[i], ends[i + 1]]),
  };
};

for (const identifier of Object.keys(widthwiseRecord.figures)) widthwise.figures[identifier] = widthwise.charts.draw;
