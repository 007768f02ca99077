r"""
5. Spectral bias
================

*15 minutes.* Gradient descent learns along eigenvectors of the kernel, each at the pace
of its eigenvalue. On a circle they are the frequencies.
"""

import math

import matplotlib.pyplot as plt
import torch

import widthwise as ww

# %%
# A slow and a fast wave of the same size, and what three activations see of them.

angles = 2 * math.pi * torch.arange(100, dtype=torch.float64) / 100
circle = torch.stack([angles.cos(), angles.sin()], dim=1)
law = ww.laws.Sphere(2)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5))
for name in ("step", "relu", "gaussian"):
    dual = ww.kernels.dual(name, law)
    found = ww.kernels.mercer(dual, 2, degree=12)
    known = found.eigenvalues > found.errors
    left.semilogy(torch.arange(13)[known], found.eigenvalues[known], "o-", label=name)
left.set(xlabel="frequency", ylabel="eigenvalue")
left.legend(frameon=False)

target = (2 * angles).cos() + (8 * angles).cos()
kernel = ww.kernels.conjugate_kernel(circle, "relu", law)
run = ww.dynamics.gradient_descent(
    ww.dynamics.linear_model_from_kernel(kernel, target), "stable"
)
right.plot(angles, target, color="0.7", label="target")
for steps in (10, 1000):
    right.plot(angles, run.train(steps), label=f"{steps} steps")
right.set(xlabel="angle")
right.legend(frameon=False)
figure.tight_layout()

# %%
# **For the room.** relu has no odd frequencies above 1. Which target could a relu
# network on the circle never learn, and what does a bias change?
