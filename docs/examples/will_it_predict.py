r"""
Error against width
===================

Will it predict? The exact leave-one-out error of a random network's last layer on a
real table: it peaks where the width meets the number of rows, a penalty takes the peak
away, and a linear ridge says what the network has to beat.
"""

import matplotlib.pyplot as plt

import widthwise as ww

# %%
# 120 rows of scikit-learn's diabetes data. The error is in units of the variance of the
# targets: 1 is no better than their mean.

data = ww.datasets.load("diabetes").sample_rows(120, seed=0).standardize()
points = data.to_sphere(bias=True).points
targets = (data.targets - data.targets.mean()) / data.targets.std()
count, dimension = points.shape
layer = ww.features.RandomFeatures(
    "relu", width=2000, law=ww.laws.Sphere(dimension=dimension), seed=0
).matrix(points)

# %%
# A narrower network is the first units of a wider one. For each width one
# factorization leaves out every row at every penalty, 0 among them.

widths = [
    5,
    10,
    20,
    40,
    60,
    80,
    100,
    110,
    115,
    119,
    125,
    140,
    180,
    250,
    500,
    1000,
    2000,
]
interpolating, ridge = [], []
for width in widths:
    path = ww.readouts.ridge_path(layer[:, :width], targets)
    without = ww.readouts.leave_one_out(layer[:, :width], targets)
    interpolating.append(without.error)
    ridge.append(path.least)
linear = ww.readouts.ridge_path(data.points, targets).least

figure, panel = plt.subplots(figsize=(6.4, 3.8))
panel.loglog(widths, interpolating, "o-", markersize=4, label="no penalty")
panel.loglog(widths, ridge, "s-", markersize=4, label="best penalty")
panel.axhline(linear, color="black", linestyle=":", label="linear ridge")
panel.axvline(count, color="0.6", linewidth=0.8)
panel.text(count * 1.1, 40, f"m = n = {count}", color="0.4")
panel.set(xlabel="width m", ylabel="leave-one-out error / variance")
panel.legend(frameon=False)
figure.tight_layout()

# %%
# The same in numbers.

peak = max(range(len(widths)), key=interpolating.__getitem__)
print(f"no penalty: {interpolating[peak]:.3g} at its worst, width {widths[peak]}")
print(f"no penalty, {widths[-1]} units: {interpolating[-1]:.3f}")
print(f"best penalty: {min(ridge):.3f} to {max(ridge):.3f}")
print(f"linear ridge: {linear:.3f}")
