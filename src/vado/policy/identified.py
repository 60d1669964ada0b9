r"""What counts on the way identify: ratios of counts with intervals, and bounds on the chance of being stopped.

**Ratios.** Events per encounter and returns per event are known, whatever happened in between. Counts scatter more than
independent people would, so the log of a ratio of a month is taken to have variance :math:`1/a + 1/b + \sigma^2`:
counting noise, and what months of one quarter differ by beyond it, pooled over quarters of a nationality. A period of
:math:`k` months then has :math:`1/A + 1/B + \sigma^2/k`.

**Bounds.** Of :math:`T` runs through Mexico in a period, :math:`X` are stopped at least once, and :math:`D \le X` of
those do not arrive: they are returned, or stay, or turn back. Who arrives is met at the border, so that
:math:`T = B + D` if each arrival is one encounter and nobody stays behind who was not stopped. The stopping chance is

.. math:: s = X / (B + D), \qquad R \le D \le X \le E,

with events :math:`E` and returns :math:`R`: each return ends one run that was stopped, and a run that is stopped has at
least one event. It is least where all stopped runs are returned runs, and largest where every event is another run and
only the returned do not arrive:

.. math:: R / (B + R) \le s \le \min(1, E / (B + R)).

The ratio :math:`E / (B + E)` that is often shown lies between: too low as stopped people who are not returned go on and
are met as well, and too high where one person has several events. An arrival is not one encounter, though: one
person can be met several times, and some are not met. With :math:`f` arrivals an encounter, :math:`B` becomes
:math:`fB`; the wide bounds let :math:`f` run from one less the published share of repeat encounters to one over the
least published chance of being apprehended. A count upstream, :math:`U`, bounds from above where it is larger than
:math:`B + R`, if all who were counted came to Mexico: :math:`s \le E / U`.

References
----------
Manski, C. (2003). Partial identification of probability distributions. Springer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from vado.errors import BadValueError
from vado.forecast.evidence import joined_ids
from vado.forecast.targets import NATIONALITIES, Observer
from vado.ledger.codes import ALL, OTHER
from vado.ledger.dates import Day

#: Half the width of a 90 per cent interval in standard deviations.
WIDE = float(norm.ppf(0.95))
MEXICANS = "MEX"
NORTH = "GTM+HND+SLV"
ALL_BUT = "all but MEX"
#: Groups of nationalities that are shown beside single ones; Mexicans are no foreigners in Mexico and are in none.
GROUPS = {
    NORTH: ("GTM", "HND", "SLV"),
    ALL_BUT: tuple(code for code in NATIONALITIES if code != MEXICANS),
}
#: Everyone whom counters in Mexico can show.
FOREIGN = (*GROUPS[ALL_BUT], *GROUPS)


@dataclass(frozen=True)
class Counter:
    """One measure by month and nationality.

    Parameters
    ----------
    counts
        Months without a gap (index, monthly periods) by nationality and group [a month].
    source_ids
        Sources, separated by ``;``.
    """

    counts: pd.DataFrame
    source_ids: str

    def over(self, months: pd.PeriodIndex, code: str) -> pd.Series[float]:
        """Return the counts of a nationality in these months."""
        return self.counts.loc[months, code]

    def covers(self, months: pd.PeriodIndex) -> bool:
        """Return whether all these months were counted."""
        return bool(months.isin(self.counts.dropna().index).all())


def read_counter(
    ledger: Observer, measure: str, as_of: Day | None, *, series: str | None = None, place: str | None = None
) -> Counter:
    """Return a measure by month and nationality as known on a day; a nationality without a row in a month is zero.

    Raises
    ------
    BadValueError
        If nothing had been published by then.
    """
    rows = ledger.observe(measure, as_of=as_of, **({} if series is None else {"series": series}))
    rows = rows if place is None else rows[rows["place"] == place]
    if rows.empty:
        raise BadValueError(f"the ledger has no {measure} published by {as_of or 'any day'}; use a later date")
    code = rows["nationality"].where(rows["nationality"].isin(NATIONALITIES), OTHER)
    if (rows["nationality"] == ALL).any():
        raise BadValueError(f"{measure} has rows without a nationality; load a series that has them")
    month = pd.PeriodIndex(pd.to_datetime(rows["period_end"]), freq="M")
    table = (
        pd.DataFrame({"month": month, "code": code.to_numpy(), "value": rows["value"].to_numpy(float)})
        .pivot_table(index="month", columns="code", values="value", aggfunc="sum", fill_value=0.0)
        .reindex(columns=list(NATIONALITIES), fill_value=0.0)
    )
    # A month without any row was not counted, as far as one can know: it is missing, and not zero.
    table = table.reindex(pd.period_range(table.index[0], table.index[-1], freq="M", name="month"))
    for name, members in GROUPS.items():
        table[name] = table[list(members)].sum(axis=1, skipna=False)
    return Counter(table, joined_ids(rows["source_id"].astype(str).unique()))


@dataclass(frozen=True)
class Interval:
    """A ratio with its 90 per cent interval."""

    value: float
    low: float
    high: float


def spread(over: pd.Series[float], under: pd.Series[float]) -> float:
    """Return the variance of the log ratio of months inside quarters, beyond counting noise [log²].

    Parameters
    ----------
    over, under
        Counts by month with the same index of monthly periods; half a count is added to each, so that zeros have a log.
        Months in which either is below ten say little and are left out.

    Examples
    --------
    >>> months = pd.period_range("2021-01", periods=6, freq="M")
    >>> spread(pd.Series(100.0, months), pd.Series(200.0, months))
    0.0
    """
    large = (over >= 10) & (under >= 10)
    if not large.any():
        return 0.0
    above, below = over[large].astype(float) + 0.5, under[large].astype(float) + 0.5
    logs = pd.Series(np.log(above.to_numpy() / below.to_numpy()), index=above.index)
    quarter = pd.PeriodIndex(logs.index).asfreq("Q")
    inside = logs - logs.groupby(quarter).transform("mean")
    degrees = len(logs) - quarter.nunique()
    return max(0.0, float((inside**2).sum() / degrees - (1 / above + 1 / below).mean())) if degrees > 0 else 0.0


def ratio(over: pd.Series[float], under: pd.Series[float], variance: float) -> Interval:
    """Return the ratio of two sums with a 90 per cent interval.

    Parameters
    ----------
    over, under
        Counts of the months of one period.
    variance
        Of the log ratio of a month beyond counting noise, from :func:`spread`.
    """
    above, below = float(over.sum()) + 0.5, float(under.sum()) + 0.5
    half = WIDE * np.sqrt(1 / above + 1 / below + variance / len(over))
    value = above / below
    return Interval(value, value * float(np.exp(-half)), value * float(np.exp(half)))


def change(before: Interval, after: Interval) -> Interval:
    """Return the ratio of two ratios whose errors are independent."""
    halves = [np.log(one.high / one.value) for one in (before, after)]
    half, value = float(np.hypot(*halves)), after.value / before.value
    return Interval(value, value * float(np.exp(-half)), value * float(np.exp(half)))


@dataclass(frozen=True)
class Bounds:
    """What the counts of a period say of the chance to be stopped on a run through Mexico.

    Parameters
    ----------
    lower, upper
        Least and largest value that agrees with the counts, each encounter being one arrival.
    naive
        Events over events and encounters.
    lower_wide, upper_wide
        The same where arrivals an encounter may lie anywhere in the range given.
    upper_upstream
        Largest value if all who were counted upstream came to Mexico; None without such a count, or where it is lower
        than encounters and returns.
    """

    lower: float
    naive: float
    upper: float
    lower_wide: float
    upper_wide: float
    upper_upstream: float | None

    @property
    def told(self) -> str:
        """What the width of the bounds allows to say."""
        width = min(self.upper, self.upper_upstream or 1.0) - self.lower
        if width <= 0.1:
            return "narrow if each encounter is one arrival"
        return "wide" if width < 0.5 else "not identified"


def bounds(
    events: float,
    returns: float,
    encounters: float,
    *,
    arrivals: tuple[float, float],
    upstream: float | None = None,
) -> Bounds:
    """Return bounds on the chance of being stopped; see the head of this module for their derivation.

    Parameters
    ----------
    events, returns, encounters
        Sums of a period.
    arrivals
        Least and largest number of arrivals an encounter.
    upstream
        Persons counted before Mexico in the same period.

    Raises
    ------
    BadValueError
        If there was no encounter and no return, so that nobody is known to have come; or a range is upside down.

    Examples
    --------
    >>> found = bounds(50, 20, 80, arrivals=(1.0, 1.0))
    >>> found.lower, found.upper
    (0.2, 0.5)
    """
    if arrivals[0] > arrivals[1] or arrivals[0] <= 0:
        raise BadValueError(f"arrivals an encounter from {arrivals[0]} to {arrivals[1]}: give the smaller one first")
    if encounters + returns <= 0:
        raise BadValueError("no encounter and no return in the period: nobody is known to have come; use a longer one")
    # More returns than events are late returns of earlier events: they are no more stopped runs than there are events.
    ended = min(returns, events)
    least, most = (encounters * share for share in arrivals)
    reached = encounters + ended
    return Bounds(
        lower=ended / reached,
        naive=events / (events + encounters),
        upper=min(1.0, events / reached),
        lower_wide=ended / (most + ended) if most + ended > 0 else 0.0,
        upper_wide=min(1.0, events / (least + ended)) if least + ended > 0 else 1.0,
        upper_upstream=min(1.0, events / upstream) if upstream is not None and upstream > reached else None,
    )
