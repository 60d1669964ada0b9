r"""How much did a count change when a rule changed: an event study with a comparison group and placebo dates.

The months before a change are set against the months after it, and the same difference of a comparison group is taken
off. Months between announcement and effect, and the month in which the change took effect, belong to neither side:
people hurry before a rule they know of. With :math:`y` the log count less its season, :math:`\bar y` its mean over
months and units, :math:`i` the unit treated and :math:`D` the comparison,

.. math:: \tau = (\bar y_{i,after} - \bar y_{i,before}) - (\bar y_{D,after} - \bar y_{D,before}).

The comparison is a weighted mean of the other units that have no change of their own in the window: the synthetic
control with an intercept of Doudchenko and Imbens (2016), weights at least 0 with sum 1 that follow the moves of the
treated unit in the months before. With six months and ten units there are more weights than months, so the weights are
drawn towards equal ones; the plain mean is the other end of that and a rival. Which of the two, how strong the pull,
and how many months before, was chosen by the spread of the placebos below, which hold no change that is studied.

One treated unit gives no sampling variance, and the series are neither independent nor of one spread. So the interval
comes from placebos: the same estimate at every date and for every unit whose window holds no change of its own, as in
Abadie, Diamond and Hainmueller (2010), who permute units; here dates are permuted too. A value :math:`\tau_0` lies in
the 90 per cent interval if :math:`\tau - \tau_0` lies between the 5th and the 95th percentile of the placebos. Windows
of neighbouring dates overlap, so the number of placebos overstates what they tell; the number of windows that do not
overlap stands beside it.

References
----------
Abadie, A., Diamond, A., Hainmueller, J. (2010). Synthetic control methods for comparative case studies. Journal of the
American Statistical Association 105(490).
Doudchenko, N., Imbens, G. (2016). Balancing, regression, difference-in-differences and synthetic control methods: a
synthesis. NBER Working Paper 22791.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from vado.errors import BadValueError
from vado.forecast.targets import Floats

Comparison = Literal["mean", "synthetic"]

#: Months on each side of the months left out.
BEFORE, AFTER = 6, 3
#: Mean count a month before the change below which log changes are mostly counting noise; no unit smaller than this is
#: treated, compared with, or a placebo.
FEWEST = 100.0
#: Pull of synthetic weights towards equal ones, as a variance of logs. With it and six months before, placebos spread
#: least: 1.64 between their 5th and 95th percentile, against 2.53 for the plain mean (docs/effects.md).
RIDGE = 0.03
#: Part of the placebos between the ends of an interval.
COVERAGE = 0.9


@dataclass(frozen=True)
class LogPanel:
    """Counts by month and unit, and the level that the season alone would give.

    Parameters
    ----------
    months
        Months without a gap, shape (time,).
    units
        Names, such as codes of nationalities.
    counts
        Shape (time, unit) [events/month].
    season
        Log level expected from the calendar month, shape (time, unit); zero where a unit has no season.
    """

    months: pd.PeriodIndex
    units: tuple[str, ...]
    counts: Floats
    season: Floats

    @cached_property
    def logs(self) -> Floats:
        """Log counts less their season, shape (time, unit); one is added to each count so that a zero has a log."""
        return np.asarray(np.log1p(self.counts) - self.season)


@dataclass(frozen=True)
class Window:
    """Months before, left out, and after a change, as positions in a panel.

    Parameters
    ----------
    first
        The first month left out.
    left_out, before, after
        Numbers of months.

    Examples
    --------
    >>> Window(first=6, left_out=1).months_after
    range(7, 10)
    """

    first: int
    left_out: int = 1
    before: int = BEFORE
    after: int = AFTER

    @property
    def months_before(self) -> range:
        """Positions of the months before."""
        return range(self.first - self.before, self.first)

    @property
    def months_after(self) -> range:
        """Positions of the months after."""
        start = self.first + self.left_out
        return range(start, start + self.after)

    @property
    def all_months(self) -> range:
        """Positions from the first month before to the last month after."""
        return range(self.months_before.start, self.months_after.stop)

    def fits(self, panel: LogPanel) -> bool:
        """Return whether the panel has all months of the window."""
        return self.months_before.start >= 0 and self.months_after.stop <= len(panel.months)


#: For each unit the months in which a change of its own was announced, took effect or ended.
OwnChanges = Mapping[str, frozenset[pd.Period]]


@dataclass(frozen=True)
class Estimate:
    """The estimate of one unit at one date.

    Parameters
    ----------
    unit
        The unit treated, or taken for treated.
    window
        Its months.
    effect
        Change of the log count against the comparison.
    slope
        Trend of the difference to the comparison over the months before [log/month]; far from zero, the two were not on
        parallel ways and the effect holds what was under way.
    comparison
        Units of the comparison with their weights, which sum to one.
    """

    unit: str
    window: Window
    effect: float
    slope: float
    comparison: Mapping[str, float]

    @property
    def effect_if_trend_went_on(self) -> float:
        """The effect, had the difference kept the slope of the months before."""
        distance = np.mean(self.window.months_after) - np.mean(self.window.months_before)
        return self.effect - self.slope * float(distance)


def comparison_units(panel: LogPanel, unit: str, window: Window, own: OwnChanges) -> tuple[str, ...]:
    """Return the other units that are large enough and have no change of their own within the window."""
    return tuple(name for name in panel.units if name != unit and _calm(panel, name, window, own))


def estimate(
    panel: LogPanel,
    unit: str,
    window: Window,
    own: OwnChanges,
    *,
    method: Comparison = "synthetic",
    among: tuple[str, ...] | None = None,
) -> Estimate:
    """Return the change of a unit against its comparison.

    Parameters
    ----------
    panel
        The counts.
    unit
        The unit treated.
    window
        Which months are compared.
    own
        Changes of each unit, which keep it out of the comparison.
    method
        ``synthetic`` weights, or the plain ``mean`` of the comparison units.
    among
        Compare with no others than these; default all.

    Raises
    ------
    BadValueError
        If the window lies outside the panel, or no unit is left to compare with.
    """
    if not window.fits(panel):
        raise BadValueError(
            f"the window of {unit} needs months from {window.before} before to {window.after} after those left out, "
            f"and the counts run from {panel.months[0]} to {panel.months[-1]}; use fewer months or another date"
        )
    found = comparison_units(panel, unit, window, own)
    donors = tuple(name for name in found if among is None or name in among)
    if not donors:
        raise BadValueError(f"no unit is left to compare {unit} with at {panel.months[window.first]}")
    return _against(panel, unit, window, donors, method)


def placebos(
    panel: LogPanel,
    window: Window,
    own: OwnChanges,
    *,
    method: Comparison = "synthetic",
    among: tuple[str, ...] | None = None,
    units: tuple[str, ...] | None = None,
) -> list[Estimate]:
    """Return the same estimate at every date and for every unit whose window holds no change of its own.

    Parameters
    ----------
    panel, own, method, among
        As for :func:`estimate`.
    window
        Of the change studied; its lengths are kept and its date is moved over all months.
    units
        Only these units; default all.
    """
    found = []
    for moved in _all_windows(panel, window):
        calm = [name for name in panel.units if _calm(panel, name, moved, own)]
        for unit in calm if units is None else [name for name in calm if name in units]:
            donors = tuple(name for name in calm if name != unit and (among is None or name in among))
            if donors:
                found.append(_against(panel, unit, moved, donors, method))
    return found


@dataclass(frozen=True)
class Verdict:
    """What the placebos say of an estimate.

    Parameters
    ----------
    low, high
        Ends of the 90 per cent interval of the effect [log].
    as_large
        Placebos whose size is at least that of the effect.
    count
        Number of placebos.
    units
        Number of units among them.
    apart
        Most placebos whose windows do not overlap, unit by unit.
    slope_as_large
        Placebos whose trend before is at least as steep.
    """

    low: float
    high: float
    as_large: int
    count: int
    units: int
    apart: int
    slope_as_large: int

    @property
    def p(self) -> float:
        """Share of all estimates, the one studied included, that are at least as large; never zero."""
        return (self.as_large + 1) / (self.count + 1)

    @property
    def p_of_slope(self) -> float:
        """The same for the trend before the change."""
        return (self.slope_as_large + 1) / (self.count + 1)


def judge(studied: Estimate, by_chance: list[Estimate]) -> Verdict:
    """Return the interval and the shares of placebos at least as large.

    Raises
    ------
    BadValueError
        If there are fewer than ten placebos: no 90 per cent interval can be read off them.
    """
    if len(by_chance) < 10:
        raise BadValueError(f"only {len(by_chance)} placebos for {studied.unit}; a 90 % interval needs at least 10")
    effects = np.array([one.effect for one in by_chance])
    slopes = np.array([one.slope for one in by_chance])
    tail = (1 - COVERAGE) / 2
    low, high = np.quantile(effects, [tail, 1 - tail])
    return Verdict(
        low=studied.effect - float(high),
        high=studied.effect - float(low),
        as_large=int((np.abs(effects) >= abs(studied.effect)).sum()),
        count=len(by_chance),
        units=len({one.unit for one in by_chance}),
        apart=_apart(by_chance),
        slope_as_large=int((np.abs(slopes) >= abs(studied.slope)).sum()),
    )


def path(panel: LogPanel, studied: Estimate, months_after: int) -> pd.DataFrame:
    """Return treated and comparison month by month, as ratios to their own mean before the change.

    Parameters
    ----------
    panel
        The counts.
    studied
        The estimate whose path is shown.
    months_after
        How far to follow it after the months left out; cut where the counts end.

    Returns
    -------
    pandas.DataFrame
        ``month``, ``event_time`` (months since the last month left out, which is 0), ``treated``, ``comparison`` (1 is
        the geometric mean before).
    """
    logs, window = panel.logs, studied.window
    last = min(window.months_after.start + months_after, len(panel.months))
    span = range(window.months_before.start, last)
    others = sum(weight * logs[:, panel.units.index(name)] for name, weight in studied.comparison.items())
    rows = {}
    for name, series in (("treated", logs[:, panel.units.index(studied.unit)]), ("comparison", np.asarray(others))):
        rows[name] = np.exp(series[list(span)] - series[list(window.months_before)].mean())
    return pd.DataFrame(
        {
            "month": panel.months[list(span)].to_timestamp(how="end").normalize().as_unit("s"),
            "event_time": [position - window.months_after.start + 1 for position in span],
            **rows,
        }
    )


def coverage(by_chance: list[Estimate]) -> tuple[float, int]:
    """Return how often an interval made from the other units' placebos holds a placebo's true effect, which is none.

    Each unit in turn is left out, and its placebos are held against the 5th and 95th percentile of all others'.

    Returns
    -------
    tuple
        The share covered, and the number of placebos.
    """
    held, tail = [], (1 - COVERAGE) / 2
    for unit in {one.unit for one in by_chance}:
        rest = [one.effect for one in by_chance if one.unit != unit]
        if len(rest) < 10:
            continue
        low, high = np.quantile(rest, [tail, 1 - tail])
        held += [low <= one.effect <= high for one in by_chance if one.unit == unit]
    return (float(np.mean(held)) if held else float("nan")), len(held)


def _against(panel: LogPanel, unit: str, window: Window, donors: tuple[str, ...], method: Comparison) -> Estimate:
    treated = panel.logs[:, panel.units.index(unit)]
    others = panel.logs[:, [panel.units.index(name) for name in donors]]
    before, after = list(window.months_before), list(window.months_after)
    weights = _weights(treated[before], others[before]) if method == "synthetic" else np.ones(len(donors))
    weights = weights / weights.sum()
    difference = treated - others @ weights
    # The least-squares line over evenly spaced months.
    steps = np.arange(len(before)) - (len(before) - 1) / 2
    slope = float(steps @ difference[before] / (steps @ steps))
    effect = float(difference[after].mean() - difference[before].mean())
    return Estimate(unit, window, effect, slope, dict(zip(donors, weights.tolist(), strict=True)))


def _calm(panel: LogPanel, unit: str, window: Window, own: OwnChanges) -> bool:
    """Return whether a unit is large enough before and has no change of its own in any month of the window."""
    before, every = window.months_before, window.all_months
    if panel.counts[before.start : before.stop, panel.units.index(unit)].mean() < FEWEST:
        return False
    return not any((month - panel.months[0]).n in every for month in own.get(unit, ()))


def _all_windows(panel: LogPanel, window: Window) -> Iterator[Window]:
    for first in range(window.before, len(panel.months) - window.left_out - window.after + 1):
        yield Window(first, window.left_out, window.before, window.after)


def _apart(by_chance: list[Estimate]) -> int:
    """Return the most windows that do not overlap, counted for each unit: those that end first are taken first."""
    taken = 0
    for unit in {one.unit for one in by_chance}:
        free = -1
        for one in sorted((o for o in by_chance if o.unit == unit), key=lambda o: o.window.first):
            if one.window.all_months.start >= free:
                taken += 1
                free = one.window.all_months.stop
    return taken


def _weights(treated: Floats, others: Floats) -> Floats:
    """Return weights at least 0 with sum 1 that follow the treated unit's moves before, drawn towards equal ones."""
    count = others.shape[1]
    moves, target = others - others.mean(axis=0), treated - treated.mean()
    # The last row holds the sum at one: a weight so heavy that the rest cannot move it.
    pull = np.sqrt(RIDGE * len(treated))
    stacked = np.vstack([moves, pull * np.eye(count), np.full((1, count), 1e4)])
    wanted = np.concatenate([target, np.full(count, pull / count), [1e4]])
    return np.asarray(nnls(stacked, wanted)[0], dtype=float)
