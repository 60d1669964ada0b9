"""How kernels are compiled: without a way in from Python, since only other kernels call them, and without memory.

No kernel makes an array. The compiler then leaves out the counts of references to arrays, which would take more time
than the draws and make threads wait for one another. A kernel called from Python ends the process: tests wrap it.
"""

from __future__ import annotations

from typing import Any

from numba import njit

#: Division by zero gives infinity or NaN, as in numpy.
OPTIONS: dict[str, Any] = {"no_cfunc_wrapper": True, "error_model": "numpy", "_nrt": False}
_INNER: dict[str, Any] = {**OPTIONS, "no_cpython_wrapper": True}

#: Decorates a function of the engine that runs compiled.
kernel: Any = njit(**_INNER)
