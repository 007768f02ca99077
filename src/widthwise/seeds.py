"""Random streams that depend on a name and a block number, not on who asks first.

NumPy's Philox generator is keyed by (seed, name, block), so the same request gives the
same bits for any chunk size, thread count and order of calls.
"""

import hashlib

import numpy as np

from widthwise.errors import InvalidArgumentError

__all__ = ["derive", "stream"]


def stream(seed: int, name: str, block: int = 0) -> np.random.Generator:
    """Return the generator of one block of one named stream.

    Parameters
    ----------
    seed
        Any non-negative integer below 2**64.
    name
        What the numbers are for, such as "weights/gaussian/8".
    block
        Which block of the stream, from 0.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.seeds.stream(0, "a name").random() == ww.seeds.stream(0, "a name").random()
    True
    """
    if not 0 <= seed < 2**64:
        raise InvalidArgumentError(
            f"The seed is {seed}; it must be an integer from 0 to 2**64 - 1."
        )
    digest = hashlib.sha256(f"{seed}/{name}/{block}".encode()).digest()
    key = np.frombuffer(digest[:16], dtype="<u8")
    return np.random.Generator(np.random.Philox(key=key))


def derive(seed: int, name: str, index: int = 0) -> int:
    """Return a new seed for the index-th independent use called `name`.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.seeds.derive(0, "a name") == ww.seeds.derive(0, "a name")
    True
    """
    digest = hashlib.sha256(f"{seed}/{name}/{index}/seed".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1
