r"""
How many activation patterns?
=============================

A unit without a bias is on at some points and off at the others. Of the
:math:`2^n` ways to choose, few exist: in general position their number depends on n and
d alone. Here it is, beside those that random units were seen to have.
"""

import matplotlib.pyplot as plt
import numpy as np

import widthwise as ww

# %%
# Points in general position, one neuron, no bias.

counts = range(1, 31)
figure, panel = plt.subplots(figsize=(6.4, 3.8))
panel.semilogy(counts, [2**n for n in counts], color="0.6", linestyle=":", label="2ⁿ")
for dimension in (2, 3, 5, 10):
    exact = [ww.landscape.count_sign_patterns(n, dimension) for n in counts]
    panel.semilogy(counts, exact, label=f"d = {dimension}")
panel.set(xlabel="points n", ylabel="patterns of one unit")

# %%
# Random units find all of them where they are few.

generator = np.random.default_rng(0)
seen = []
sizes = (4, 8, 12, 16)
for n in sizes:
    points = generator.standard_normal((n, 3))
    units = generator.standard_normal((40_000, 3))
    pattern = ww.landscape.activation_pattern(points, units)
    seen.append(len(np.unique(np.asarray(pattern), axis=0)))
    print(f"n = {n:2}: {seen[-1]} seen, {ww.landscape.count_sign_patterns(n, 3)} exist")
panel.semilogy(sizes, seen, "kx", label="seen, d = 3")
panel.legend(frameon=False)
figure.tight_layout()
