"""What pages that predict training say of it, in one place."""

__all__ = ["FILTERS", "KAPPA", "MARKERS", "PLATEAU", "RANK", "STEP"]

STEP = "one update of gradient descent that uses all rows."
KAPPA = (
    "the condition number, the largest eigenvalue over the smallest: the steps that "
    "the slowest label direction takes grow with it."
)
RANK = (
    "how many independent label directions the network can produce; all rows need all "
    "of them."
)
FILTERS = (
    "After k steps a direction is learned up to the fraction 1 − (1 − ηs²)ᵏ: 0 not at "
    "all, 1 completely. The one with ηs² = 1 is learned at once; those of larger s "
    "swing about 1, the longer the nearer ηs² is to 2, and those of smaller s creep."
)
PLATEAU = (
    "A flat stretch is a plateau: some directions are done, and those that hold what "
    "is left hardly move yet."
)
MARKERS = (
    "A steep line means that some patterns are learned almost at once and others "
    "almost never. Open markers on the dotted floor are eigenvalues that cannot be "
    "told from zero at this precision."
)
