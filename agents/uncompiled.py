"""The model as plain Python, slowly, for debugging: what ``NUMBA_DISABLE_JIT=1`` makes of compiled functions."""

import threading
from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import numpy as np

__all__ = ["Uncompiled"]


class Uncompiled:
    """A function that is called as it is written, with rounding and wrapping as in compiled code.

    Parameters
    ----------
    function : callable
        Kept as ``py_func``, as Numba does.
    """

    def __init__(self, function: Callable) -> None:
        self.py_func = function
        update_wrapper(self, function)

    def __call__(self, *arguments: Any) -> Any:
        if _within.any:  # called by another one, which has seen to the warnings
            return self.py_func(*arguments)
        _within.any = True
        try:
            with np.errstate(all="ignore"):  # words of 64 bits wrap and divisions by zero pass, as in compiled code
                return self.py_func(*arguments)
        finally:
            _within.any = False


class _Within(threading.local):
    any = False


_within = _Within()
