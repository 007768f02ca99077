// The network: activations, points on the sphere, features of a width, the kernel of infinite width.

// erf(x) = 2/√π e^{-x²} Σ 2ⁿ x^{2n+1} / (2n+1)!!, all terms of one sign.
explore.erf = (x) => {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x, total = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n++) total += term *= (2 * x * x) / (2 * n + 1);
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
};

// Wendland's functions with the support z > 0, of z = 1 - u².
explore.wendland = (order) => (z, dimension) => {
  const u = Math.sqrt(Math.max(1 - z, 0));
  const degree = Math.floor(dimension / 2) + order + 1;
  const decay = (Math.max(z, 0) / (1 + u)) ** (degree + order);
  return order ? decay * ((degree + 1) * u + 1) : decay;
};

explore.activations = {
  relu: (z) => Math.max(z, 0),
  leaky_relu: (z) => (z >= 0 ? z : 0.01 * z),
  elu: (z) => (z > 0 ? z : Math.expm1(z)),
  swish: (z) => z / (1 + Math.exp(-z)),
  gelu: (z) => (z * (1 + explore.erf(z * Math.SQRT1_2))) / 2,
  tanh: Math.tanh,
  erf: explore.erf,
  wendland0: explore.wendland(0),
  wendland2: explore.wendland(1),
};

// The arrays of the page: rows of 64-bit floats.
explore.arrays = {};
explore.array = (name) => {
  if (!(name in explore.arrays)) {
    const { columns, base64 } = widthwiseRecord.arrays[name];
    const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
    const flat = new Float64Array(bytes.buffer);
    explore.arrays[name] = Array.from({ length: flat.length / columns }, (_, i) => flat.subarray(i * columns, (i + 1) * columns));
  }
  return explore.arrays[name];
};

// A constant coordinate beside the position, and all of it to length 1.
explore.lifted = (position, bias) => {
  const found = [...position, bias];
  const size = Math.hypot(...found);
  return size ? found.map((each) => each / size) : found.map((_, i) => Number(i === 0));
};

explore.place = (t, { shape, bias }) => explore.lifted(shape === "line" ? [t] : [Math.cos(Math.PI * t), Math.sin(Math.PI * t)], bias);

// Returns the function from a width to the features σ(z) / √m, one row a point.
explore.features = (places, { activation, law, depth, draw }) => {
  const dimension = places[0].length;
  const act = explore.activations[activation];
  const first = explore.array(`weights/${law}/${dimension}/${draw}`);
  const hidden = places.map((x) => Float64Array.from(first, (w) => act(explore.dot(w, x), dimension)));
  const scale = 1 / Math.sqrt(explore.dual({ activation, law }, dimension).atOne);
  return (width) => {
    let rows = hidden.map((row) => row.subarray(0, width));
    for (let layer = 2; layer <= depth; layer++) {
      const weights = explore.array(`deeper/${draw}/${layer}`).slice(0, width);
      rows = rows.map((row) => Float64Array.from(weights, (w) => act((explore.dot(row, w) * scale) / Math.sqrt(width), dimension)));
    }
    return rows.map((row) => row.map((each) => each / Math.sqrt(width)));
  };
};

// κ as the library has it: polynomials in sin(θ/2) for t >= 0 and in cos(θ/2) for t < 0.
explore.dual = ({ activation, law }, dimension) => {
  const [near, far] = ["near", "far"].map((half) => {
    const name = `dual/${activation}/${law}/${dimension}/${half}`;
    const [edges] = explore.array(`${name}/edges`);
    const powers = explore.array(`${name}/powers`);
    return (x) => {
      let piece = 0;
      while (piece < powers.length - 1 && x >= edges[piece + 1]) piece++;
      const y = (2 * x - edges[piece] - edges[piece + 1]) / (edges[piece + 1] - edges[piece]);
      return powers[piece].reduceRight((sum, power) => sum * y + power, 0);
    };
  });
  return { atOne: near(0), at: (sine, cosine) => (sine <= cosine ? near(sine) : far(cosine)) };
};

// κ(C(… C(x·x'))) with C = κ/κ(1): every layer is scaled to arguments of variance 1.
explore.kernel = (places, others, { activation, law, depth }) => {
  const { at, atOne } = explore.dual({ activation, law }, places[0].length);
  return places.map((x) => Float64Array.from(others, (y) => {
    let sine = Math.hypot(...x.map((each, i) => each - y[i])) / 2;
    let cosine = Math.hypot(...x.map((each, i) => each + y[i])) / 2;
    for (let layer = 1; layer < depth; layer++) {
      const t = Math.min(Math.max(at(sine, cosine) / atOne, -1), 1);
      [sine, cosine] = [Math.sqrt((1 - t) / 2), Math.sqrt((1 + t) / 2)];
    }
    return at(sine, cosine);
  }));
};

// The eight vertices of a cube, those with an even number of minus signs first, each before its opposite.
explore.cube = [[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]].flatMap((v) => [v, v.map((each) => -each)]);
