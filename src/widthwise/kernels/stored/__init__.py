"""Kernel matrices that no memory holds, on disk."""

from widthwise.kernels.stored._store_kernel import StoredKernel, store_kernel

__all__ = ["StoredKernel", "store_kernel"]
