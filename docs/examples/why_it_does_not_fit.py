r"""
Why a network does not fit
==========================

Eight points on the sphere are enough to stop a ReLU network without biases, whatever
its width and whatever its weights. The rank verdict finds them in any table, and names
the cure.
"""

import matplotlib.pyplot as plt
import torch

import widthwise as ww

# %%
# Forty random points, with the eight cube vertices planted among them.

dimension = 5
law = ww.laws.Sphere(dimension=dimension)
random_points = law.weights(seed=1, dimension=dimension, start=0, stop=40)
points = torch.cat([random_points, ww.datasets.bad_points(dimension)])

verdict = ww.spectra.rank_verdict(points, ww.activations.get("relu"))
print(verdict.can_fit_any_labels, verdict.rank, "of", len(points))
print(verdict.rows)
print(verdict.reason)
print(verdict.cure)

# %%
# The witness is a direction of labels that no weights reach. On it the residual of
# every network is at least the whole length of the labels.

witness = verdict.null_vectors[0]
print(f"relative residual at least {verdict.relative_residual_bound(witness):.6f}")

residuals = {}
for width in (20, 50, 100, 1000, 10_000):
    features = ww.features.RandomFeatures(
        ww.activations.get("relu"), width=width, law=law, seed=0
    )
    fitted = ww.readouts.minimum_norm(features.matrix(points), witness)
    print(f"width {width:>6}: best residual {fitted.residual:.6f}, rank {fitted.rank}")
    residuals[width] = fitted.residual

figure = plt.figure(figsize=(9, 3.6))
cube = figure.add_subplot(1, 2, 1, projection="3d")
own = verdict.rows[0] if isinstance(verdict.rows[0], (list, tuple)) else verdict.rows
corners, signs = points[list(own)][:, :3], witness[list(own)]
for sign, color in ((1, "C3"), (-1, "C0")):
    some = corners[signs * sign > 0]
    cube.scatter(*some.T, color=color, s=60, label=f"label {sign:+d}")
for one in corners:
    for other in corners:
        if int((one != other).sum()) == 1:  # an edge
            cube.plot(*torch.stack([one, other]).T, color="0.7", linewidth=0.8)
cube.set_axis_off()
cube.legend(frameon=False)
panel = figure.add_subplot(1, 2, 2)
panel.semilogx(residuals.keys(), residuals.values(), "o-")
panel.set(xlabel="width m", ylabel="best relative residual", ylim=(0, 1.1))
figure.tight_layout()

# %%
# Another activation, or a bias, takes the obstacle away.

for name in ("relu", "swish", "elu", "wendland2"):
    activation = ww.activations.for_dimension(name, dimension)
    fits = ww.spectra.rank_verdict(points, activation).can_fit_any_labels
    print(f"{name:10} fits any labels: {fits}")

with_bias = torch.cat([points, torch.ones(len(points), 1, dtype=points.dtype)], dim=1)
with_bias /= with_bias.norm(dim=1, keepdim=True)
fits = ww.spectra.rank_verdict(with_bias, ww.activations.get("relu")).can_fit_any_labels
print(f"relu with a bias fits any labels: {fits}")
