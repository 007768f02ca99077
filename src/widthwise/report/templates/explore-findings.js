// What the page shows, from the state of its controls.
explore.grid = Array.from({ length: 120 }, (_, i) => (2 * i + 1) / 120 - 1);

explore.truths = {
  wave: (t) => Math.sin(Math.PI * t),
  corner: (t) => 1 - 2 * Math.abs(t),
  step: (t) => (t < 0 ? -0.8 : 0.8),
};

explore.widths = (state) => {
  const { widest, widest_deep: deep } = widthwiseRecord.settings;
  const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256];
  return all.filter((width) => width <= (state.depth > 1 ? deep : widest));
};

// What does not change while a label is dragged is kept, by the settings that it depends on.
explore.kept = new Map();
explore.keep = (key, make) => {
  if (!explore.kept.has(key)) {
    if (explore.kept.size > 40) explore.kept.clear();
    explore.kept.set(key, make());
  }
  return explore.kept.get(key);
};

explore.network = (state, draw, positions) => {
  const { shape, bias, activation, law, depth } = state;
  return explore.keep(JSON.stringify([shape, bias, activation, law, depth, draw, positions]), () => {
    const places = positions.map((t) => explore.place(t, state));
    const features = explore.features(places, { ...state, draw });
    const made = {};
    return (width) => (made[width] ??= features(width));
  });
};

explore.fits = (state, width, draw) => {
  const positions = state.points.map((point) => point.t);
  const targets = state.points.map((point) => point.y);
  const matrix = explore.network(state, draw, positions)(width);
  const grid = explore.network(state, draw, explore.grid)(width);
  const modes = explore.modes(matrix);
  const truth = explore.grid.map(explore.truths[state.truth]);
  const fits = {};
  for (const [name, filter] of Object.entries(explore.filters)) {
    const weights = explore.readout(modes, targets, filter(modes, state));
    const values = grid.map((row) => explore.dot(row, weights));
    const trained = matrix.map((row) => explore.dot(row, weights));
    fits[name] = { values, testError: explore.meanSquare(values, truth), trainingError: explore.meanSquare(trained, targets) };
  }
  return { matrix, modes, fits };
};

// The kernel's matrix, and its modes but for the error of κ.
explore.kernelModes = (places, state) => {
  const matrix = explore.kernel(places, places, state);
  return { matrix, modes: explore.modes(matrix, 5e-15 * state.depth * places.length * matrix[0][0]) };
};

// The minimum-norm fit of the kernel: f(x) = k(x, X) K⁺ y.
explore.limit = (state) => {
  const places = state.points.map((point) => explore.place(point.t, state));
  const grid = explore.grid.map((t) => explore.place(t, state));
  const { matrix, modes } = explore.kernelModes(places, state);
  const coefficients = explore.readout(modes, state.points.map((point) => point.y), explore.filters.minimum());
  const values = explore.kernel(grid, places, state).map((row) => explore.dot(row, coefficients));
  const truth = explore.grid.map(explore.truths[state.truth]);
  return { matrix, modes, values, testError: explore.meanSquare(values, truth), ...explore.spectrum(modes.values, modes) };
};

explore.spectrum = (eigenvalues, { rank }) => ({
  eigenvalues,
  rank,
  condition: rank < eigenvalues.length ? Infinity : eigenvalues[0] / eigenvalues.at(-1),
});

explore.median = (numbers) => [...numbers].sort((a, b) => a - b)[(numbers.length - 1) / 2];

// Test error against width, the median over the draws of the weights.
explore.learning = (state) => {
  const draws = widthwiseRecord.settings.seeds.map((_, draw) => draw);
  return explore.widths(state).map((width) => {
    const each = draws.map((draw) => explore.fits(state, width, draw).fits);
    return { width, ...Object.fromEntries(Object.keys(explore.filters).map((name) => [name, explore.median(each.map((fits) => fits[name].testError))])) };
  });
};

// The cube with labels +1 and -1 on its two tetrahedra, and the part of them that no readout reaches.
explore.cubeFound = (state) => {
  const places = explore.cube.map((vertex) => explore.lifted(vertex.map((each) => each / Math.sqrt(3)), state.cubeBias));
  const labels = explore.cube.map((_, i) => (i % 2 ? -1 : 1));
  const modes = explore.modes(explore.features(places, state)(state.width));
  const missed = Float64Array.from(labels);
  for (const mode of modes.left.slice(0, modes.rank)) {
    const part = explore.dot(mode, labels);
    mode.forEach((each, i) => { missed[i] -= part * each; });
  }
  const limit = explore.kernelModes(places, state).modes;
  return {
    ...explore.spectrum(modes.values.map((each) => each ** 2), modes),
    limit: explore.spectrum(limit.values, limit),
    unreachable: Math.sqrt(explore.dot(missed, missed) / labels.length),
  };
};

explore.findings = (state) => {
  const { matrix, modes, fits } = explore.fits(state, state.width, state.draw);
  const gram = matrix.map((row) => matrix.map((other) => explore.dot(row, other)));
  return {
    fits, matrix, gram,
    ...explore.spectrum(modes.values.map((each) => each ** 2), modes),
    limit: explore.limit(state),
    cube: explore.cubeFound(state),
  };
};
