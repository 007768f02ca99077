// The state of the controls, and the page drawn again when it changes.
explore.state = {
  shape: "circle", activation: "relu", law: "gaussian", depth: 1, width: 64, bias: 1, draw: 0, truth: "wave",
  penalty: 1e-3, steps: 1000, cubeBias: 0, points: [], shown: { minimum: true, ridge: true, steps: true, limit: true },
};

explore.labels = {
  curve: (truth) => truth,
  noise: (truth, noise) => explore.within(truth + 0.3 * noise, 1.8),
  random: (_, noise) => (noise < 0 ? -1 : 1),
};

explore.relabel = (kind) => {
  const [noise] = explore.array("noise");
  explore.state.points.forEach((point, i) => { point.y = explore.labels[kind](explore.truths[explore.state.truth](point.t), noise[i]); });
};

// So many points, evenly spread but for a little, so that no two are opposite on the circle.
explore.spread = (count) => Array.from({ length: count }, (_, i) => {
  const t = 0.93 * ((2 * i + 1) / count - 1) + 0.04 * Math.sin(7 * i + 1);
  return { t, y: explore.truths[explore.state.truth](t) };
});

explore.byId = (name) => document.getElementById(`explore-${name}`);

explore.say = (name, text) => { explore.byId(name).textContent = text; };

// Controls that the settings do not allow are turned off, and the state made to fit.
explore.fitted = (state) => {
  const { activations } = widthwiseRecord.settings;
  const { laws } = activations.find(({ name }) => name === state.activation);
  if (!laws.includes(state.law)) state.law = laws[0];
  if (state.law === "sphere") state.depth = 1;
  for (const option of explore.byId("law").options) option.disabled = !laws.includes(option.value);
  explore.byId("depth").disabled = state.law === "sphere";
  const widths = explore.widths(state);
  if (!widths.includes(state.width)) state.width = widths.at(-1);
  explore.byId("width").max = widths.length - 1;
  for (const name of ["shape", "activation", "law", "truth", "draw"]) explore.byId(name).value = state[name];
  for (const name of ["bias", "depth", "cubeBias"]) { explore.byId(name).value = state[name]; explore.say(`${name}-said`, state[name]); }
  explore.byId("width").value = widths.indexOf(state.width);
  explore.say("width-said", state.width);
  explore.byId("penalty").value = Math.log10(state.penalty);
  explore.say("penalty-said", widthwise.number(state.penalty, 2));
  explore.byId("steps").value = Math.log10(state.steps);
  explore.say("steps-said", widthwise.whole(state.steps));
  explore.say("count-said", state.points.length);
};

explore.conditionSaid = ({ condition, rank, eigenvalues }) =>
  (condition === Infinity ? `infinite: rank ${rank} of ${eigenvalues.length}` : widthwise.number(condition));

explore.tell = (state, found) => {
  const n = state.points.length;
  const free = found.rank === n;
  explore.say("rank", `${found.rank} of ${n}`);
  explore.say("rank-why", free ? "Any labels can be fitted." : `${n - found.rank} ${n - found.rank === 1 ? "direction" : "directions"} of the labels cannot be reached.`);
  explore.say("condition", explore.conditionSaid(found));
  explore.say("condition-limit", `At infinite width: ${explore.conditionSaid(found.limit)}.`);
  explore.say("training", widthwise.number(found.fits.minimum.trainingError < 1e-20 ? 0 : found.fits.minimum.trainingError, 2));
  explore.say("training-others", `Ridge ${widthwise.number(found.fits.ridge.trainingError, 2)}; after k steps ${widthwise.number(found.fits.steps.trainingError, 2)}.`);
  explore.say("test", widthwise.number(found.fits.minimum.testError, 2));
  explore.say("test-others", `Ridge ${widthwise.number(found.fits.ridge.testError, 2)}; after k steps ${widthwise.number(found.fits.steps.testError, 2)}; infinite width ${widthwise.number(found.limit.testError, 2)}.`);
  explore.say("features-shown", `The first ${Math.min(state.width, 24)} of ${state.width} units${state.depth > 1 ? ` of layer ${state.depth}` : ""}.`);
  explore.say("ring-said", state.shape === "line"
    ? (state.bias ? "Bias lifts the line off the origin: each t becomes a direction of its own on the half circle." : "Without bias a line has two directions only: all points on one side are the same to the network, up to scale.")
    : (state.bias ? "Seen from above: bias lifts the circle to a parallel of the sphere." : "The circle is the equator: opposite points may bind each other’s values."));
  const { cube } = found;
  explore.say("cube-rank", `${cube.rank} of 8 at width ${state.width}, ${cube.limit.rank} of 8 at infinite width`);
  explore.say("cube-missed", `${widthwise.number(Math.round(1000 * cube.unreachable) / 10)} %`);
  const blocked = cube.limit.rank < 8;
  explore.say("cube-why", blocked
    ? (cube.unreachable > 0.99
      ? "Every feature sums to the same on both tetrahedra, so no readout at any width tells them apart."
      : cube.unreachable < 1e-6
        ? "These labels are reached; others are not, at any width: σ is odd, so opposite vertices get opposite values."
        : "Some labels of the cube are out of reach at any width.")
    : cube.rank < 8 ? `This activation${state.cubeBias ? " with bias" : ""} can fit the cube; width ${state.width} is too small for it.` : `This activation${state.cubeBias ? " with bias" : ""} fits the cube.`);
};

explore.update = () => {
  explore.pending = false;
  const { state } = explore;
  explore.fitted(state);
  const found = (explore.found = { ...explore.findings(state), learning: explore.found?.learning });
  explore.drawFit(state, found);
  explore.drawRing(state);
  explore.drawFeatures(state);
  explore.drawEigenvalues(state, found);
  explore.drawKernels(state, found);
  explore.tell(state, found);
  clearTimeout(explore.waiting);
  if (found.learning) explore.waiting = setTimeout(explore.learn, 120);
  else explore.learn();
};

// The slowest part waits until the points rest: every width, and every draw of the weights.
explore.learn = () => {
  explore.waiting = null;
  explore.found.learning = explore.learning(explore.state);
  explore.drawLearning(explore.state, explore.found);
};

// At most one drawing a frame, however fast a finger moves.
explore.changed = () => {
  if (!explore.pending) requestAnimationFrame(explore.update);
  explore.pending = true;
};

explore.start = () => {
  const { state } = explore;
  state.points = explore.spread(8);
  explore.relabel("noise");
  const take = {
    shape: String, activation: String, law: String, truth: String, draw: Number, bias: Number, depth: Number, cubeBias: Number,
    width: (value) => explore.widths(state)[value], penalty: (value) => 10 ** value, steps: (value) => Math.round(10 ** value),
  };
  for (const [name, read] of Object.entries(take)) {
    explore.byId(name).addEventListener("input", ({ target }) => { state[name] = read(target.value); explore.changed(); });
  }
  for (const button of document.querySelectorAll("[data-labels]")) {
    button.addEventListener("click", () => { explore.relabel(button.dataset.labels); explore.changed(); });
  }
  for (const button of document.querySelectorAll("[data-points]")) {
    button.addEventListener("click", () => {
      const count = state.points.length + Number(button.dataset.points);
      if (count >= 2 && count <= widthwiseRecord.settings.most_points) { state.points = explore.spread(count); explore.relabel("noise"); explore.changed(); }
    });
  }
  for (const box of document.querySelectorAll("[data-line]")) {
    box.addEventListener("change", () => { state.shown[box.dataset.line] = box.checked; explore.changed(); });
  }
  explore.startPoints();
  explore.drawCube();
  addEventListener("resize", explore.changed);
  for (const name of ["beforeprint", "afterprint"]) addEventListener(name, explore.update);
  explore.update();
};

explore.start();
