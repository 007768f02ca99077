"""Every activation of the catalog as its paper writes it, for mpmath's numbers."""

import mpmath as mp


def wendland(z, a, order):
    u = mp.sqrt(2 - 2 * z) / mp.sqrt(2)
    if a.alpha != 2**0.5:
        u = mp.sqrt(2 - 2 * z) / mp.mpf(a.alpha)
    if u >= 1:
        return mp.mpf(0)
    ell = a.dimension // 2 + order // 2 + 1
    return {
        0: lambda: (1 - u) ** ell,
        2: lambda: (1 - u) ** (ell + 1) * ((ell + 1) * u + 1),
        4: lambda: (
            (1 - u) ** (ell + 2)
            * ((ell**2 + 4 * ell + 3) * u**2 + (3 * ell + 6) * u + 3)
            / 3
        ),
        6: lambda: (
            (1 - u) ** (ell + 3)
            * (
                (ell**3 + 9 * ell**2 + 23 * ell + 15) * u**3
                + (6 * ell**2 + 36 * ell + 45) * u**2
                + (15 * ell + 45) * u
                + 15
            )
            / 15
        ),
    }[order]()


SELU_ALPHA = mp.mpf("1.6732632423543772848170429916717")
SELU_SCALE = mp.mpf("1.0507009873554804934193349852946")

DEFINITIONS = {
    "relu": lambda z, _: max(z, mp.mpf(0)),
    "leaky_relu": lambda z, a: z if z > 0 else mp.mpf(a.negative_slope) * z,
    "abs": lambda z, _: abs(z),
    "step": lambda z, _: mp.mpf(1 if z > 0 else 0),
    "elu": lambda z, a: z if z > 0 else mp.mpf(a.alpha) * mp.expm1(z),
    "celu": lambda z, a: z if z > 0 else a.alpha * mp.expm1(z / mp.mpf(a.alpha)),
    "selu": lambda z, _: SELU_SCALE * (z if z > 0 else SELU_ALPHA * mp.expm1(z)),
    "gelu": lambda z, _: z * mp.ncdf(z),
    "gelu_tanh": lambda z, _: (
        z * (1 + mp.tanh(mp.sqrt(2 / mp.pi) * (z + mp.mpf("0.044715") * z**3))) / 2
    ),
    "swish": lambda z, _: z / (1 + mp.exp(-z)),
    "hard_swish": lambda z, _: z * min(max(z + 3, 0), 6) / 6,
    "mish": lambda z, _: z * mp.tanh(mp.log1p(mp.exp(z))),
    "softplus": lambda z, _: mp.log1p(mp.exp(z)),
    "sigmoid": lambda z, _: 1 / (1 + mp.exp(-z)),
    "hard_tanh": lambda z, _: min(max(z, mp.mpf(-1)), mp.mpf(1)),
    "tanh": lambda z, _: mp.tanh(z),
    "erf": lambda z, _: mp.erf(z),
    "sin": lambda z, _: mp.sin(z),
    "cos": lambda z, _: mp.cos(z),
    "exp": lambda z, _: mp.exp(z),
    "gaussian": lambda z, _: mp.exp(-z * z / 2),
    "square": lambda z, _: z * z,
    "cubic": lambda z, _: z**3,
    "polynomial": lambda z, a: sum(
        (mp.mpf(c) * z**k for k, c in enumerate(a.coefficients)), mp.mpf(0)
    ),
    "hermite": lambda z, a: (
        2 ** mp.mpf(-a.degree / 2)
        * mp.hermite(a.degree, z / mp.sqrt(2))
        / mp.sqrt(mp.factorial(a.degree))
    ),
    "rectified_monomial": lambda z, a: max(z, mp.mpf(0)) ** a.degree,
    "wendland0": lambda z, a: wendland(z, a, 0),
    "wendland2": lambda z, a: wendland(z, a, 2),
    "wendland4": lambda z, a: wendland(z, a, 4),
    "wendland6": lambda z, a: wendland(z, a, 6),
}
