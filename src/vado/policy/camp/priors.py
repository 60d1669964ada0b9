"""Priors of parameters as a description states them: a median, and the ends of a 90 % range.

A description gives a parameter a ``value``, ``low``, ``high`` and ``distribution``. Here ``value`` is the median and
low and high the ends of a 90 % range, so that the width of the law on its scale (logarithm or logit) is their distance
over twice 1.645. Where the median does not lie in the middle of the range on that scale, the median is kept.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from vado.errors import BadValueError
from vado.network.model import Network, Parameter

Floats = npt.NDArray[np.float64]

#: Standard deviations between the middle and an end of a 90 % range of a normal law.
TO_END = 1.6448536269514722


def named(network: Network, name: str) -> Parameter:
    """Return a parameter or lever of a description."""
    known: dict[str, Parameter] = {**network.parameters, **network.levers}
    return known[name]


def draw(parameter: Parameter, standard: npt.ArrayLike, median: float) -> Floats:
    """Turn standard normal numbers into values of a parameter.

    Parameters
    ----------
    parameter
        Gives the range and the shape, ``lognormal`` or ``logitnormal``.
    standard
        Standard normal numbers, any shape.
    median
        The median, in the unit of the parameter; above 0, and below 1 for a logitnormal.

    Returns
    -------
    ndarray
        Values of the same shape, in the unit of the parameter.

    Raises
    ------
    BadValueError
        If the parameter has no range or another distribution.

    Examples
    --------
    >>> from vado.network.model import Parameter
    >>> stay = Parameter(unit="days", value=10, low=5, high=20, distribution="lognormal")
    >>> draw(stay, [-TO_END, 0, TO_END], 10).round(2).tolist()
    [5.0, 10.0, 20.0]
    """
    numbers = np.asarray(standard, dtype=np.float64)
    if parameter.distribution == "lognormal":
        return np.asarray(median * np.exp(width(parameter) * numbers))
    return np.asarray(1.0 / (1.0 + np.exp(-(_logit(median) + width(parameter) * numbers))))


def width(parameter: Parameter) -> float:
    """Return the standard deviation of a parameter on the scale of its law: logarithm or logit.

    Raises
    ------
    BadValueError
        If the parameter has no range or another distribution.
    """
    low, high = parameter.low, parameter.high
    scale: Any = {"lognormal": math.log, "logitnormal": _logit}.get(str(parameter.distribution))
    if low is None or high is None or scale is None:
        raise BadValueError(
            f"a parameter in {parameter.unit} with distribution {parameter.distribution!r} has no prior; give low, "
            "high and distribution lognormal or logitnormal"
        )
    return float((scale(high) - scale(low)) / (2.0 * TO_END))


def _logit(share: float) -> float:
    return math.log(share / (1.0 - share))
