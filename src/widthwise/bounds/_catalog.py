"""Every theorem that asks for a width, by name: from a spectrum, or from the rows."""

from widthwise.bounds.convergence import inner_layer
from widthwise.bounds.eigenvalues import (
    WidthBound,
    benson_bernstein,
    benson_chernoff,
    benson_chernoff_simplified,
    benson_full_rank,
    benson_theorem_4_5,
    chernoff_smallest,
    gaussian_truncation,
    intrinsic_bernstein,
    intrinsic_condition,
    intrinsic_smallest,
    power_condition,
    power_smallest,
    spectral_condition,
    spectral_smallest,
    truncated_smallest,
)
from widthwise.bounds.orders import (
    benson_gaussian,
    benson_gaussian_full_rank,
    du_2019,
    du_lee_2019,
    oymak_output_layer,
    oymak_relu,
    oymak_smooth,
)
from widthwise.bounds.rank import (
    RankTheorem,
    analytic_rank,
    angle_rank,
    exponential_rank,
    pair_rank,
    separation_rank,
    wendland_rank,
)

__all__ = ["CATALOG", "RANK_CATALOG"]

CATALOG: dict[str, WidthBound] = {
    each.name: each
    for each in (
        benson_full_rank,
        benson_theorem_4_5,
        benson_chernoff,
        benson_chernoff_simplified,
        benson_bernstein,
        chernoff_smallest,
        gaussian_truncation,
        truncated_smallest,
        spectral_smallest,
        spectral_condition,
        intrinsic_smallest,
        intrinsic_condition,
        intrinsic_bernstein,
        power_smallest,
        power_condition,
        inner_layer,
        benson_gaussian,
        benson_gaussian_full_rank,
        du_lee_2019,
        du_2019,
        oymak_output_layer,
        oymak_relu,
        oymak_smooth,
    )
}
"""Theorems that take the spectrum of the kernel they name."""

RANK_CATALOG: dict[str, RankTheorem] = {
    each.name: each
    for each in (
        analytic_rank,
        exponential_rank,
        wendland_rank,
        pair_rank,
        separation_rank,
        angle_rank,
    )
}
"""Theorems that take the rows, and promise that the features are independent."""
