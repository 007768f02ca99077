"""Matrices that are known by their products: an end of the spectrum, its density."""

from widthwise.spectra.operators._density import SpectralDensity, spectral_density
from widthwise.spectra.operators._entries import (
    BLOCK_ROWS,
    KernelBetween,
    KernelEntries,
    block_between,
    require_kernel,
    rows_of_points,
)
from widthwise.spectra.operators._extremes import ExtremeSpectrum, extreme_spectrum
from widthwise.spectra.operators._operator import (
    GramOperator,
    feature_operator,
    kernel_operator,
)

__all__ = [
    "BLOCK_ROWS",
    "ExtremeSpectrum",
    "GramOperator",
    "KernelBetween",
    "KernelEntries",
    "SpectralDensity",
    "block_between",
    "extreme_spectrum",
    "feature_operator",
    "kernel_operator",
    "require_kernel",
    "rows_of_points",
    "spectral_density",
]
