r"""
Gradient descent as a filter
============================

After k steps, gradient descent on the last layer has fitted the share
:math:`1 - (1 - \eta\lambda_i)^k` of the labels' i-th component: it learns along the
large eigenvalues first. So stopping early is a penalty of its own.
"""

import matplotlib.pyplot as plt

import widthwise as ww

data = ww.datasets.load("diabetes").sample_rows(90, seed=0)
points = data.standardize().to_sphere(bias=True).points
targets = (data.targets - data.targets.mean()) / data.targets.std()
law = ww.laws.Sphere(dimension=points.shape[1])
phi = ww.features.RandomFeatures("relu", width=400, law=law, seed=0).matrix(points)

# %%
# The filters after ten steps, a hundred, and so on: a step count costs nothing.

run = ww.dynamics.landweber(phi, targets, step="stable")
counts = (10, 100, 1000, 10_000)
figure, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
for count in counts:
    filters = run.filters(count)
    axes.plot(range(1, len(filters) + 1), filters, label=f"{count:,} steps")
    print(f"{count:>10,} steps: residual {float(run.relative_residual(count)):.3f}")
axes.set(xlabel="eigendirection, largest first", ylabel="share fitted")
axes.legend(frameon=False, fontsize="small")

# %%
# When to stop: the exact error on rows left out, at every count.

path = ww.readouts.early_stopping(phi, targets)
figure, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
axes.semilogx(path.steps, path.leave_one_out)
axes.set(xlabel="steps", ylabel="leave-one-out error")

best = int(path.leave_one_out.argmin())
print(f"best after {int(path.steps[best]):,} steps: {path.leave_one_out[best]:.3f}")
print(f"best ridge: {ww.readouts.ridge_path(phi, targets).least:.3f}")
