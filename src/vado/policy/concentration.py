"""Was the flow lower, or only less bunched: totals and peaks of a span of months against the span before.

*Regulating the flow of large groups* can mean two things that look alike in a week of pictures and not in counts: fewer
people in all, or as many in smaller groups, spread over months and places. The first lowers the total. The second
leaves the total and lowers the peak: the largest month over the mean month of a place, and the concentration over
places, here the Herfindahl index of a month's encounters over sectors and ports (1 is all in one place, 0.1 evenly over
ten).

A change between two spans has no sampling error, since everyone met is counted; what is uncertain is how much of it
would have come anyway. So it is held against the same change between all other pairs of neighbouring spans.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from vado.forecast.targets import LOCATIONS, NATIONALITIES, SUMS, Floats, Panel
from vado.policy.identified import GROUPS

#: The spans asked about, first and last month; each is held against as many months before it.
ASKED = (("2021-08", "2021-12"), ("2021-10", "2021-12"))
#: Encounters a month below which a place's peak is noise.
FEWEST = 100.0

MEASURES = {
    "total": "encounters a month",
    "peak month": "largest month over the mean month, all places together",
    "peak of a place": "largest month over the mean month, mean over places by size",
    "concentration": "Herfindahl index over places, mean of months",
}


def by_place(panel: Panel, code: str) -> Floats:
    """Return encounters of a nationality or group by place, shape (time, place) = (time, 10)."""
    cells = panel.counts[:, len(SUMS) :].reshape(len(panel.months), len(LOCATIONS), len(NATIONALITIES))
    wanted = [NATIONALITIES.index(name) for name in GROUPS.get(code, (code,))]
    return np.asarray(cells[:, :, wanted].sum(axis=2), dtype=float)


def figures(counts: Floats) -> dict[str, float]:
    """Return the measures of one span.

    Parameters
    ----------
    counts
        Encounters, shape (time, place) [encounters/month].

    Examples
    --------
    >>> figures(np.array([[200.0, 0.0], [0.0, 200.0]]))["peak of a place"]
    2.0
    """
    total = counts.sum(axis=1)
    means = counts.mean(axis=0)
    large = means >= FEWEST
    peaks = counts[:, large].max(axis=0) / means[large]
    shares = counts / np.maximum(total, 1.0)[:, None]
    return {
        "total": float(total.mean()),
        "peak month": float(total.max() / total.mean()) if total.any() else float("nan"),
        "peak of a place": float(np.average(peaks, weights=means[large])) if large.any() else float("nan"),
        "concentration": float((shares**2).sum(axis=1).mean()),
    }


def compare_spans(panel: Panel, code: str, first: str, last: str) -> list[dict[str, Any]]:
    """Return how each measure changed from the span before to the span asked about, beside all other pairs.

    Parameters
    ----------
    panel
        Encounters by place and nationality.
    code
        A nationality or a group of :data:`vado.policy.identified.GROUPS`.
    first, last
        Months such as ``2021-08``.

    Returns
    -------
    list
        A row a measure: ``before, after, change`` (ratio), ``low, high`` (90 per cent: the change over the 95th and the
        5th percentile of other pairs), ``as_large`` and ``pairs``; empty if the counts do not hold both spans.
    """
    months = pd.PeriodIndex(panel.months, freq="M")
    length = (pd.Period(last, "M") - pd.Period(first, "M")).n + 1
    at = (pd.Period(first, "M") - months[0]).n
    if at < length or at + length > len(months):
        return []
    counts = by_place(panel, code)
    ahead = [figures(counts[start : start + length]) for start in range(len(months) - length + 1)]
    rows = []
    for name, title in MEASURES.items():
        changes = {
            start: np.log(ahead[start][name] / ahead[start - length][name]) for start in range(length, len(ahead))
        }
        # A pair that shares a month with the one asked about would hold part of its change.
        others = np.array([c for start, c in changes.items() if abs(start - at) >= 2 * length and np.isfinite(c)])
        low, high = np.quantile(others, [0.05, 0.95]) if len(others) >= 10 else (np.nan, np.nan)
        rows.append(
            {
                "span": f"{first} to {last}",
                "nationality": code,
                "measure": name,
                "meaning": title,
                "before": ahead[at - length][name],
                "after": ahead[at][name],
                "change": float(np.exp(changes[at])),
                "low": float(np.exp(changes[at] - high)),
                "high": float(np.exp(changes[at] - low)),
                "as_large": int((np.abs(others) >= abs(changes[at])).sum()),
                "pairs": len(others),
                "source_id": panel.sources(),
            }
        )
    return rows


def by_month(panel: Panel, codes: tuple[str, ...]) -> pd.DataFrame:
    """Return total, concentration and the largest place of each month.

    Returns
    -------
    pandas.DataFrame
        ``nationality, month, total`` [encounters], ``concentration``, ``largest_place``, ``share_of_largest`` and
        sources.
    """
    rows = []
    for code in codes:
        counts = by_place(panel, code)
        for time, month in enumerate(panel.months):
            total = counts[time].sum()
            if total < FEWEST:
                continue
            shares = counts[time] / total
            largest = int(shares.argmax())
            rows.append(
                (
                    code,
                    month,
                    total,
                    float((shares**2).sum()),
                    LOCATIONS[largest],
                    shares[largest],
                    panel.source_ids[time],
                )
            )
    names = ["nationality", "month", "total", "concentration", "largest_place", "share_of_largest", "source_id"]
    return pd.DataFrame(rows, columns=names)
