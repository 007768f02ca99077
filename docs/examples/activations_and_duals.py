r"""
Activations and their duals
===========================

A network of infinite width sees its activation through one function, the dual:
:math:`\kappa(t) = E[\sigma(w \cdot x)\,\sigma(w \cdot x')]` for unit points with
:math:`t = x \cdot x'`. Where it is steep near :math:`t = 1`, near points are told
apart.
"""

import matplotlib.pyplot as plt
import torch

import widthwise as ww

# %%
# Four activations, and their duals on the sphere in eight dimensions, each divided by
# its value at 1. The dual of a rectifier has a square-root kink at the ends; that of a
# smooth function is a power series that converges fast.

law = ww.laws.Sphere(dimension=8)
t = torch.linspace(-1, 1, 401, dtype=torch.float64)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4))
for name in ("relu", "swish", "tanh", "wendland2"):
    act = ww.activations.for_dimension(name, 8)
    dual = ww.kernels.dual(act, law)
    left.plot(t, act(t), label=name)
    right.plot(t, dual(t) / dual(1.0), label=name)
    print(
        f"{name:10} κ(1) = {float(dual(1.0)):.5f}, κ(-1) = {float(dual(-1.0)):.2e}, "
        f"known to {dual.error_bound:.0e}"
    )
left.set(xlabel="z", title="activation")
right.set(xlabel="t = x · x'", title="dual, κ(t) / κ(1)")
right.legend(frameon=False)
figure.tight_layout()
