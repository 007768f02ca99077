r"""
1. Random features and width
============================

*15 minutes.* A network whose hidden weights are random and whose last layer is trained
is a linear model in random features. With its width its kernel goes to a limit.
"""

import matplotlib.pyplot as plt

import widthwise as ww

# %%
# Thirty points on the sphere of R^4. The Gram matrix of m random relu units, beside its
# limit, the conjugate kernel.

law = ww.laws.Sphere(dimension=4)
points = law.weights(seed=0, dimension=4, start=0, stop=30)
limit = ww.kernels.conjugate_kernel(points, "relu", law)

widths, errors = (10, 30, 100, 300, 1000, 3000, 10000), []
for m in widths:
    gram = ww.features.RandomFeatures("relu", m, law, seed=1).gram(points)
    errors.append(float((gram - limit).norm() / limit.norm()))

figure, panel = plt.subplots(figsize=(5.4, 3.6))
panel.loglog(widths, errors, "o-", label="measured")
panel.loglog(widths, [errors[0] * (10 / m) ** 0.5 for m in widths], ":", label="1/√m")
panel.set(xlabel="width m", ylabel="relative distance to the limit")
panel.legend(frameon=False)
figure.tight_layout()

# %%
# **For the room.** Each entry is a mean of m independent numbers. Which theorem gives
# the slope, and what would have to be true of the activation for it to fail?
