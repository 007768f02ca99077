r"""
A phase diagram of training
===========================

How wide must a network be for gradient descent to fit random labels? Every experiment
of the catalog runs with one call, and sets a paper's claims against what it measures.
This one trains the inner layer, the outer one or both. The settings here are those of a
first look, which take seconds; ``docs/reproductions`` has the full ones.
"""

import matplotlib.pyplot as plt

import widthwise as ww

# %%
# What there is
# -------------

for name, experiment in ww.experiments.CATALOG.items():
    print(f"{name}: {experiment.question}")

# %%
# One run
# -------

experiment = ww.experiments.CATALOG["oymak_phase_diagram"]
for name, setting in experiment.settings.items():
    print(f"{name}: {setting.what}; {setting.allowed}; by default {setting.default}")

finer = {
    "trained": ("inner", "outer"),
    "points": (30, 45, 60),
    "ratios": (0.5, 0.7, 1.0, 1.4, 2.0, 4.0),
    "trials": 4,
}
record = experiment.run(finer, quick=True)

# %%
# The width at which half of the trials succeed, with the standard error of its
# logarithm, and the number of trained weights for each point there.

for row in record.content["tables"]["thresholds"]:
    if row["width"] is not None:
        print(
            f"{row['trained']}: n = {row['n']}, d = {row['d']:2}, "
            f"width {row['width']:5.1f} (log ± {row['log_error']:.2f}), "
            f"{row['weights_per_point']:.2f} weights a point"
        )

# %%
# Claim by claim: few trials leave most of them open, and a verdict says so.

for finding in record.content["findings"]:
    print(f"{finding['verdict']}: {finding['statement']}\n    {finding['evidence']}")

# %%
# The diagram itself: the share of trials that fit, one dot a size. Inner layers turn
# where the number kd of weights is one to two times n, outer ones where k is near n.

cells = record.content["tables"]["cells"]
figure, panels = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True, layout="constrained")
for panel, trained in zip(panels, ("inner", "outer"), strict=True):
    rows = [row for row in cells if row["trained"] == trained]
    dots = panel.scatter(
        [row["weights_per_point"] for row in rows],
        [row["n"] for row in rows],
        c=[row["successes"] / row["trials"] for row in rows],
        cmap="viridis",
        s=70,
        edgecolors="0.3",
        linewidths=0.4,
    )
    panel.axvline(1, color="0.6", linewidth=0.8)
    panel.set_xscale("log")
    panel.set_xticks([0.5, 1, 2, 4], ["½", "1", "2", "4"])
    panel.minorticks_off()
    panel.set(title=f"{trained} layer", xlabel="trained weights / n")
panels[0].set(ylabel="points n", yticks=sorted({row["n"] for row in cells}))
figure.colorbar(dots, ax=panels, label="share of trials that fit")

# %%
# ``record.arrays`` holds the same numbers for a figure, and ``record.save(folder)``
# keeps all of it.

for name, array in record.arrays.items():
    print(name, array.shape)
