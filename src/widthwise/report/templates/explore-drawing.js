// Charts in SVG: axes, lines and dots. Colours are classes, so that light and dark need no redrawing.
explore.svg = (name, attributes = {}, ...children) => {
  const found = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) found.setAttribute(key, value);
  found.append(...children);
  return found;
};

// Pixels right of the axes, for half a number.
explore.margin = 20;

// A scale from numbers to pixels, linear or by powers of ten; what lies outside stays at the edge.
explore.scale = ({ from, to, log }, start, end) => {
  const at = log ? Math.log10 : Number;
  return (value) => {
    const share = (at(Math.max(value, log ? 1e-300 : -Infinity)) - at(from)) / (at(to) - at(from));
    return start + (end - start) * Math.min(Math.max(share, -0.02), 1.02);
  };
};

// Powers of ten in [from, to], at most six of them.
explore.powers = (from, to) => {
  const [low, high] = [Math.ceil(Math.log10(from) - 1e-9), Math.floor(Math.log10(to) + 1e-9)];
  const every = Math.max(1, Math.ceil((high - low + 1) / 6));
  return Array.from({ length: Math.floor((high - low) / every) + 1 }, (_, i) => 10 ** (high - i * every));
};

// Empties a drawing, draws the axes, and returns how to draw on them.
explore.chart = (identifier, { x, y, height = 300 }) => {
  const root = document.getElementById(identifier);
  const width = root.clientWidth || 600;
  const edge = { left: 52, right: width - explore.margin, top: 10, bottom: height - 42 };
  const [X, Y] = [explore.scale(x, edge.left, edge.right), explore.scale(y, edge.bottom, edge.top)];
  root.setAttribute("viewBox", `0 0 ${width} ${height}`);
  root.setAttribute("height", height);
  const ground = explore.svg("g", { class: "axes" });
  const text = (at, down, words, anchor) => explore.svg("text", { x: at, y: down, "text-anchor": anchor }, words);
  const written = (value, axis) => (axis.written ? axis.written(value) : axis.log ? widthwise.number(value, 1) : String(value).replace("-", "−"));
  for (const value of x.ticks || explore.powers(x.from, x.to)) {
    ground.append(explore.svg("line", { x1: X(value), x2: X(value), y1: edge.top, y2: edge.bottom }), text(X(value), edge.bottom + 17, written(value, x), "middle"));
  }
  for (const value of y.ticks || explore.powers(y.from, y.to)) {
    ground.append(explore.svg("line", { x1: edge.left, x2: edge.right, y1: Y(value), y2: Y(value) }), text(edge.left - 7, Y(value) + 4, written(value, y), "end"));
  }
  ground.append(text((edge.left + edge.right) / 2, height - 6, x.name, "middle"));
  root.replaceChildren(ground);
  const path = (points) => points.map(([a, b], i) => `${i ? "L" : "M"}${X(a).toFixed(2)},${Y(b).toFixed(2)}`).join("");
  return {
    root, X, Y, edge,
    line: (points, look) => root.append(explore.svg("path", { d: path(points), class: `line ${look}` })),
    dots: (points, look) => root.append(...points.map(([a, b]) => explore.svg("circle", { cx: X(a), cy: Y(b), r: 4.5, class: `dot ${look}` }))),
    upright: (a, words) => root.append(
      explore.svg("line", { x1: X(a), x2: X(a), y1: edge.top, y2: edge.bottom, class: "upright" }),
      text(X(a) + (X(a) > edge.right - 90 ? -5 : 5), edge.bottom - 6, words, X(a) > edge.right - 90 ? "end" : "start"),
    ),
  };
};

// A square of cells, larger numbers in stronger colour, negative ones in another.
explore.cells = (identifier, matrix) => {
  const root = document.getElementById(identifier);
  const most = Math.max(...matrix.flatMap((row) => [...row].map(Math.abs))) || 1;
  const n = matrix.length;
  root.setAttribute("viewBox", `0 0 ${n} ${n}`);
  root.replaceChildren(...matrix.flatMap((row, i) => [...row].map((value, j) => explore.svg(
    "rect", { x: j + 0.03, y: i + 0.03, width: 0.94, height: 0.94, class: value < 0 ? "cell below" : "cell", "fill-opacity": (Math.abs(value) / most).toFixed(3) },
    explore.svg("title", {}, `points ${i + 1} and ${j + 1}: ${widthwise.number(value)}`),
  ))));
};
