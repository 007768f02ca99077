"""What a page needs to compute small networks and their kernels by itself."""

from widthwise.experiments.explore._exploration import exploration

__all__ = ["exploration"]
