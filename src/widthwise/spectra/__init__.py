"""Eigenvalues with error bounds, numerical ranks and verdicts on them."""

from widthwise.spectra._alignment import target_alignment
from widthwise.spectra._collision_groups import CollisionGroup
from widthwise.spectra._collisions import NearMiss
from widthwise.spectra._enclosed_smallest import (
    SmallestEigenvalue,
    smallest_enclosed,
)
from widthwise.spectra._extended_smallest import extended_smallest
from widthwise.spectra._feature_smallest import FeatureSmallest, feature_smallest
from widthwise.spectra._feature_spectrum import (
    feature_spectra,
    feature_spectrum,
    feature_svd,
    squared_spectrum,
)
from widthwise.spectra._jacobian_spectrum import jacobian_spectrum
from widthwise.spectra._khatri_rao import (
    KhatriRaoBound,
    khatri_rao_bound,
    khatri_rao_condition,
    khatri_rao_smallest,
)
from widthwise.spectra._nested_conditioning import Conditioning, nested_conditioning
from widthwise.spectra._rank_ceiling import rank_ceiling
from widthwise.spectra._rank_decision import rank_verdict
from widthwise.spectra._rank_verdict import RankVerdict
from widthwise.spectra._spectrum import Spectrum, spectrum
from widthwise.spectra._target_modes import TargetModes, target_modes
from widthwise.spectra.operators import (
    ExtremeSpectrum,
    GramOperator,
    SpectralDensity,
    extreme_spectrum,
    feature_operator,
    kernel_operator,
    spectral_density,
)

__all__ = [
    "CollisionGroup",
    "Conditioning",
    "ExtremeSpectrum",
    "FeatureSmallest",
    "GramOperator",
    "KhatriRaoBound",
    "NearMiss",
    "RankVerdict",
    "SmallestEigenvalue",
    "SpectralDensity",
    "Spectrum",
    "TargetModes",
    "extended_smallest",
    "extreme_spectrum",
    "feature_operator",
    "feature_smallest",
    "feature_spectra",
    "feature_spectrum",
    "feature_svd",
    "jacobian_spectrum",
    "kernel_operator",
    "khatri_rao_bound",
    "khatri_rao_condition",
    "khatri_rao_smallest",
    "nested_conditioning",
    "rank_ceiling",
    "rank_verdict",
    "smallest_enclosed",
    "spectral_density",
    "spectrum",
    "squared_spectrum",
    "target_alignment",
    "target_modes",
]
