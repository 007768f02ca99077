"""What a study found on one thing, as the record holds it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Evidence"]


@dataclass(frozen=True)
class Evidence:
    """What was found on one activation or layer, in the record's terms."""

    content: dict[str, Any]
    arrays: dict[str, np.ndarray]
