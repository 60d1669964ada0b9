"""How kernels are compiled: without a way in from Python, since only other kernels call them, and without memory.

No kernel makes an array. The compiler then leaves out the counts of references to arrays, which would take more time
than the draws and make threads wait for one another.
"""

from __future__ import annotations

from numba import njit

#: Division by zero gives infinity or NaN, as in numpy.
OPTIONS = {"no_cfunc_wrapper": True, "error_model": "numpy", "_nrt": False}

#: Decorates a function of the engine that runs compiled.
kernel = njit(no_cpython_wrapper=True, **OPTIONS)
