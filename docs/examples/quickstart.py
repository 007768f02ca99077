r"""
Quickstart
==========

One command, or one call, tells whether a two-layer network fits a table, how wide it
must be, how fast gradient descent gets there, and which activation suits the data. On a
shell::

    widthwise diagnose diabetes --out my-report

and from Python the same, step by step.
"""

# %%
# The data
# --------
# Any array, frame or file will do. This is one of the sets that scikit-learn bundles:
# 442 patients, ten measurements each, and how far the disease came in a year.

import matplotlib.pyplot as plt

import widthwise as ww

data = ww.datasets.load("diabetes").sample_rows(120, seed=0)
print(data.points.shape, data.target_name)

# %%
# Five verdicts
# -------------
# Three activations, three random networks at each of two widths, so that this page
# builds in seconds. Without ``widths`` and ``trials`` the call chooses more of both.

diagnosis = ww.diagnose(
    data, activations=("relu", "tanh", "wendland2"), widths=(200, 1000), trials=3
)
print(diagnosis)

# %%
# The evidence behind them, one activation a row:

for row in diagnosis.table().to_dicts():
    print(row)

# %%
# ``diagnosis.to_html("report.html")`` writes the page, ``diagnosis.save("my-report")``
# the page with the record it is drawn from, and ``widthwise report my-report`` draws it
# again.

print(f"{len(diagnosis.to_html()) / 1e6:.1f} MB of self-contained HTML")

# %%
# The parts
# ---------
# ``diagnose`` calls nothing that you cannot call. The points go to the unit sphere, the
# infinite-width kernel has a spectrum, and the spectrum a width.

points = data.standardize().to_sphere().points
law = ww.laws.Sphere(dimension=points.shape[1])
relu = ww.activations.get("relu")

kernel = ww.kernels.conjugate_kernel(points, relu, law)
spectrum = ww.spectra.spectrum(kernel)
print(
    f"smallest eigenvalue {spectrum.smallest:.3e}, known to {spectrum.error_bound:.0e}"
)
print(f"condition number    {spectrum.condition_number:.3e}")

# %%
# A width bound reads the spectrum, and says what it can promise.

for name in ("benson_full_rank", "benson_chernoff"):
    width = ww.bounds.CATALOG[name].width(spectrum, failure_probability=0.01)
    print(f"{name:17} m >= {width.value:.3g}, certificate: {width.is_certificate}")

# %%
# At a finite width, gradient descent on the last layer has a closed form, so a million
# million steps cost no more than one.

features = ww.features.RandomFeatures(relu, width=2000, law=law, seed=0)
targets = data.targets - data.targets.mean()
run = ww.dynamics.landweber(features.matrix(points), targets)
for steps in (1, 10**3, 10**6, 10**12):
    print(f"{steps:>14,} steps: residual {float(run.relative_residual(steps)):.3e}")
print(f"steps to 1e-2: {run.steps_to(1e-2):,}")

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4))
left.semilogy(spectrum.eigenvalues, ".", markersize=4)
left.axhline(spectrum.error_bound, color="C3", linewidth=0.8)
left.text(40, spectrum.error_bound * 2, "error bound", color="C3")
left.set(xlabel="number", ylabel="eigenvalue of the kernel")
counts = [round(10 ** (k / 4)) for k in range(49)]
right.loglog(counts, run.relative_residual(counts))
right.set(xlabel="steps", ylabel="relative residual", ylim=(1e-9, 2))
figure.tight_layout()
