"""How many cores this process may use."""

__all__ = ["usable_cores"]


def usable_cores() -> int:
    """Return the cores left by the process's affinity and its container's quota."""
    from joblib import cpu_count

    return int(cpu_count())
