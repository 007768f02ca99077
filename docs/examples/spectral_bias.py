r"""
Spectral bias: which functions are learned when
===============================================

Gradient descent fits smooth functions first. On a circle each frequency is an
eigenfunction of the kernel and has a time of its own; on a picture the outline comes
first and the texture last.
"""

import math

import matplotlib.pyplot as plt
import torch

import widthwise as ww

# %%
# One dimension: 200 points on a circle, four frequencies of the same size. The share
# that is fitted after k steps is Landweber's filter of the frequency's eigenvalue.

angles = 2 * math.pi * torch.arange(200, dtype=torch.float64) / 200
circle = torch.stack([angles.cos(), angles.sin()], dim=1)
law = ww.laws.Sphere(2)
kernel = ww.kernels.tangent_kernel(circle, "relu", law)
frequencies = (1, 2, 4, 8)
waves = torch.stack([(k * angles).cos() for k in frequencies])
model = ww.dynamics.linear_model_from_kernel(kernel, waves.sum(0))
run = ww.dynamics.gradient_descent(model, step=1 / model.largest)
steps = [round(10 ** (each / 4)) for each in range(17)]
fitted = torch.stack([run.train(k) for k in steps])
shares = fitted @ waves.T / waves.square().sum(1)

figure, (left, right) = plt.subplots(1, 2, figsize=(9.4, 3.6))
for k, column in zip(frequencies, shares.T, strict=True):
    left.semilogx(steps, column, label=f"frequency {k}")
left.set(xlabel="steps", ylabel="share that is fitted")
left.legend(frameon=False)
right.plot(angles, waves.sum(0), color="0.7", label="target")
for k, color in ((3, "C1"), (100, "C2"), (10**4, "C3")):
    right.plot(angles, run.train(k), color=color, label=f"{k} steps")
right.set(xlabel="angle")
right.legend(frameon=False, fontsize=8)
figure.tight_layout()

# %%
# The time of a frequency is one over its eigenvalue, which `mercer` has in closed form:
# it falls as a power of the frequency, the faster the smoother the activation.

tangent = ww.kernels.tangent_dual("relu", law)
eigenvalues = ww.kernels.mercer(tangent, 2, degree=8).eigenvalues
for k in frequencies:
    print(f"frequency {k}: time {eigenvalues[1] / eigenvalues[k]:8.1f} of the first's")

# %%
# Two dimensions: a picture is a function on a square, put on the sphere of R^3. What
# gradient descent has drawn after more and more steps.

side = 20
grid = torch.linspace(-1, 1, side, dtype=torch.float64)
rows, columns = torch.meshgrid(grid, grid, indexing="ij")
radius = (rows**2 + columns**2).sqrt()
picture = ((radius < 0.8) & ~((radius < 0.55) & (rows > 0.1))).double()
picture = picture + 0.5 * torch.sin(14 * columns) * (radius < 0.8)
flat = torch.stack([rows.flatten(), columns.flatten(), torch.ones(side**2).double()], 1)
points = torch.nn.functional.normalize(flat)
kernel = ww.kernels.tangent_kernel(points, "relu", ww.laws.Sphere(3))
model = ww.dynamics.linear_model_from_kernel(kernel, picture.flatten())
run = ww.dynamics.gradient_descent(model)

figure, panels = plt.subplots(1, 5, figsize=(9.4, 2.2))
for panel, k in zip(panels, (10, 300, 10**4, 10**6, None), strict=True):
    shown = picture if k is None else run.train(k).reshape(side, side)
    panel.imshow(shown, cmap="gray", vmin=-0.5, vmax=1.5)
    panel.set_title("the picture" if k is None else f"{k:,} steps", fontsize=9)
    panel.axis("off")
figure.tight_layout()
