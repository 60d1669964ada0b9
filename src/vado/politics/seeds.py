"""What a seed may be."""

from __future__ import annotations

from vado.errors import BadValueError


def check_seed(seed: int) -> None:
    """Refuse a seed that no generator of random numbers takes.

    Raises
    ------
    BadValueError
        For a number below 0, or none.

    Examples
    --------
    >>> check_seed(1)
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise BadValueError(f"seed is {seed!r}; choose a whole number from 0 on")
