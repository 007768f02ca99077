r"""
The loss landscape
==================

Fix the outer weights of a two-layer ReLU network and train the inner ones. The weights
fall into regions in which no unit switches on or off at any data point. Where the
Jacobian of a region has full rank, every local minimum inside it is global. From which
width is that so for most regions? Here are the answers for points on a line and in a
plane, exactly where they are known, and counted otherwise.
"""

import matplotlib.pyplot as plt
import numpy as np

import widthwise as ww

generator = np.random.default_rng(0)

# %%
# A network of one input
# ----------------------
#
# Eight points on a line, and one network of six units with biases. Its pattern says
# which unit is on at which point; the rank of the Jacobian is exact, without a
# tolerance, and comes with the rows that depend on each other.

line = np.sort(generator.uniform(-1, 1, (8, 1)), axis=0)
weights, biases = generator.standard_normal((6, 1)), generator.standard_normal(6)
pattern = ww.landscape.activation_pattern(line, weights, biases)
for unit in pattern.int().tolist():
    print("unit on at", unit)
evidence = ww.landscape.rank_evidence(pattern, line, biases=True)
print(f"rank {evidence.rank} of 8, dependent rows {evidence.dependent_rows}")

# %%
# Each unit switches at one breakpoint, so the line falls into pieces on which the
# network is straight.

breakpoints = np.sort(-biases / weights[:, 0])
inside = breakpoints[(breakpoints > line.min()) & (breakpoints < line.max())]
print(f"{len(inside)} breakpoints between the first point and the last")

# %%
# On a line the fraction of regions with a full Jacobian is known exactly.

for width in (8, 20, 40, 80):
    fraction = ww.landscape.full_rank_fraction_1d(8, width, biases=True)
    print(f"width {width:2}: {fraction:.4f} of the regions")

# %%
# A theorem asks for a width that is enough for all but a tenth of what it counts,
# patterns or regions, here in the inner weights without the biases. The least width
# that is enough stands beside it.

for found in ww.landscape.compare_with_theorems(8, 1, 0.1, trials=200):
    kind = "certificate" if found.theorem.is_certificate else "order of magnitude"
    print(
        f"{found.title}: {found.theorem.value} units ({kind}); "
        f"{found.least_width} are enough"
    )

# %%
# A network of two inputs
# -----------------------
#
# The lines of ten units cut the plane into regions. The units that are on in a region
# can move some of the twelve outputs independently: the rank of their Jacobian.

plane = generator.standard_normal((12, 2))
weights, biases = generator.standard_normal((10, 2)), generator.standard_normal(10)
pattern = ww.landscape.activation_pattern(plane, weights, biases)
print("rank of all units", ww.landscape.jacobian_rank(pattern, plane, biases=True))

axis = np.linspace(-3, 3, 241)
cells = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
units_on = ww.landscape.activation_pattern(cells, weights, biases).numpy().T
kinds, labels = np.unique(units_on, axis=0, return_inverse=True)
ranks = np.array(
    [
        ww.landscape.jacobian_rank(pattern[kind], plane, biases=True)
        if kind.any()
        else 0
        for kind in kinds
    ]
)
print(f"{len(kinds)} regions in view, of ranks {ranks.min()} to {ranks.max()}")

figure, axes = plt.subplots(figsize=(6.4, 5.2))
shown = axes.pcolormesh(
    axis, axis, ranks[labels.reshape(-1)].reshape(241, 241), cmap="summer_r"
)
for (first, second), bias in zip(weights, biases, strict=True):
    axes.plot(axis, -(first * axis + bias) / second, color="black", linewidth=0.8)
axes.plot(*plane.T, "o", color="white", markeredgecolor="black")
axes.set(
    xlim=(-3, 3),
    ylim=(-3, 3),
    xlabel="first input",
    ylabel="second input",
    title="Regions of ten units, and the rank of those that are on",
)
figure.colorbar(shown, label="rank")
plt.show()

# %%
# Where it becomes benign
# -----------------------
#
# The probability of full rank over initial weights, for random points in the plane and
# units with biases: the more points, the more units. Every cell counts exact ranks.

rows = ww.landscape.heat_map(range(5, 31, 5), range(4, 65, 6), dimension=2, trials=40)
figure, axes = plt.subplots(figsize=(6.4, 4.4))
probabilities = rows.probabilities.numpy()
shown = axes.imshow(100 * probabilities, origin="lower", aspect="auto", cmap="Blues")
for (row, column), share in np.ndenumerate(probabilities):
    colour = "white" if share > 0.6 else "black"
    axes.text(column, row, f"{100 * share:.0f}", ha="center", va="center", color=colour)
axes.set_xticks(range(len(rows.widths)), rows.widths)
axes.set_yticks(range(len(rows.point_counts)), rows.point_counts)
axes.set(xlabel="width", ylabel="points", title="P(full rank) in percent")
figure.colorbar(shown)
plt.show()

# %%
# The width at which half of the networks have full rank grows linearly with the number
# of points, as the paper finds at a fixed dimension.

for count, threshold in zip(rows.point_counts, rows.thresholds(), strict=True):
    if threshold.value is not None:
        print(
            f"{count:2} points: width {threshold.value:5.1f} "
            f"± {threshold.standard_error:.1f}"
        )
trend = rows.trend()
print(f"slope {trend.slope:.2f} ± {trend.slope_error:.2f} units for each point")

# %%
# For data of your own
# --------------------
#
# ``widthwise landscape DATA --width M`` answers for a table: at which widths, with an
# interval, and which rows hold it back, and draws the page. From Python the same is
# one call, and ``to_html`` writes the page.

study = ww.diagnosis.diagnose_landscape(plane, plane[:, 0] * plane[:, 1])
for verdict in study.verdicts:
    print(f"{verdict.title}\n    {verdict.answer}")
