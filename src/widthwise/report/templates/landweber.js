// Gradient descent on ½‖Φv − y‖² from v = 0, exactly, at any step count.
// The k-th residual has the part (1 − ηs²)ᵏ of each label direction left.
widthwise.landweber = {};

// log |1 − ηs²| and its sign. Beyond ηs² = 1 it is log1p(−(2 − ηs²)); with the best
// step 2/(s₁² + sᵣ²), 2 − ηs² = η((s₁ − s)(s₁ + s) + sᵣ²) keeps what 2 − ηs² loses.
widthwise.landweber.factors = (curve) => {
  const first = curve.values[0], last = curve.values[curve.values.length - 1];
  return curve.values.map((s) => {
    const moved = curve.step * s * s;
    if (moved <= 1) return { log: Math.log1p(-moved), isNegative: false };
    const slack = curve.best_step ? curve.step * ((first - s) * (first + s) + last * last) : 2 - moved;
    return { log: Math.log1p(-slack), isNegative: true };
  });
};

// 1 − (1 − ηs²)ᵏ: through expm1, so that a part learned of 1e-12 keeps its digits.
widthwise.landweber.filter = (factor, steps) => {
  if (factor.isNegative && steps % 2 === 1) return 1 + Math.exp(steps * factor.log);
  return -Math.expm1(steps * factor.log);
};

widthwise.landweber.residual = (curve, steps) => {
  let squares = curve.floor * curve.floor;
  curve.factors.forEach((factor, i) => {
    const left = curve.weights[i] * Math.exp(steps * factor.log);
    squares += left * left;
  });
  return Math.sqrt(squares);
};

// The whole number of steps at a place on the slider, which runs over log10 k.
widthwise.landweber.stepsAt = (place) => Math.round(Math.pow(10, place));
