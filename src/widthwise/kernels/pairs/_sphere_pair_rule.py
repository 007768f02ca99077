r"""E[f(a u) g(b v)] for single pairs of rows under the sphere law, in pieces.

With $u = \sin\eta$ and $v = \rho\sin\eta + s\cos\eta\sin\zeta$, $\rho^2 + s^2 = 1$, the
density of η is a multiple of $\cos^{d-2}\eta$ and that of ζ, independent, of
$\cos^{d-3}\zeta$, so that neither has a singular end; for d = 2 ζ is ±π/2. Both
integrals are cut where a piece ends. $H(\eta) = E_\zeta\,g(b v)$ has roots of odd
powers where $v = \sin(\eta\pm\theta)$ meets a kink, on that side where ζ reaches the
kink: panels there have nodes denser at both ends by an arcsine, and none is longer than
twice the distance from the next such place. Where no piece ends within reach of ζ, g is
one polynomial, whose mean a Gauss rule of ζ's law finds exactly.
"""

from functools import partial

import numpy as np

from widthwise.kernels.pairs._pair_rule import evaluate, piece_of, value_of
from widthwise.machine import compiled

__all__ = ["add_sphere_lines", "add_sphere_pairs"]

# Multiplications and additions may be fused.
_fused = partial(compiled, fastmath=frozenset({"contract"}))

_NOWHERE = 1e-14
"""Panels are not cut at places nearer to one another than this."""


@_fused
def add_sphere_pairs(  # type: ignore[no-untyped-def]
    first,  # (N,) a > 0
    second,  # (N,) b, of the sign of the correlation
    rho,  # (N,) |ρ|
    sine,  # (N,)
    dimension,
    peaks,  # (2,) of the densities of sin η and sin ζ
    edges,  # (P + 1,) of f's and g's pieces
    coefficients,  # (P, K) of f in powers of each piece's own [-1, 1]
    others,  # (P, K) of g
    kinks,  # (M,)
    panels,  # ascending cuts that any integral over η has
    layers,  # sines of ζ at which cuts go around a kink
    longest,  # panel of ζ
    rule,  # (2, n) Gauss-Legendre on [0, 1]
    whole,  # (2, m) sines of ζ and probabilities
    out,  # (N,)
):
    most = 4 * len(edges) + 4 * len(kinks) * len(layers) + len(panels)
    cuts, roots = np.empty(most), np.empty(4 * len(kinks))
    room, stack = np.empty((2, max(rule.shape[1], whole.shape[1]))), np.empty((64, 2))
    reach = panels[-1]
    for n in range(len(out)):
        a, b, r, s = first[n], second[n], rho[n], sine[n]
        count, places = len(panels), 0
        cuts[:count] = panels
        for edge in edges:
            count = _add_turns(edge / a, 1.0, 0.0, reach, cuts, count)
            count = _add_turns(edge / b, r, 0.0, reach, cuts, count)
        for kink in kinks:
            for layer in layers:
                for sign in (-1.0, 1.0):
                    before = count
                    count = _add_turns(
                        kink / b, r, sign * layer * s, reach, cuts, count
                    )
                    if layer == 1.0:
                        for k in range(before, count):
                            roots[places] = cuts[k]
                            places += 1
        ends = np.sort(cuts[:count])
        total = 0.0
        for i in range(count - 1):
            stack[0, 0], stack[0, 1] = ends[i], ends[i + 1]
            depth = 1
            while depth:
                depth -= 1
                low, high = stack[depth]
                if high <= low:
                    continue
                is_bent = _is_within(low, high, b, r, s, kinks)
                cut, bend = low, 0
                if is_bent:
                    cut, bend = _cut_of(low, high, roots[:places])
                if cut > low and depth < 62:
                    stack[depth, 0], stack[depth, 1] = low, cut
                    stack[depth + 1, 0], stack[depth + 1, 1] = cut, high
                    depth += 2
                    continue
                half = (high - low) / 2
                piece = piece_of(edges, a * np.sin(low + half))
                for k in range(rule.shape[1]):
                    x = rule[0, k]
                    place, slope = 2 * x, 2.0
                    if bend == 1:
                        place, slope = 2 * x * x, 4 * x
                    elif bend == 2:
                        place, slope = 2 * x * (2 - x), 4 * (1 - x)
                    elif bend == 3:
                        turn = np.pi * (x - 0.5)
                        place, slope = 1 + np.sin(turn), np.pi * np.cos(turn)
                    eta = low + half * place
                    weight = half * slope * rule[1, k]
                    cosine = np.cos(eta)
                    weight *= cosine ** (dimension - 2)
                    u = np.sin(eta)
                    weight *= value_of(edges, coefficients, piece, a * u)
                    if weight != 0.0:
                        total += weight * _mean(
                            b * r * u, abs(b) * s * cosine, dimension, peaks[1],
                            edges, others, reach, longest, rule, whole, room
                        )  # fmt: skip
        out[n] = peaks[0] * total


@_fused
def add_sphere_lines(  # type: ignore[no-untyped-def]
    middle, width, dimension, peak, edges, others, reach, longest, rule, whole, out
):
    """Write E g(middle + width sin ζ), each (N,), g in pieces."""
    room = np.empty((2, max(rule.shape[1], whole.shape[1])))
    for n in range(len(out)):
        out[n] = _mean(
            middle[n], width[n], dimension, peak, edges, others, reach, longest, rule,
            whole, room
        )  # fmt: skip


@_fused
def _add_turns(place, r, w, reach, cuts, count):  # type: ignore[no-untyped-def]
    """Write where r sin η + w cos η is `place`, within reach; return the new count."""
    size = np.sqrt(r * r + w * w)
    if abs(place) >= size:
        return count
    base, turn = np.arcsin(place / size), np.arctan2(w, r)
    for eta in (base - turn, np.pi - base - turn, -np.pi - base - turn):
        if abs(eta) < reach:
            cuts[count] = eta
            count += 1
    return count


@_fused
def _is_within(low, high, b, r, s, kinks):  # type: ignore[no-untyped-def]
    """Whether ζ reaches a kink from the panel."""
    u, cosine = np.sin((low + high) / 2), np.cos((low + high) / 2)
    is_within = False
    for kink in kinks:
        is_within |= abs(kink / b - r * u) < s * cosine
    return is_within


@_fused
def _cut_of(low, high, roots):  # type: ignore[no-untyped-def]
    """Return where a panel that is long beside its distance from a root is cut.

    Or its lower end, where it is not; and whether a root is its lower end, plus twice
    whether one is the upper.
    """
    length, bend = high - low, 0
    before = after = length
    for root in roots:
        if root < low - _NOWHERE:
            before = min(before, low - root)
        elif root < low + _NOWHERE:
            bend |= 1
        if root > high + _NOWHERE:
            after = min(after, root - high)
        elif root > high - _NOWHERE:
            bend |= 2
    if length < _NOWHERE:
        return low, bend
    if before <= after and 2 * before < length:
        return low + max(before, length / 1e6), bend
    if 2 * after < length:
        return high - max(after, length / 1e6), bend
    return low, bend


@_fused
def _mean(  # type: ignore[no-untyped-def]
    middle, width, dimension, peak, edges, others, reach, longest, rule, whole, room
):
    """Return E g(middle + width sin ζ)."""
    places, values = room
    top = np.sin(reach)
    last = piece_of(edges, middle + width * top)
    piece = piece_of(edges, middle - width * top)
    total = 0.0
    if piece == last or dimension == 2:
        count = whole.shape[1]
        if dimension == 2:
            for k in range(count):
                z = middle + width * whole[0, k]
                total += whole[1, k] * value_of(edges, others, piece_of(edges, z), z)
            return total
        centre = (edges[piece] + edges[piece + 1]) / 2
        scale = 2 / (edges[piece + 1] - edges[piece])
        for k in range(count):
            places[k] = (middle + width * whole[0, k] - centre) * scale
        evaluate(others, piece, places, values, count)
        for k in range(count):
            total += whole[1, k] * values[k]
        return total
    count = rule.shape[1]
    start = -reach
    for p in range(piece, last + 1):
        stop = reach
        if p < last:
            stop = np.arcsin(max(min((edges[p + 1] - middle) / width, top), -top))
        parts = int(np.ceil((stop - start) / longest))
        centre = (edges[p] + edges[p + 1]) / 2
        scale = 2 / (edges[p + 1] - edges[p])
        for part in range(parts):
            low = start + (stop - start) * part / parts
            length = (stop - start) / parts
            for k in range(count):
                sine = np.sin(low + length * rule[0, k])
                places[k] = (middle + width * sine - centre) * scale
            evaluate(others, p, places, values, count)
            for k in range(count):
                zeta = low + length * rule[0, k]
                weight = length * rule[1, k] * np.cos(zeta) ** (dimension - 3)
                total += weight * values[k]
        start = stop
    return peak * total
