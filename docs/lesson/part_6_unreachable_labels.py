r"""
6. Labels out of reach
======================

*10 minutes.* Width does not cure everything. Three opposite pairs of points in a
plane tie the outputs of every relu network without biases.
"""

import matplotlib.pyplot as plt
import torch

import widthwise as ww

# %%
# relu(z) - relu(-z) = z: the difference of a unit's outputs on opposite points is
# linear in them. In the plane two pairs are free; the third one follows from these.

angles = torch.tensor([0.3, 1.3, 2.4], dtype=torch.float64)
half = torch.stack([angles.cos(), angles.sin()], dim=1)
points = torch.cat([half, -half])
verdict = ww.spectra.rank_verdict(points, "relu")
print(verdict.reason)
print(verdict.cure)

witness = verdict.null_vectors[0]
widths = (5, 10, 100, 1000, 10000)
curves = {"relu": [], "elu": []}
for name, found in curves.items():
    for m in widths:
        layer = ww.features.RandomFeatures(name, m, ww.laws.Sphere(2), seed=0)
        fit = ww.readouts.minimum_norm(layer.matrix(points), witness)
        found.append(max(fit.residual, 1e-16))

figure, (left, right) = plt.subplots(1, 2, figsize=(8.6, 3.5))
left.scatter(*points.T, c=witness, cmap="coolwarm", s=120, edgecolors="0.3")
left.set(aspect="equal", title="the labels that no width reaches")
for name, found in curves.items():
    right.loglog(widths, found, "o-", label=name)
right.set(xlabel="width m", ylabel="best relative residual")
right.legend(frameon=False)
figure.tight_layout()

# %%
# **For the room.** Write the relation between the six outputs down. Why does a bias
# break it, and which odd part saves elu?
