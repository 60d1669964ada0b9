"""How kernels are compiled: without a way in from Python, since only other kernels call them."""

from __future__ import annotations

from numba import njit

#: Decorates a function of the engine that runs compiled. Division by zero gives infinity or NaN, as in numpy.
kernel = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, error_model="numpy")
