"""Kernels that lie in the store: a file of Python each, under the SHA-256 of its bytes."""

from __future__ import annotations

import hashlib

from .declaration import Kernel
from .errors import InvalidInputError, UnknownKernelError, UnusableObjectError
from .kernel_file import load_kernel
from .points import expect_numba
from .ports import Store

MOST_BYTES = 16 * 2**20


def fetch_kernel(store: Store, name: str, sha256: str) -> Kernel:
    """Raises UnknownKernelError where it does not load here, for example because a package is missing, and UnusableObjectError where it is
    gone, or is another file."""
    key = f"kernels/{sha256}"
    source = store.get(key, MOST_BYTES)
    if source is None:
        raise UnusableObjectError(f"Expected {key} to be in the store, got nothing.")
    found = hashlib.sha256(source).hexdigest()
    if found != sha256:
        raise UnusableObjectError(f"Expected {key} to be the file of that SHA-256, got {found}.")
    try:
        kernel = load_kernel(source, f"{name}.py")
        if kernel.point is not None:
            expect_numba()
        return kernel
    except InvalidInputError as error:
        raise UnknownKernelError(str(error)) from error
