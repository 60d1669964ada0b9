"""What each link of the loop contributes: the loop with it, less the loop with it cut, member by member.

Both variants share all draws, so that a member's difference is the work of the link alone. The interval is over members
and holds everything that is not known of the two governments, the flow and approval; where it has zero inside, the link
is not distinguishable from zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from vado.politics.actions import HARDER
from vado.politics.links import LINKS, Link, all_cut, with_cut
from vado.politics.loop import REGULATION, Loop, Run
from vado.politics.paths import Array, intervals, quantiles_of

ALL_LINKS = "all links"
AS_ASKED = "links as asked, against all on"
NOT_DISTINGUISHABLE = "not distinguishable from zero"
ENCOUNTERS = "encounters over the months"
APPROVAL = "approval at the end"

#: What is compared: name → unit, and one number a member of a run.
OUTCOMES: Mapping[str, tuple[str, Callable[[Run], Array]]] = {
    ENCOUNTERS: ("encounters", lambda run: run.flow.sum(axis=0)),
    APPROVAL: ("points", lambda run: run.approval[-1]),
    "months with a deal": ("share of months", lambda run: run.deal[run.bargained].mean(axis=0)),
    "days waiting in Mexico": ("person-days", lambda run: run.counts["waiting"].sum(axis=0)),
    "returns by Mexico": ("returns", lambda run: run.counts["returned"].sum(axis=0)),
    "recorded deaths on the way": ("persons", lambda run: run.counts["deaths"].sum(axis=0)),
}


def contributions(
    loop: Loop, links: Mapping[str, Link], source_id: str, progress: Callable[[str], None] | None = None
) -> pd.DataFrame:
    """Return what each link contributes to each of :data:`OUTCOMES`.

    Parameters
    ----------
    loop
        What the variants share.
    links
        How links stand; each that is not cut is cut alone, and then all of them.
    source_id
        What the rows rest on.
    progress
        Called with a line before each variant.

    Returns
    -------
    pandas.DataFrame
        Columns ``link, outcome, unit, mean, low_90, high_90, verdict, members_changed`` (share of members in which the
        link changes the outcome at all), ``with_link``, ``without_link`` (means), ``source_id``. A positive mean says
        that there is more with the link than without it.
    """
    tell = progress or (lambda line: None)
    asked = loop.run(links)
    rows = []
    for name, link in links.items():
        if not link.cut:
            tell(f"The loop without {name} ...")
            rows += _rows(name, asked, loop.run(with_cut(links, name)))
    rows += _rows(ALL_LINKS, asked, loop.run(all_cut(links)))
    if dict(links) != dict(LINKS):
        tell("The loop with all links on ...")
        rows += _rows(AS_ASKED, asked, loop.run(LINKS))
    # By outcome, so that the links stand beside each other.
    rows.sort(key=lambda row: list(OUTCOMES).index(str(row["outcome"])))
    return pd.DataFrame(rows).assign(source_id=source_id)


def loop_table(loop: Loop, links: Mapping[str, Link], source_id: str) -> pd.DataFrame:
    """Return one row a month: the forecast with and without the loop, approval, what is enforced, what people meet.

    Columns that end in ``_change`` are against the loop with all links cut; counts of people are means over members.

    Parameters
    ----------
    loop, links, source_id
        As for :func:`contributions`.
    """
    asked, none = loop.run(links), loop.run(all_cut(links))
    plain = loop.plain
    with_loop = intervals(quantiles_of(plain, loop.courses, asked.flow), plain.levels)
    without = intervals(plain.quantiles, plain.levels, "plain_")
    low, middle, high = np.quantile(asked.approval, [0.05, 0.5, 0.95], axis=1)
    names = [one.name for one in loop.bargain.grid.postures]
    posture = names.index(HARDER.name) if HARDER.name in names else -1
    days = plain.months.days_in_month.to_numpy(dtype=float)
    table = {
        "target_end_date": plain.months,
        "plain_median": without["plain_median"],
        "median": with_loop["median"],
        "low_90": with_loop["low_90"],
        "high_90": with_loop["high_90"],
        "approval": middle,
        "share_with_a_deal": np.where(asked.bargained, asked.deal.mean(axis=1), np.nan),
        "mexico_stops_times": np.mean([asked.enforced[axis] for axis in REGULATION], axis=(0, 2)),
        "waiting_on_a_day": asked.counts["waiting"].mean(axis=1) / days,
        "returned": asked.counts["returned"].mean(axis=1),
        "deaths": asked.counts["deaths"].mean(axis=1),
        "approval_low_90": low,
        "approval_high_90": high,
        "waiting_on_a_day_change": (asked.counts["waiting"] - none.counts["waiting"]).mean(axis=1) / days,
        "returned_change": (asked.counts["returned"] - none.counts["returned"]).mean(axis=1),
        "deaths_change": (asked.counts["deaths"] - none.counts["deaths"]).mean(axis=1),
        "share_harder_posture": (asked.enforced["posture"] == posture).mean(axis=1),
        "visas_a_year": asked.enforced["visas"].mean(axis=1),
        "billion_usd_a_year": asked.enforced["money"].mean(axis=1),
        "share_pressing_congress": asked.enforced["legalization"].mean(axis=1),
        "chance_of_passage": asked.chance,
    }
    return pd.DataFrame({**table, **with_loop, **without, "unit": "encounters/month"}).assign(source_id=source_id)


def verdict(low: float, high: float) -> str:
    """Return what an interval allows to be said.

    >>> verdict(-1.0, 0.0), verdict(0.5, 2.0), verdict(-2.0, -0.5)
    ('not distinguishable from zero', 'more', 'less')
    """
    return "more" if low > 0 else "less" if high < 0 else NOT_DISTINGUISHABLE


def _rows(name: str, asked: Run, other: Run) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for outcome, (unit, of) in OUTCOMES.items():
        whole, without = of(asked), of(other)
        change = whole - without
        low, high = np.quantile(change, [0.05, 0.95]).tolist()
        rows.append(
            {
                "link": name,
                "outcome": outcome,
                "unit": unit,
                "mean": float(change.mean()),
                "low_90": low,
                "high_90": high,
                "verdict": verdict(low, high),
                "members_changed": float((change != 0).mean()),
                "with_link": float(whole.mean()),
                "without_link": float(without.mean()),
            }
        )
    return rows
