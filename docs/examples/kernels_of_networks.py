r"""
Kernels of networks
===================

A network of infinite width is a Gaussian process whose covariance is its conjugate
kernel. Here one is fitted to points of a line, its scales chosen by their gradient; and
a diagram says which scales let a signal through many layers.
"""

import math

import matplotlib.pyplot as plt
import torch

import widthwise as ww

# %%
# A function on a line
# --------------------
# Thirteen values with noise 0.05, none of them between -0.3 and 0.6.

random = torch.Generator().manual_seed(0)
x = torch.cat([torch.linspace(-1.5, -0.3, 8), torch.linspace(0.6, 1.5, 5)]).double()
noise = 0.05
y = torch.sin(3 * x) + noise * torch.randn(13, generator=random, dtype=torch.float64)

# %%
# Two hidden layers of erf units with biases. The kernel carries gradients to its
# scales, so that the likelihood of the data can choose them.

weight_std = torch.tensor(1.5, dtype=torch.float64, requires_grad=True)
bias_std = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)


def negative_log_likelihood():
    kernel, _ = ww.kernels.deep_kernels(x[:, None], "erf", 2, weight_std, bias_std)
    factor = torch.linalg.cholesky(kernel + noise**2 * torch.eye(13).double())
    whitened = torch.linalg.solve_triangular(factor, y[:, None], upper=False)
    return whitened.square().sum() / 2 + factor.diagonal().log().sum()


optimizer = torch.optim.LBFGS([weight_std, bias_std], line_search_fn="strong_wolfe")


def closure():
    optimizer.zero_grad()
    loss = negative_log_likelihood()
    loss.backward()
    return loss


print(f"before: {negative_log_likelihood().item():.2f}")
optimizer.step(closure)
scales = weight_std.item(), bias_std.item()
print(f"after: {negative_log_likelihood().item():.2f}")
print(f"weight_std {scales[0]:.2f}, bias_std {scales[1]:.2f}")

# %%
# What the network says between the points, and how sure it is: the mean and two
# standard deviations, beside the function. The likelihood prefers erf. In the gap it is
# unsure, as it should be; beyond the data both go their own way, and are surer of it
# than they may.

at = torch.linspace(-2.2, 2.2, 200, dtype=torch.float64)
figure, panels = plt.subplots(1, 2, figsize=(9, 3.2), sharey=True)
for panel, (name, settings) in zip(
    panels, {"erf": (2, *scales), "relu": (2, math.sqrt(2), 0.5)}.items(), strict=True
):
    kernel, _ = ww.kernels.deep_kernels(x[:, None], name, *settings)
    cross, _ = ww.kernels.deep_kernels(at[:, None], name, *settings, other=x[:, None])
    prior, _ = ww.kernels.deep_diagonals(at[:, None], name, *settings)
    found = ww.readouts.posterior(kernel, y, cross, prior, noise**2)
    low, high = found.mean - 2 * found.deviation, found.mean + 2 * found.deviation
    panel.fill_between(at, low, high, alpha=0.25, linewidth=0)
    panel.plot(at, found.mean, label="mean, and two deviations")
    panel.plot(at, torch.sin(3 * at), color="0.4", linestyle=":", label="function")
    panel.plot(x, y, "k.", label="data")
    panel.set(title=f"two layers of {name}", xlabel="x", ylim=(-3, 3))
    print(f"{name}: log likelihood {found.log_marginal_likelihood:.1f}")
panels[0].legend(loc="lower left", fontsize="small", frameon=False)
figure.tight_layout()

# %%
# Order and chaos
# ---------------
# Through layers of tanh units the correlation of two points goes to a fixed point: to
# one where nearby points come together (order), to less where they part (chaos).
# Between the two, at :math:`\chi_1 = 1`, a signal goes deepest.

weights = torch.linspace(0.5, 2.5, 17).tolist()
biases = torch.linspace(0.05, 1.0, 9).tolist()
maps = [[ww.kernels.depth_map("tanh", w, b) for w in weights] for b in biases]
depth = [[min(each.correlation_depth, 30.0) for each in row] for row in maps]
slope = [[each.slope_at_one for each in row] for row in maps]

figure, panel = plt.subplots(figsize=(5.6, 3.6))
mesh = panel.pcolormesh(weights, biases, depth, shading="gouraud", cmap="viridis")
edge = panel.contour(weights, biases, slope, levels=[1.0], colors="white")
panel.clabel(edge, fmt={1.0: "$\\chi_1 = 1$"})
panel.text(0.7, 0.8, "order", color="white")
panel.text(2.1, 0.2, "chaos", color="white")
panel.set(xlabel="weight_std", ylabel="bias_std", title="tanh")
figure.colorbar(mesh, label="layers in which correlations fall to 1/e")
figure.tight_layout()

# %%
# The same numbers for one pair of scales:

found = ww.kernels.depth_map("tanh", 2.0, 0.3)
print(f"{found.phase}: variance {found.variance:.3f}, chi_1 {found.slope_at_one:.3f}")
print(f"correlation {found.correlation:.3f}, in {found.correlation_depth:.1f} layers")
