// Singular values of a small matrix, and the readouts that they give.
const explore = (widthwise.explore = {});

explore.dot = (a, b) => {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
};

// One-sided Jacobi: pairs of rows are rotated until all are orthogonal. Returns A = Σ_k s_k u_k r_kᵀ,
// largest first;
// of a positive semi-definite matrix the values are its eigenvalues. Values up to rounding and noise do not count.
explore.modes = (matrix, noise = 0) => {
  const rows = matrix.map((row) => Float64Array.from(row));
  const turned = rows.map((_, i) => Float64Array.from(rows, (_, j) => Number(i === j)));
  const negligible = 1e-32 * rows.reduce((sum, row) => sum + explore.dot(row, row), 0);
  const rotate = (a, b, cosine, sine) => {
    for (let k = 0; k < a.length; k++) {
      const [one, two] = [a[k], b[k]];
      a[k] = cosine * one - sine * two;
      b[k] = sine * one + cosine * two;
    }
  };
  for (let sweep = 0, moved = true; moved && sweep < 40; sweep++) {
    moved = false;
    for (let i = 0; i < rows.length; i++) {
      for (let j = i + 1; j < rows.length; j++) {
        const [a, b, c] = [explore.dot(rows[i], rows[i]), explore.dot(rows[j], rows[j]), explore.dot(rows[i], rows[j])];
        if (Math.abs(c) <= Math.max(2e-16 * Math.sqrt(a * b), negligible)) continue;
        moved = true;
        const half = (b - a) / (2 * c);
        const tangent = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.hypot(1, half));
        const cosine = 1 / Math.hypot(1, tangent);
        rotate(rows[i], rows[j], cosine, cosine * tangent);
        rotate(turned[i], turned[j], cosine, cosine * tangent);
      }
    }
  }
  const sizes = rows.map((row) => Math.sqrt(explore.dot(row, row)));
  const order = sizes.map((_, k) => k).sort((i, j) => sizes[j] - sizes[i]);
  const values = order.map((k) => sizes[k]);
  const cutoff = values.length ? Math.max(rows.length, rows[0].length) * 2 ** -52 * values[0] + noise : 0;
  return {
    values,
    left: order.map((k) => turned[k]),
    right: order.map((k) => rows[k].map((each) => each / (sizes[k] || 1))),
    rank: values.filter((each) => each > cutoff).length, // as `minimum_norm` counts it
  };
};

// v = Σ_k g(s_k) (u_k·y) r_k over the modes that are not rounding.
explore.readout = ({ values, left, right, rank }, targets, filter) => {
  const found = new Float64Array(right.length ? right[0].length : 0);
  for (let k = 0; k < rank; k++) {
    const part = filter(values[k]) * explore.dot(left[k], targets);
    for (let r = 0; r < found.length; r++) found[r] += part * right[k][r];
  }
  return found;
};

explore.filters = {
  minimum: () => (s) => 1 / s,
  ridge: (modes, { penalty }) => (s) => s / (s * s + penalty),
  // Gradient descent from 0 with the step 1 / s_1²: what is left of a mode is (1 - s²/s_1²)^k.
  steps: ({ values }, { steps }) => (s) => -Math.expm1(steps * Math.log1p(-((s / values[0]) ** 2))) / s,
};

explore.meanSquare = (a, b) => a.reduce((sum, each, i) => sum + (each - b[i]) ** 2, 0) / a.length;
