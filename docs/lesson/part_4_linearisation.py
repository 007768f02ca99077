r"""
4. Linearisation
================

*10 minutes.* A wide network hardly moves its weights, so it trains as its first-order
expansion does. How wide is wide?
"""

import matplotlib.pyplot as plt
import torch

import widthwise as ww

# %%
# Real training beside the closed form of the linear model in the Jacobian's features.

law = ww.laws.Gaussian()
points = ww.laws.Sphere(5).weights(seed=0, dimension=5, start=0, stop=15)
labels = torch.sin(4 * points[:, 0])
figure, panel = plt.subplots(figsize=(6, 3.7))
for width, color in ((8, "C3"), (64, "C1"), (512, "C0")):
    network = ww.networks.TwoLayer(5, width, "relu", law=law, seed=0)
    run = ww.dynamics.train(network, points, labels, step="stable", epochs=100)
    kernel = ww.features.module_tangent_kernel(network, points)
    start = network(points).detach().flatten()
    model = ww.dynamics.linear_model_from_kernel(kernel, labels, initial=start)
    linear = ww.dynamics.gradient_descent(model, run.step)
    wrong = [linear.train(k) - labels for k in run.epochs.tolist()]
    predicted = [float(each.square().sum()) / 2 for each in wrong]
    panel.semilogy(run.epochs, run.loss, color=color, label=f"width {width}")
    panel.semilogy(run.epochs, predicted, "--", color=color)
panel.set(xlabel="step", ylabel="loss")
panel.legend(frameon=False)
figure.tight_layout()

# %%
# **For the room.** Solid lines are real, dashed ones predicted. The gap falls like
# 1/√m. What would make a network of width 512 leave its dashed line?
