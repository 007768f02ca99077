r"""
7. The landscape's phase transition
===================================

*15 minutes.* Where the Jacobian of a network has full rank, every local minimum of the
squared loss is a global one. From a width on almost every random network is there.
"""

import matplotlib.pyplot as plt

import widthwise as ww

# %%
# The share of random activation patterns with a Jacobian of full rank, each rank exact,
# with intervals.

widths = (2, 3, 4, 5, 6, 8, 10, 14)
figure, panel = plt.subplots(figsize=(6, 3.7))
for n, color in ((12, "C0"), (24, "C1"), (48, "C2")):
    found = [
        ww.landscape.full_rank_probability(n, 6, width, trials=40, seed=0)
        for width in widths
    ]
    share = [each.estimate for each in found]
    panel.plot(widths, share, "o-", color=color, label=f"n = {n}")
    low, high = [each.lower for each in found], [each.upper for each in found]
    panel.fill_between(widths, low, high, color=color, alpha=0.15)
panel.set(xlabel="width", ylabel="share of full rank")
panel.legend(frameon=False)
figure.tight_layout()

# %%
# **For the room.** The network has d units' worth of weights for each unit of width. At
# which width does it have as many weights as points, and how far beyond is the edge?
