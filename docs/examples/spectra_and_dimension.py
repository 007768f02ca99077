r"""
Eigenvalues against dimension
=============================

On the sphere the eigenvalues of a kernel fall with the degree of the polynomials that
they belong to. In low dimensions a smooth activation loses the high degrees; this is
why it trains so much slower on the same points.
"""

import matplotlib.pyplot as plt

import widthwise as ww

# %%
# Points drawn evenly on the sphere, and the eigenvalues of their conjugate kernel over
# the largest. What is below the error bound of the computation is not drawn.

figure, panels = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True)
for panel, name in zip(panels, ("relu", "swish"), strict=True):
    for dimension in (3, 6, 12, 24):
        points = ww.datasets.uniform_sphere(count=200, dimension=dimension).points
        kernel = ww.kernels.conjugate_kernel(points, name, "sphere")
        found = ww.spectra.spectrum(kernel)
        seen = found.eigenvalues[found.eigenvalues > found.error_bound]
        panel.semilogy(
            range(1, len(seen) + 1), seen / seen[0], label=f"d = {dimension}"
        )
        known = "singular" if found.is_singular else f"κ = {found.condition_number:.3g}"
        print(f"{name:6} d = {dimension:2}: {len(seen)} eigenvalues known, {known}")
    panel.set(xlabel="number", title=name)
panels[0].set_ylabel("eigenvalue / largest")
panels[1].legend(frameon=False)
figure.tight_layout()
