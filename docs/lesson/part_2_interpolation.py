r"""
2. Interpolation
================

*10 minutes.* As soon as the features' rows are independent, any labels can be fitted:
least squares has a solution, and among all of them one is the shortest.
"""

import matplotlib.pyplot as plt
import torch

import widthwise as ww

# %%
# Twenty random labels, which mean nothing. What is left of them at each width.

law = ww.laws.Sphere(dimension=4)
points = law.weights(seed=0, dimension=4, start=0, stop=20)
labels = torch.randn(20, generator=torch.Generator().manual_seed(0)).double()
widths = list(range(2, 41))
fits = [
    ww.readouts.minimum_norm(
        ww.features.RandomFeatures("relu", m, law, seed=0).matrix(points), labels
    )
    for m in widths
]

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4))
left.plot(widths, [fit.residual for fit in fits])
left.set(xlabel="width m", ylabel="relative residual")
right.semilogy(widths, [float(fit.solution.norm()) for fit in fits])
right.set(xlabel="width m", ylabel="length of the weights")
for panel in (left, right):
    panel.axvline(20, color="0.7", linewidth=0.8)
figure.tight_layout()

# %%
# **For the room.** The residual is zero from m = n on. Why are the weights longest just
# there, and shorter again at larger widths? What will that do to new points?
