"""Tables of a camp: what the model says beside what was stated, and where statements contradict each other."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from vado.policy.camp.beforehand import LEVELS, WAITING
from vado.policy.camp.fit import Fit, present
from vado.policy.camp.headcounts import DAY_BEGINS, Headcount, from_log, to_log
from vado.policy.camp.paths import Paths, at
from vado.policy.camp.totals import Total

Floats = npt.NDArray[np.float64]

#: Central intervals of a fan, in per cent.
INTERVALS = (50, 80, 90, 95)

#: Two statements contradict each other where they differ by more than this many standard deviations.
APART = 2.0


def quantiles(values: Floats) -> dict[str, Floats]:
    """Return median and interval ends over the first axis, named as the roles of a fan."""
    found = {"median": np.quantile(values, 0.5, axis=0)}
    for share in INTERVALS:
        found[f"low_{share}"], found[f"high_{share}"] = np.quantile(
            values, [0.5 - share / 200.0, 0.5 + share / 200.0], axis=0
        )
    return {name: np.round(ends) for name, ends in found.items()}


def camp_table(
    occupancy: Floats, start: dt.date, source_ids: str, stated: pd.Series[pd.Timestamp] | None = None
) -> pd.DataFrame:
    """Return the people in the camp on each morning, and at moments of which something is stated.

    Parameters
    ----------
    occupancy
        Draws of the people there at the end of each day, ``(draw, day)`` [persons].
    start
        The first day.
    source_ids
        What it rests on.
    stated
        Further moments.
    """
    mornings = pd.Series(pd.date_range(start, periods=occupancy.shape[1]) + pd.Timedelta(days=1, hours=DAY_BEGINS))
    moments = (mornings if stated is None else pd.concat([mornings, stated])).drop_duplicates().sort_values()
    days = ((moments - pd.Timestamp(start)) / pd.Timedelta(days=1)).to_numpy(dtype=np.float64) - DAY_BEGINS / 24.0
    there = at(occupancy, np.repeat(days[:, None], occupancy.shape[0], axis=1)).T
    table = pd.DataFrame({"moment": moments.to_numpy(), **quantiles(there), "source_id": source_ids})
    return table.assign(day=table["moment"].dt.normalize(), september=of_september(table["moment"]))


def of_september(moments: pd.Series[pd.Timestamp]) -> pd.Series[float]:
    """Return moments as days of September 2021 with decimals, 12.5 for noon on the 12th; charts know no hours."""
    return (moments - pd.Timestamp("2021-08-31")) / pd.Timedelta(days=1)


def peak_table(occupancy: Floats, start: dt.date, stated: float, source_ids: str) -> pd.DataFrame:
    """Return the largest number on any morning, when it was, the chance of passing levels, and how long people waited.

    Parameters
    ----------
    occupancy
        Draws of the people there at the end of each day, ``(draw, day)`` [persons].
    start
        The first day.
    stated
        The peak that someone gave, missing if nobody did [persons].
    source_ids
        What it rests on.
    """
    peak = occupancy.max(axis=1)
    # The end of day d is the morning after it; the median of such days is taken as a day of the calendar.
    days = occupancy.argmax(axis=1) + 1
    length = (occupancy >= WAITING).sum(axis=1)
    last = pd.Timestamp(start) + pd.Timedelta(days=occupancy.shape[1])
    row: dict[str, object] = {"until": last, **{name: float(value) for name, value in quantiles(peak).items()}}
    for name, share in (("day", 0.5), ("day_low_90", 0.05), ("day_high_90", 0.95)):
        row[name] = pd.Timestamp(start) + pd.Timedelta(days=int(np.quantile(days, share, method="nearest")))
    row |= {f"chance_{level}": float(np.mean(peak > level)) for level in LEVELS}
    row |= {
        f"days_waiting{end}": float(np.quantile(length, share, method="nearest"))
        for end, share in (("", 0.5), ("_low_90", 0.05), ("_high_90", 0.95))
    }
    row |= {"stated": stated, "median_off_percent": 100.0 * (float(np.median(peak)) / stated - 1.0)}
    return pd.DataFrame([{**row, "source_id": source_ids}])


def headcount_table(fitted: Fit, occupancy: Floats, seed: int) -> pd.DataFrame:
    """Return each headcount beside what the fit that used it says would be stated at that hour.

    Parameters
    ----------
    fitted
        The posterior.
    occupancy
        Draws of the people in the camp, ``(draw, day)`` [persons].
    seed
        Of the errors of statement.
    """
    start = fitted.network.start
    there = present(fitted.headcounts, start, occupancy, fitted.moments())
    rows = []
    for index, one in enumerate(fitted.headcounts):
        errors = np.random.default_rng([seed, index]).standard_normal((20, there.shape[1]))
        logs = to_log(there[index]) - one.beyond + one.error * errors
        low, median, high = np.maximum(from_log(np.quantile(logs, [0.05, 0.5, 0.95])), 0.0).round()
        moment = pd.Timestamp(one.date) + pd.Timedelta(days=one.middle)
        rows.append(
            (
                *(moment.round("min"), one.date, one.time or "not given", one.kind, one.whose, one.value),
                *(float(np.median(there[index]).round()), median, low, high, bool(low <= one.value <= high)),
                *(one.published, one.source_id),
            )
        )
    columns = (
        *("moment", "date", "time", "value_type", "whose", "value", "present"),
        *("said_median", "said_low_90", "said_high_90", "inside", "published", "source_id"),
    )
    table = pd.DataFrame(rows, columns=list(columns))
    # A chart shows two statements of one moment only if they stand a minute apart.
    moments = table["moment"] + pd.to_timedelta(table.groupby("moment").cumcount(), unit="min")
    return table.assign(moment=moments, september=of_september(moments))


def ends_table(totals: Sequence[Total], paths: Paths) -> pd.DataFrame:
    """Return each stated total beside what the run has for it."""
    rows = []
    for total in totals:
        low, median, high = np.quantile(total.of(paths), [0.05, 0.5, 0.95]).round()
        # Rounded as statements are: within the error that was given to it.
        error = total.sort.error or 0.0
        inside = bool(low * np.exp(-error) <= total.high and total.low <= high * np.exp(error))
        rows.append(
            (
                *(total.sort.outcome if total.sort.measure == "camp_outcomes" else total.sort.measure, total.whose),
                *(total.first, total.last, total.stated, total.low, total.high),
                *(median, low, high, inside, total.sort.error is not None, total.sort.reading),
                *(total.published, total.source_id),
            )
        )
    columns = (
        "outcome whose first_day last_day stated stated_low stated_high median low_90 high_90 agrees used reading "
        "published source_id"
    )
    return pd.DataFrame(rows, columns=columns.split())


def contradictions(headcounts: Sequence[Headcount], totals: Sequence[Total]) -> pd.DataFrame:
    """Return pairs of statements that cannot both hold, and what is done with them.

    Headcounts: two that may speak of one hour and differ by more than twice their joint error, or a number above the
    peak that is named. Totals: two of one sort and one last day that differ, or a later one of what left the camp that
    is lower, the parts flown and moved taken together.
    """
    rows: list[tuple[str, str, str, str, str]] = []
    for one, other in itertools.combinations(headcounts, 2):
        why = _of_headcounts(one, other)
        if why:
            rows.append((why, _said(one), _said(other), "both kept, each with its error", _ids(one, other)))
    for first, second in itertools.combinations(totals, 2):
        alike = first.sort is second.sort and first.last == second.last and first.first == second.first
        if alike and first.stated != second.stated and first.sort.error is not None:
            what = f"two totals of {first.sort.outcome} until {first.last:%d %B}"
            rows.append((what, _total(first), _total(second), "both kept, each with its error", _ids(first, second)))
    rows += _left_the_camp(totals)
    return pd.DataFrame(rows, columns=["about", "one", "other", "what_is_done", "source_id"])


def _of_headcounts(one: Headcount, other: Headcount) -> str:
    if one.is_peak or other.is_peak:
        peak, count = (one, other) if one.is_peak else (other, one)
        return "a number above the peak that is named" if count.value > peak.value else ""
    begins = [(each.date - one.date).days * 24.0 + each.first_hour for each in (one, other)]
    ends = [(each.date - one.date).days * 24.0 + each.last_hour for each in (one, other)]
    one_hour = max(begins) <= min(ends) and one.date == other.date
    apart = abs(one.observed - other.observed) > APART * float(np.hypot(one.error, other.error))
    return "two numbers that may be of one hour" if one_hour and apart else ""


def _left_the_camp(totals: Sequence[Total]) -> list[tuple[str, str, str, str, str]]:
    """Compare all moved out until a day with those flown and moved until a later day."""
    of = {name: [t for t in totals if t.sort.outcome == name] for name in ("moved_out_of_camp", "expelled_to_haiti")}
    parts = [t for t in totals if t.sort.outcome == "moved_to_custody_or_other_sectors"]
    rows = []
    for whole, flown, moved in itertools.product(of["moved_out_of_camp"], of["expelled_to_haiti"], parts):
        if flown.source_id.split("_")[0] != moved.source_id.split("_")[0] or flown.last != moved.last:
            continue
        if whole.last < flown.last and whole.stated > flown.stated + moved.stated:
            later = f"{flown.stated:,.0f} flown and {moved.stated:,.0f} moved until {flown.last:%d %B} ({flown.whose})"
            done = "the first is read as all taken in, those let go included"
            rows.append(("fewer left until a later day", _total(whole), later, done, _ids(whole, flown, moved)))
    return rows


def _said(one: Headcount) -> str:
    return f"{one.value:,.0f} on {one.date:%d %B} ({one.whose}, {one.kind}, {one.time or 'no hour'})"


def _total(total: Total) -> str:
    return f"{total.stated:,.0f} until {total.last:%d %B} ({total.whose})"


def _ids(*several: Headcount | Total) -> str:
    return ";".join(sorted({one.source_id for one in several}))
