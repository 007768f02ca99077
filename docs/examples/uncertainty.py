r"""
How sure is an infinite network?
================================

A network of infinite width is a Gaussian process before training, and an ensemble of
trained ones is another after it. Both have a mean and a spread in closed form.
"""

import math

import matplotlib.pyplot as plt
import torch

import widthwise as ww

# %%
# Seven points on an arc, and a line of others.


def on_circle(angles):
    return torch.stack([angles.cos(), angles.sin()], dim=1)


given = torch.tensor([-2.2, -1.8, -1.1, -0.9, 0.4, 0.6, 1.7], dtype=torch.float64)
y = torch.sin(3 * given)
line = torch.linspace(-math.pi, math.pi, 241, dtype=torch.float64)
points, others = on_circle(given), on_circle(line)

# %%
# The conjugate kernel gives the posterior of the random network; with the tangent
# kernel it gives the spread of networks that gradient descent has trained to the end.

networks = {}
for place, (X1, X2) in {"own": (points, points), "cross": (others, points)}.items():
    networks[place] = ww.kernels.deep_kernels(
        X1, "relu", 3, weight_std=1.4, bias_std=0.3, other=X2
    )
variances, _ = ww.kernels.deep_diagonals(
    others, "relu", 3, weight_std=1.4, bias_std=0.3
)
(k, t), (k_cross, t_cross) = networks["own"], networks["cross"]
bayes = ww.readouts.posterior(k, y, k_cross, variances, 1e-6)
trained = ww.readouts.trained_ensemble(t, k, y, t_cross, k_cross, variances)

figure, panels = plt.subplots(1, 2, figsize=(9.4, 3.5), sharey=True)
for panel, found, title in zip(
    panels, (bayes, trained), ("posterior", "ensemble of trained networks"), strict=True
):
    spread = 2 * found.variance.clamp(min=0).sqrt()
    panel.fill_between(line, found.mean - spread, found.mean + spread, alpha=0.25)
    panel.plot(line, found.mean)
    panel.plot(given, y, "ko", markersize=4)
    panel.set(title=title, xlabel="angle")
figure.tight_layout()

# %%
# Both go through the points, and are least sure where none are near.

widest = float(line[bayes.variance.argmax()])
print(f"the posterior is least sure at the angle {widest:.2f}")
