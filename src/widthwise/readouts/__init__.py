"""The last layer, solved: the readout of given features, without training."""

from widthwise.readouts._minimum_norm import MinimumNorm, minimum_norm

__all__ = ["MinimumNorm", "minimum_norm"]
