"""Wendland's functions of many numbers, without Python's lock."""

import numpy as np

from widthwise.machine import compiled

__all__ = ["overwrite_profile"]

_AT_ONCE = 1024
"""Numbers that stay in the first cache from the first operation to the last."""


@compiled
def overwrite_profile(
    z: np.ndarray, half: float, power: int, rising: np.ndarray
) -> None:
    r"""Overwrite t with $(1-u)_+^p\,(r_0 + r_1 u + \dots) / r_0$, $u^2 = (1-t)/h$.

    The operations are those of `Wendland.apply_`, in the same order.

    Parameters
    ----------
    z
        Shape (k,), none above 1.
    half, power, rising
        h, p and r.
    """
    edge, degree, highest = 1.0 - half, rising.size - 1, 1
    while 2 * highest <= power:
        highest *= 2
    u, inside, value = np.empty(_AT_ONCE), np.empty(_AT_ONCE), np.empty(_AT_ONCE)
    for start in range(0, z.size, _AT_ONCE):
        count = min(_AT_ONCE, z.size - start)
        for i in range(count):
            t = z[start + i]
            # As it stands, / would look for zeros one by one.
            u[i] = np.sqrt(np.divide(1.0 - t, half))
            within = t - edge if t > edge else 0.0
            inside[i] = np.divide(within, (u[i] + 1.0) * half)
            value[i] = inside[i]
        digit = highest // 2
        while digit:
            for i in range(count):
                value[i] *= value[i]
            if power & digit:
                for i in range(count):
                    value[i] *= inside[i]
            digit //= 2
        for i in range(count):
            inside[i] = rising[degree]  # From here on the polynomial.
        for k in range(degree - 1, -1, -1):
            c = rising[k]
            for i in range(count):
                inside[i] = inside[i] * u[i] + c
        for i in range(count):
            z[start + i] = np.divide(value[i] * inside[i], rising[0])
