r"""
A phase diagram of training
===========================

How wide must a network be for gradient descent to fit random labels? Every experiment
of the catalog runs with one call, and sets a paper's claims against what it measures.
This one trains the inner layer, the outer one or both. The settings here are those of a
first look, which take seconds; ``docs/reproductions`` has the full ones.
"""

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

record = experiment.run(quick=True)

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
# Claim by claim: four trials leave most of them open, and a verdict says so.

for finding in record.content["findings"]:
    print(f"{finding['verdict']}: {finding['statement']}\n    {finding['evidence']}")

# %%
# The diagram itself: the share of trials that fit, one size a line. Inner layers turn
# where the number kd of weights is one to two times n, outer ones where k is near n.

cells = record.content["tables"]["cells"]
for trained in ("inner", "outer"):
    for count in sorted({row["n"] for row in cells}):
        some = [
            f"{row['successes'] / row['trials']:4.0%} at {row['weights_per_point']:.2f}"
            for row in cells
            if (row["trained"], row["n"], row["d"]) == (trained, count, 8)
        ]
        print(f"{trained}, n = {count}: " + ", ".join(some))

# %%
# ``record.arrays`` holds the same numbers for a figure, and ``record.save(folder)``
# keeps all of it.

for name, array in record.arrays.items():
    print(name, array.shape)
