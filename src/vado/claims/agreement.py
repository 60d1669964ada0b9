"""When a stated figure agrees with a published number: its rounding, its bound, its unit.

A figure agrees within half of its last stated place. ``about`` widens that to :data:`ABOUT` of the number; percentages
are allowed half a point. A bound agrees where it is true; a true bound far from the number is *loose*, and beyond
:data:`UNRELATED` it says so little that the figure probably counts something else.
"""

from __future__ import annotations

import math
from typing import Literal

from vado.claims.figure import Figure
from vado.claims.rivals import Rival

#: "About 18,000" agrees with a number within this share of it.
ABOUT = 0.05

#: A percentage, poll or change in per cent agrees within this many points, however finely it is stated.
POINTS = 0.5

#: Below this ratio of number to bound, a true bound is tight.
TIGHT = 1.15

#: A true bound beyond this ratio is no agreement: it would hold of almost anything.
UNRELATED = 3.0

#: For floating-point sums only.
EPSILON = 1e-6

Fit = Literal["agrees", "inside", "loose", "unrelated", "differs", "undecided"]

_UNITS_IN_POINTS = ("percent", "change_percent")


def significant_digits(figure: Figure) -> int:
    """Return how many digits of a figure are stated.

    >>> significant_digits(Figure(0, 6, "17,638", "17,638", 17638, "exact", "count", 1))
    5
    >>> significant_digits(Figure(0, 10, "11 million", "11 million", 11e6, "exact", "count", 1e6))
    2
    """
    places = abs(figure.value) / (figure.step or 1.0)
    return math.floor(math.log10(places) + 1 + EPSILON) if places >= 1 else 1


def tolerance(figure: Figure) -> float:
    """Return how far a number may lie from the figure and still agree with it, in the figure's unit."""
    half = figure.step / 2
    if figure.unit in _UNITS_IN_POINTS:
        half = max(half, POINTS, figure.step if figure.bound == "about" else 0.0)
    return max(half, ABOUT * abs(figure.value)) if figure.bound == "about" else half


def fit(figure: Figure, rival: Rival, value: float | None = None) -> Fit:
    """Return how a figure stands to a published number.

    Parameters
    ----------
    figure
        The stated figure.
    rival
        The published number.
    value
        The number to compare with, where it is not the rival's own (a rate made from a total).

    Returns
    -------
    str
        ``agrees``; ``inside`` an interval without a number; ``loose`` for a true bound far off and ``unrelated`` for
        one so far off that it says nothing; ``differs``; ``undecided`` where the source itself gives a bound only.

    Examples
    --------
    >>> import datetime as dt
    >>> day = dt.date(2021, 9, 30)
    >>> truth = Rival("CBP", 192001, None, None, "encounters", day, day, day, "cbp")
    >>> fit(Figure(0, 7, "192,000", "some 192,000", 192000, "about", "count", 1000), truth)
    'agrees'
    >>> fit(Figure(0, 7, "200,000", "more than 200,000", 200000, "more than", "count", 100000), truth)
    'differs'
    """
    number = rival.value if value is None else value
    if figure.bound == "vote":
        return "agrees" if (figure.value, figure.high) == (rival.value, rival.high) else "differs"
    if number is None:
        return _fit_interval(figure, rival)
    margin = tolerance(figure) + rival.slack + EPSILON
    if figure.bound == "between":
        upper = figure.value if figure.high is None else figure.high
        if figure.value - margin <= number <= upper + margin:
            return "agrees"
    elif figure.bound in ("exact", "about"):
        if abs(number - figure.value) <= margin:
            return "agrees"
    else:
        return _fit_bound(figure, number, rival)
    one_sided = (rival.low is None) != (rival.high is None)
    if one_sided and (figure.value > number) == (rival.high is None):
        return "undecided"
    return "differs"


def _fit_bound(figure: Figure, number: float, rival: Rival) -> Fit:
    above = figure.bound in ("at least", "more than")
    if not _holds(figure, number, rival):
        lower_bound_only = above and rival.low is not None and rival.high is None
        return "undecided" if lower_bound_only else "differs"
    small, large = sorted((abs(number), abs(figure.value)))
    ratio = large / small if small else math.inf
    if figure.unit in _UNITS_IN_POINTS or ratio < TIGHT:
        return "agrees"
    return "loose" if ratio < UNRELATED else "unrelated"


def _fit_interval(figure: Figure, rival: Rival) -> Fit:
    """Compare with a source that gives an interval without a number."""
    low = -math.inf if rival.low is None else rival.low
    high = math.inf if rival.high is None else rival.high
    margin = figure.step / 2 + rival.slack + EPSILON
    if figure.bound == "between":
        upper = figure.value if figure.high is None else figure.high
        if abs(figure.value - low) <= margin and abs(upper - high) <= margin:
            return "agrees"
        return "inside" if low - margin <= figure.value and upper <= high + margin else "differs"
    if figure.bound in ("at least", "more than", "at most", "less than"):
        above = figure.bound in ("at least", "more than")
        sure, possible = (low, high) if above else (high, low)
        if math.isfinite(sure) and (found := _fit_bound(figure, sure, rival)) not in ("differs", "undecided"):
            return found
        return "undecided" if not math.isfinite(possible) or _holds(figure, possible, rival) else "differs"
    return "inside" if low - margin <= figure.value <= high + margin else "differs"


def _holds(figure: Figure, number: float, rival: Rival) -> bool:
    # Rounding gives no room here: "more than 200,000" is not true of 199,976. The source's own rounding does.
    room = rival.slack + EPSILON
    above = figure.bound in ("at least", "more than")
    return number >= figure.value - room if above else number <= figure.value + room
