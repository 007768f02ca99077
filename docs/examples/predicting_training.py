r"""
Predicting training
===================

The last layer trains along eigendirections, each at its own pace. One factorization
gives the outputs after any number of steps, says which labels will keep the loss up,
which momentum helps, how much minibatches cost, and when to stop.
"""

import matplotlib.pyplot as plt
import torch

import widthwise as ww

# %%
# The data, as features of a random ReLU network; a third of the rows is held out.

data = ww.datasets.load("diabetes").sample_rows(90, seed=0)
points = data.standardize().to_sphere().points
targets = (data.targets - data.targets.mean()) / data.targets.std()
law = ww.laws.Sphere(dimension=points.shape[1])
relu = ww.activations.get("relu")
features = ww.features.RandomFeatures(relu, width=500, law=law, seed=0).matrix(points)

model = ww.dynamics.linear_model(
    features[:60], targets[:60], test_features=features[60:]
)
held_out = targets[60:]
print(
    f"{model.rank} directions, eigenvalues {model.smallest:.1e} to {model.largest:.1f}"
)

# %%
# Gradient descent at any count
# -----------------------------
# The relative residual, and the error on the rows held out.

run = ww.dynamics.gradient_descent(model, "stable")
for k in (0, 10, 10**3, 10**6, 10**9, 10**15):
    error = ww.dynamics.validation_error(run, k, held_out)
    print(f"{k:>20,} steps: {run.relative_residual(k):.2e}, held out {error:.2f}")

# %%
# It is what the loop does.

v = torch.zeros(500, dtype=torch.float64)
for _ in range(1000):
    v -= run.method.step * features[:60].T @ (features[:60] @ v - targets[:60])
difference = float((run.coefficients(1000) - v).abs().max())
print(f"largest difference after 1000 steps: {difference:.0e}")

# %%
# Where nothing seems to move, and why: here one row is told twice, with a small change
# and another label.

twin = points[:1] + 1e-3 * torch.roll(points[:1], 1)
rows = torch.cat([points[:10], twin / twin.norm()])
labels = torch.cat([torch.zeros(10, dtype=torch.float64), targets.new_ones(1)])
again = ww.features.RandomFeatures(relu, width=500, law=law, seed=0).matrix(rows)
stuck = ww.dynamics.gradient_descent(ww.dynamics.linear_model(again, labels), "stable")
for plateau in stuck.plateaus():
    print(plateau.sentence)

# %%
# Momentum, and the best that any first-order method can do
# ---------------------------------------------------------
# Steps until the relative residual stays within a tenth and a hundredth.

curves = {}
for name in (
    "gradient_descent",
    "nesterov",
    "heavy_ball",
    "chebyshev_iteration",
    "conjugate_gradients",
):
    curve = getattr(ww.dynamics, name)(model)
    print(f"{name:20} {curve.steps_to(0.1):>12,} {curve.steps_to(0.01):>12,}")
    curves[name] = curve

figure, (left, right) = plt.subplots(1, 2, figsize=(9.2, 3.6))
counts = [round(10 ** (k / 4)) for k in range(25)]
for name, curve in curves.items():
    left.loglog(counts, curve.relative_residual(counts), label=name.replace("_", " "))
left.set(xlabel="steps", ylabel="relative residual", ylim=(1e-4, 1.5))
left.legend(frameon=False, fontsize=8)
longer = [round(10 ** (k / 4)) for k in range(49)]
right.semilogx(longer, ww.dynamics.validation_error(run, longer, held_out))
right.set(xlabel="steps of gradient descent", ylabel="error on rows held out")
figure.tight_layout()

# %%
# Minibatches
# -----------
# With as many features as rows every label can be fitted, so the noise dies out. Thirty
# features cannot, and the noise keeps a floor above the best fit.

few = ww.dynamics.linear_model(features[:60, :30], targets[:60])
best = float(torch.linalg.vector_norm(few.unreachable))
print(f"best fit of 30 features: {best:.4f}")
for batch in (1, 8, 60):
    noisy = ww.dynamics.stochastic_descent(few, batch)
    print(
        f"batches of {batch:>2}: step {noisy.step:.3f} at most "
        f"{noisy.largest_stable_step:.3f}, floor {noisy.floor:.4f}"
    )

# %%
# When to stop
# ------------
# Leaving each row out needs no further data. The count it picks, and what the held out
# rows say there and at the end.

stop = ww.dynamics.best_stop(
    run, lambda k: ww.dynamics.leave_one_out(run, k, rows=range(0, 60, 4))
)
there = ww.dynamics.validation_error(run, stop.count, held_out)
end = ww.dynamics.validation_error(run, 10**15, held_out)
print(f"stop after {stop.count} steps: held out {there:.3f}; at the end {end:.3f}")

# %%
# Ridge regression with as many degrees of freedom fits nearly the same.

penalty = ww.dynamics.matched_penalty(run, stop.count)
shrunk = ww.dynamics.ridge(model)
gap = (run.filters(stop.count) - shrunk.filters(1 / penalty)).abs().max()
again = ww.dynamics.validation_error(shrunk, 1 / penalty, held_out)
print(f"penalty {penalty:.3g}: filters within {gap:.3f}, held out {again:.3f}")
