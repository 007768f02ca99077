r"""
From a diagnosis to a model
===========================

The least width that fits any labels is seldom the one to predict at. The estimators
solve the last layer in closed form and say, with each fit, what rows left out say.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

import widthwise as ww

X, y = load_diabetes(return_X_y=True)

# %%
# At as many units as rows the minimum-norm solution fits everything and predicts
# nothing: the peak of the double descent. A penalty removes it.

widths, curves = (20, 100, 300, 442, 600, 2000), []
for width in widths:
    errors = [
        ww.estimators.RandomFeaturesRegressor(width, "relu", solver=solver)
        .fit(X, y)
        .leave_one_out_
        for solver in ("minimum_norm", "ridge")
    ]
    plain, ridge = (each.error / y.var() for each in errors)
    curves.append((plain, ridge))
    print(f"{width:>5} units: minimum norm {plain:>10.2f}, ridge {ridge:.3f}")

figure, panel = plt.subplots(figsize=(6, 3.6))
panel.loglog(widths, curves, "o-", label=["minimum norm", "ridge"])
panel.axvline(len(y), color="0.7", linewidth=0.8)
panel.set(xlabel="units", ylabel="error on rows left out / variance")
panel.legend(frameon=False)
figure.tight_layout()

# %%
# Width, activation and penalty are chosen by that error. The second line of the model
# says what the fit found.

model = ww.estimators.RandomFeaturesRegressor().fit(X, y)
print(model)
print(model.activation_, model.width_, "units; enough:", model.recommended_width_)
print(model.verdict_.reason)

# %%
# A network of infinite width has no width to choose, and says how sure it is.

network = ww.estimators.NetworkKernelRegressor().fit(X, y)
mean, std = network.predict(X[:3], return_std=True)
for each, spread, label in zip(mean, std, y, strict=False):
    print(f"{each:6.1f} ± {spread:.1f}, measured {label:.0f}")

# %%
# They are estimators like any other.

readout = make_pipeline(PolynomialFeatures(2), ww.estimators.ReadoutRegressor())
for name, each in {"network": network, "readout": readout}.items():
    scores = cross_val_score(each, X, y, cv=3)
    print(f"{name}: R² {np.mean(scores):.3f}")
