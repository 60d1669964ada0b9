"""Where people went when a visa closed the way by air: other counters of the same nationalities, month by month.

A visa of Mexico does not reach those who come on foot. Counters on that way (the Darién, Honduras, Mexico's own events)
show whether fewer encounters were fewer people on the way or the same people on another way. Nothing is compared with
another nationality here: the counters differ too much in what they hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from vado.forecast.evidence import joined_ids
from vado.ledger.dates import Day
from vado.policy.changes import VISA, Change

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

#: Counters of the same people along the way, and what they count.
COUNTERS = {
    "sw_encounters": "encounters at the US border",
    "darien_transits": "transits of the Darién",
    "hn_entries": "entries to Honduras",
    "mx_events": "events in Mexico",
}
#: Months shown before and after the month in which a rule took effect.
SHOWN_BEFORE, SHOWN_AFTER = 6, 12
#: Months after, in two parts: the way by air is closed at once, another way is found later.
SPANS = ((-6, -1, "6 months before"), (1, 3, "months 1 to 3"), (4, 9, "months 4 to 9"))


def routes(ledger: Ledger, changes: list[tuple[Change, pd.Timestamp]], as_of: Day) -> pd.DataFrame:
    """Return counts at all counters around each visa rule, by month.

    Parameters
    ----------
    ledger
        What is read.
    changes
        Changes with the day on which they took effect; only those of the visa lever are followed.
    as_of
        The day whose knowledge is used.

    Returns
    -------
    pandas.DataFrame
        ``change, nationality, counter, month, event_time`` (0 is the month of effect) and ``value`` [a month]; a month
        without a row in a counter that leaves zeros out is zero, and is left out where the counter may have a gap.
    """
    frames = []
    for change, effective in changes:
        if change.lever != VISA or change.nationality == "COL":
            continue
        month = effective.to_period("M")
        months = pd.period_range(month - SHOWN_BEFORE, month + SHOWN_AFTER, freq="M")
        for measure, title in COUNTERS.items():
            rows = ledger.observe(measure, as_of=as_of, nationality=change.nationality)
            everyone = ledger.observe(measure, as_of=as_of, start=months[0].start_time.date().isoformat())
            if everyone.empty:
                continue
            counted = pd.PeriodIndex(pd.to_datetime(everyone["period_end"]), freq="M").unique()
            by_month = rows.groupby(pd.PeriodIndex(pd.to_datetime(rows["period_end"]), freq="M"))["value"].sum()
            # A month with rows for others and none for this nationality had none of them.
            there = months[months.isin(counted)]
            values = by_month.reindex(there, fill_value=0.0)
            frames.append(
                pd.DataFrame(
                    {
                        "change": f"{change.title}, {effective:%Y-%m}",
                        "nationality": change.nationality,
                        "counter": title,
                        "month": there.to_timestamp(how="end").normalize().as_unit("s"),
                        "event_time": [(one - month).n for one in there],
                        "value": values.to_numpy(float),
                        "source_id": joined_ids(everyone["source_id"].unique()),
                    }
                )
            )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def spillover(table: pd.DataFrame) -> pd.DataFrame:
    """Return monthly means of :func:`routes` before a rule and in two spans after it, and their change to before.

    Returns
    -------
    pandas.DataFrame
        ``change, nationality, counter, span, months, per_month, change_per_month, ratio``; spans that the counts do not
        hold in full are left out.
    """
    if table.empty:
        return table
    rows = []
    for (change, code, counter), group in table.groupby(["change", "nationality", "counter"], sort=False):
        before: float | None = None
        for first, last, span in SPANS:
            inside = group[group["event_time"].between(first, last)]
            if len(inside) < last - first + 1:
                continue
            mean = float(inside["value"].mean())
            before = mean if first < 0 else before
            rows.append(
                {
                    "change": change,
                    "nationality": code,
                    "counter": counter,
                    "span": span,
                    "months": len(inside),
                    "per_month": mean,
                    "change_per_month": None if before is None else mean - before,
                    "ratio": mean / before if before else None,
                    "source_id": group["source_id"].iloc[0],
                }
            )
    return pd.DataFrame(rows)
