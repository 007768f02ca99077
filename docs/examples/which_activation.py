r"""
Which activation?
=================

The activation decides how well conditioned a layer is, how many steps training takes,
and little of how well it predicts. The three beside each other, on one table.
"""

import matplotlib.pyplot as plt

import widthwise as ww

# %%
# The kernel of each activation on 100 rows: its condition number, the steps of gradient
# descent to 10 % of the labels, the best leave-one-out error.

data = ww.datasets.load("diabetes").sample_rows(100, seed=0).standardize()
points = data.to_sphere(bias=True).points
targets = (data.targets - data.targets.mean()) / data.targets.std()
dimension = points.shape[1]
law = ww.laws.Sphere(dimension=dimension)
names = ("step", "relu", "elu", "swish", "tanh", "gaussian", "wendland0", "wendland2")
rows = []
for name in names:
    act = ww.activations.for_dimension(name, dimension)
    kernel = ww.kernels.conjugate_kernel(points, act, law)
    model = ww.dynamics.linear_model_from_kernel(kernel, targets)
    steps = ww.dynamics.gradient_descent(model).steps_to(0.1)
    error = ww.readouts.kernel_readout(kernel, targets).least
    rows.append((ww.spectra.spectrum(kernel).condition_number, steps, error))
    print(f"{name:10} κ = {rows[-1][0]:8.2g}, {steps:>12,} steps, error {error:.3f}")

labels = ("condition number", "steps to 10 %", "leave-one-out error")
figure, panels = plt.subplots(1, 3, figsize=(9.4, 3.4), sharey=True)
for panel, label, column in zip(panels, labels, zip(*rows, strict=True), strict=True):
    panel.barh(names, column, color="C0")
    panel.set(xlabel=label, xscale="linear" if "error" in label else "log")
panels[0].invert_yaxis()
figure.tight_layout()
