"""Eigenvalues with error bounds, numerical ranks and minimum-norm solutions."""

from widthwise.spectra._collision_groups import CollisionGroup
from widthwise.spectra._collisions import NearMiss
from widthwise.spectra._feature_spectrum import (
    feature_spectra,
    feature_spectrum,
    feature_svd,
)
from widthwise.spectra._minimum_norm import MinimumNorm, minimum_norm
from widthwise.spectra._rank_decision import rank_verdict
from widthwise.spectra._rank_verdict import RankVerdict
from widthwise.spectra._spectrum import Spectrum, spectrum

__all__ = [
    "CollisionGroup",
    "MinimumNorm",
    "NearMiss",
    "RankVerdict",
    "Spectrum",
    "feature_spectra",
    "feature_spectrum",
    "feature_svd",
    "minimum_norm",
    "rank_verdict",
    "spectrum",
]
