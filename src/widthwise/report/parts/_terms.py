"""What pages that predict training say of it, in one place."""

__all__ = ["FILTERS", "KAPPA", "MARKERS", "PLATEAU", "RANK", "STEP"]

STEP = "one update of gradient descent that uses all rows."
KAPPA = (
    "the condition number: how many times slower the slowest label direction is "
    "learned than the fastest."
)
RANK = (
    "how many independent label directions the network can produce; all rows need all "
    "of them."
)
FILTERS = (
    "After k steps a direction is learned up to the fraction 1 − (1 − ηs²)ᵏ: 0 not at "
    "all, 1 completely. The largest ones may overshoot at first."
)
PLATEAU = (
    "A flat stretch is a plateau: the fast directions are done and the slow ones have "
    "hardly begun."
)
MARKERS = (
    "A steep line means that some patterns are learned almost at once and others "
    "almost never. Open markers on the dotted floor are eigenvalues that cannot be "
    "told from zero at this precision."
)
