"""Tables of what the bargain comes to: who gains what, which deals, what would hold, and what threats do.

What each deal does to people on the way stands in the same row as what it does to counts and to governments.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from vado.politics.action_flows import COUNTS
from vado.politics.actions import Grid
from vado.politics.bargain import DEAL, Outcome, shares
from vado.politics.bargain_parameters import Array
from vado.politics.payoffs import DAYS, MEXICO, US
from vado.politics.solutions import Booleans

_ENDS = (0.05, 0.5, 0.95)
#: Kinds of deals in their own rows, the most frequent; the rest stand together.
KINDS = 8
#: What the people columns count, in a month; those waiting are a mean of days.
PEOPLE = ("stopped_in_mexico", "returned_by_mexico", "waiting_in_mexico", "expelled", "deaths")
_COLUMNS = {"encounters": "encounters", "stopped": PEOPLE[0], "returned": PEOPLE[1], "waiting": PEOPLE[2]} | {
    "expelled": PEOPLE[3],
    "deaths": PEOPLE[4],
}


def who_gains(outcome: Outcome) -> pd.DataFrame:
    """Return one row a government: its gain over no deal, in all draws and where there is one."""
    rows = []
    for name, gain in ((US, outcome.us_gain), (MEXICO, outcome.mexico_gain)):
        low, middle, high = np.quantile(gain, _ENDS).tolist()
        with_deal = float(gain[outcome.deal].mean()) if outcome.deal.any() else np.nan
        rows.append((name, "million USD/month", float(gain.mean()), middle, low, high, with_deal))
    points = outcome.payoffs.gathered(outcome.payoffs.points, outcome.mexico, outcome.us)
    points = points - outcome.payoffs.gathered(outcome.payoffs.points, outcome.without[:, 0], outcome.without[:, 1])
    low, middle, high = np.quantile(points, _ENDS).tolist()
    mean = float(points[outcome.deal].mean()) if outcome.deal.any() else np.nan
    rows.append((f"{US}: approval through the load", "points", float(points.mean()), middle, low, high, mean))
    columns = ["government", "unit", "mean_gain", "median", "low_90", "high_90", "mean_where_a_deal"]
    return _sourced(pd.DataFrame(rows, columns=columns), outcome)


def chances(outcome: Outcome) -> pd.DataFrame:
    """Return the share of draws with a deal and, without one, why; with its binomial standard error."""
    number = outcome.payoffs.number
    verdicts = [DEAL, *sorted(set(outcome.verdict.tolist()) - {DEAL})]
    rows = [(one, float(np.mean(outcome.verdict == one))) for one in verdicts]
    rows.append(("some lottery of profiles would serve both, held or not", float(outcome.lotteries().mean())))
    made = [(name, share, float(np.sqrt(share * (1 - share) / number))) for name, share in rows]
    return _sourced(pd.DataFrame(made, columns=["what", "share_of_draws", "standard_error"]), outcome)


def deals(outcome: Outcome) -> pd.DataFrame:
    """Return one row a kind of outcome: its share of draws, gains, and monthly counts.

    Columns that end in ``_change`` are against no deal, those in ``_change_from_practice`` against the practice of the
    day: without a deal both governments may do something else than now.
    """
    kinds = np.where(outcome.deal, kinds_of(outcome), "no deal")
    frequent = [name for name in shares(kinds) if name != "no deal"][:KINDS]
    kinds = np.where(np.isin(kinds, ["no deal", *frequent]), kinds, "other deals")
    rows = []
    for kind in pd.unique(pd.Series(kinds)):
        here = kinds == kind
        rows.append(
            {
                "what": kind,
                "share_of_draws": float(here.mean()),
                "us_gain": float(outcome.us_gain[here].mean()),
                "mexico_gain": float(outcome.mexico_gain[here].mean()),
                "unit": "million USD/month; counts a month, people waiting on a day; changes against no deal",
                **_people(outcome, here),
                **changes(outcome, here),
                **{f"{name}_from_practice": value for name, value in changes(outcome, here, practice=True).items()},
            }
        )
    table = pd.DataFrame(rows).sort_values("share_of_draws", ascending=False, ignore_index=True)
    return _sourced(table, outcome)


def patience(outcome: Outcome) -> pd.DataFrame:
    """Return the least patience from which each government keeps the deal both would choose, over draws."""
    rows = []
    draws = outcome.payoffs.draws
    for name, least, own in (
        (US, outcome.us_critical, draws["patience_us"]),
        (MEXICO, outcome.mexico_critical, draws["patience_mexico"]),
    ):
        known = ~np.isnan(least)
        low, middle, high = np.quantile(least[known], _ENDS).tolist() if known.any() else (np.nan,) * 3
        kept = float((least[known] <= own[known]).mean()) if known.any() else np.nan
        rows.append((name, int(known.sum()), middle, low, high, kept))
    columns = ["government", "draws_with_a_wished_deal", "least_patience_a_month", "low_90", "high_90", "share_kept"]
    return _sourced(pd.DataFrame(rows, columns=columns), outcome)


def threats(outcome: Outcome) -> pd.DataFrame:
    """Return one row a threat: its worth to its owner, what carrying it out costs, and what it does to people."""
    rows = []
    for one in outcome.threats:
        low, middle, high = np.quantile(one.effect.worth, _ENDS).tolist()
        rows.append(
            {
                "owner": one.owner,
                "threat": one.title,
                "unit": "million USD/month; counts a month against no deal, people waiting on a day",
                "worth": float(one.effect.worth.mean()),
                "worth_median": middle,
                "worth_low_90": low,
                "worth_high_90": high,
                "cost_of_carrying_it_out": float(one.effect.cost.mean()),
                "share_worth_something": float((one.effect.worth > 0).mean()),
                "share_believed_at_once": float(one.effect.believed.mean()),
                "share_sustained_by_repetition": float(one.effect.sustained.mean()),
                **{
                    f"{_COLUMNS[name]}_change": _mean(
                        name,
                        outcome.payoffs.gathered(outcome.payoffs.counts[name], one.mexico, one.us)
                        - outcome.count(name, without=True),
                    )
                    for name in COUNTS
                },
            }
        )
    return _sourced(pd.DataFrame(rows), outcome)


def parts(outcome: Outcome) -> pd.DataFrame:
    """Return what the gains of deals are made of, mean over draws with a deal [million USD/month]."""
    rows = []
    made = outcome.deal
    for name, all_parts in ((US, outcome.payoffs.us_parts), (MEXICO, outcome.payoffs.mexico_parts)):
        for part, values in all_parts.items():
            gained = outcome.payoffs.gathered(values, outcome.mexico, outcome.us)
            gained = gained - outcome.payoffs.gathered(values, outcome.without[:, 0], outcome.without[:, 1])
            rows.append((name, part, float(gained[made].mean()) if made.any() else np.nan, "million USD/month"))
    return _sourced(pd.DataFrame(rows, columns=["government", "part", "mean_where_a_deal", "unit"]), outcome)


def kinds_of(outcome: Outcome) -> npt.NDArray[np.str_]:
    """Return in words what each draw's outcome changes against no deal: what Mexico does, and what it is given."""
    done, before = outcome.actions, outcome.actions_without
    grid = outcome.payoffs.grid
    return np.array([_kind(grid, done, before, draw) for draw in range(outcome.payoffs.number)])


def _kind(grid: Grid, done: Mapping[str, Array], before: Mapping[str, Array], draw: int) -> str:
    now = {name: values[draw] for name, values in done.items()}
    was = {name: values[draw] for name, values in before.items()}
    moves = {np.sign(now[axis] - was[axis]) for axis in ("central", "air")} - {0}
    own = {0: "as without", 1: "stricter" if 1 in moves else "laxer", 2: "stricter for some and laxer for others"}[
        len(moves)
    ]
    given = [
        f"{'more' if now[axis] > was[axis] else 'less'} {word}"
        for axis, word in (("visas", "visas"), ("money", "money"), ("legalization", "effort for legalization"))
        if now[axis] != was[axis]
    ]
    if now["posture"] != was["posture"]:
        given.append(f"US posture {grid.postures[int(now['posture'])].title}")
    return f"Mexico {own}; {', '.join(given) or 'nothing given'}"


def changes(outcome: Outcome, here: Booleans | None = None, *, practice: bool = False) -> dict[str, float]:
    """Return what the outcome changes in monthly counts, mean over some draws; waiting is of a day.

    It is compared with no deal, or with the practice of the day.
    """
    chosen = np.ones(outcome.payoffs.number, dtype=bool) if here is None else here
    made = {
        name: outcome.count(name) - (outcome.practised(name) if practice else outcome.count(name, without=True))
        for name in COUNTS
    }
    return {f"{_COLUMNS[name]}_change": _mean(name, change[chosen]) for name, change in made.items()}


def _people(outcome: Outcome, here: Booleans) -> dict[str, float]:
    return {_COLUMNS[name]: _mean(name, outcome.count(name)[here]) for name in COUNTS}


def _mean(name: str, counts: Array) -> float:
    return float(counts.mean()) / (DAYS if name == "waiting" else 1.0) if len(counts) else float("nan")


def _sourced(table: pd.DataFrame, outcome: Outcome) -> pd.DataFrame:
    return table.assign(source_id=outcome.payoffs.flows.source_id)
