"""What a seed may be."""

from __future__ import annotations

from numbers import Integral

from vado.errors import BadValueError


def check_seed(seed: object) -> None:
    """Refuse a seed that no generator of random numbers takes.

    Raises
    ------
    BadValueError
        For a number below 0, or what is no whole number.

    Examples
    --------
    >>> check_seed(1)
    """
    if isinstance(seed, bool) or not isinstance(seed, Integral) or seed < 0:
        raise BadValueError(f"seed is {seed!r}; choose a whole number from 0 on")
