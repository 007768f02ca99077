r"""
Why a network does not fit
==========================

Eight points on the sphere are enough to stop a ReLU network without biases, whatever
its width and whatever its weights. The rank verdict finds them in any table, and names
the cure.
"""

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

for width in (100, 1000, 10_000):
    features = ww.features.RandomFeatures(
        ww.activations.get("relu"), width=width, law=law, seed=0
    )
    fitted = ww.readouts.minimum_norm(features.matrix(points), witness)
    print(f"width {width:>6}: best residual {fitted.residual:.6f}, rank {fitted.rank}")

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
