"""One caravan as a convoy and the same people alone: two runs of one description, on the same keyed draws.

Each member of the ensemble begins with one of the rival figures of the first day, never with their mean, and takes
its rate of leaving from the *other* caravans, so later figures of the caravan can be held against what the run says of
them. How large the convoy still is cannot be seen in a run where those who left walk beside it. A further run, in which
whoever leaves is taken off the road, has the same draws for the convoy and shows it; this rests on a rule of the
engine, that a change in one station leaves all other draws as they were.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from vado.network.model import Network
from vado.network.stations import Source
from vado.policy import caravan_sizes
from vado.policy.caravan_sizes import Attrition, Floats, convoy_pace, stated_width
from vado.simulation.simulate import simulate

#: Calendar months of a run: the slowest convoy and who begins again after a stop have come by then.
MONTHS = 14

#: What becomes of people who leave a convoy, set so that they are out of it on the next morning and can be counted.
LEAVERS_COUNTED = {"stop_individual": 1.0, "returned_share": 1.0, "individual_speed": 1e5, "individual_spread": 0.0}

#: Numbers of the description that are assumed and may matter for the comparison.
ASSUMPTIONS = (
    "individual_speed",
    "individual_spread",
    "stop_individual",
    "stop_together",
    "returned_share",
    "days_held",
)

#: Members of each run with another assumption.
FEWER = 100

#: Share of members whose convoy still walks, below which nothing is said of its size.
STILL = 0.25


#: Arrivals are listed until this share of them has come.
ALMOST_ALL = 0.995


@dataclass(frozen=True)
class Walk:
    """One run: ``people (draw,)`` who set out, ``border`` and ``returned (draw, day)`` so far, ``stopped (draw,)``."""

    people: Floats
    border: Floats
    returned: Floats
    stopped: Floats

    @property
    def arrivals(self) -> Floats:
        """People who came to the border on each day, ``(draw, day)``."""
        return np.diff(self.border, axis=1, prepend=0.0)

    def outcomes(self) -> dict[str, tuple[str, Floats]]:
        """Return each outcome with its unit, one number a draw."""
        arrivals = self.arrivals
        came = np.maximum(self.border[:, -1], 1)
        week = np.cumsum(np.pad(arrivals, ((0, 0), (7, 0))), axis=1)
        days = (arrivals * np.arange(arrivals.shape[1])).sum(axis=1) / came
        return {
            "came to the northern border": ("persons", self.border[:, -1]),
            "share who came": ("share", self.border[:, -1] / self.people),
            "share stopped on the way": ("share", self.stopped / self.people),
            "share returned": ("share", self.returned[:, -1] / self.people),
            "most arrivals in a week": ("persons", (week[:, 7:] - week[:, :-7]).max(axis=1)),
            "most arrivals on a day": ("persons", arrivals.max(axis=1)),
            "mean days on the way of those who came": ("days", np.where(self.border[:, -1] > 0, days, np.nan)),
        }


def followed(figures: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return the figures of a caravan from its first day in Mexico on, with the day of the walk."""
    mine: pd.DataFrame = figures[(figures["caravan"] == key) & figures["whole"] & figures["day"].notna()]
    begin = mine.loc[mine["country"] == "MEX", "day"].min()
    mine = mine[mine["day"] >= begin]
    mine = mine.assign(walked=(mine["day"] - begin).dt.days)
    return mine.sort_values(["day", "value"]).reset_index(drop=True)


def given_of(
    mine: pd.DataFrame, others: Attrition, paces: pd.DataFrame, key: str, random: np.random.Generator
) -> tuple[dict[str, Floats], list[str]]:
    """Return people, rate of leaving and pace of each member, and the sources of the pace."""
    first = mine[mine["walked"] == 0]
    width = stated_width(first)
    members = len(others.common)
    logs = np.stack(
        [
            np.log(row["value"]) - others.shift(row["kind"], row["bound"], width[number], random)
            for number, row in enumerate(first.to_dict("records"))
        ]
    )
    people = np.exp(logs[np.arange(members) % len(first), np.arange(members)])
    pace, sources = convoy_pace(paces, key, members, random)
    straggling = np.maximum(others.another(random), 0.0)
    return {"people": np.maximum(np.rint(people), 1.0), "straggling": straggling, "pace": pace}, sources


def begun(network: Network, first: dt.date) -> Network:
    """Return the description with its convoys setting out on a day."""
    stations = tuple(
        station.model_copy(
            update={"convoys": tuple(each.model_copy(update={"day": first}) for each in station.convoys or ())}
        )
        if isinstance(station, Source)
        else station
        for station in network.stations
    )
    own = {name: getattr(network, name) for name in Network.model_fields}
    return Network(**{**own, "start": first, "stations": stations})


def walk_of(network: Network, given: Mapping[str, Any], together: float, members: int, seed: int) -> Walk:
    """Run the description with that share of the people together."""
    outcome = simulate(
        network,
        months=MONTHS,
        members=members,
        seed=seed,
        parameters={**given, "together_share": together},
        daily=["border_reception", "return_reception"],
    )
    waiting = outcome["occupancy"].sum(["nationality", "household"]).astype(float)
    return Walk(
        people=np.broadcast_to(np.asarray(given["people"], np.float64), members),
        border=waiting.sel(named_queue="border_reception").values,
        returned=waiting.sel(named_queue="return_reception").values,
        stopped=outcome["stops"].sum(["time", "place", "nationality", "household"]).values.astype(np.float64),
    )


def spread(values: Floats, name: str = "") -> dict[str, float]:
    """Return median and 90 % interval of what is a number."""
    known = values[np.isfinite(values)]
    low, middle, high = np.quantile(known, [0.05, 0.5, 0.95]) if len(known) else (np.nan,) * 3
    tail = f"{name}_" if name else ""
    return {name or "median": float(middle), f"{tail}low_90": float(low), f"{tail}high_90": float(high)}


def comparison(together: Walk, alone: Walk) -> pd.DataFrame:
    """Return each outcome together, alone, and the difference within members."""
    rows = []
    apart = alone.outcomes()
    for name, (unit, whole) in together.outcomes().items():
        each = apart[name][1]
        three = {**spread(whole, "convoy"), **spread(each, "alone"), **spread(whole - each, "difference")}
        means = {"convoy_mean": np.nanmean(whole), "alone_mean": np.nanmean(each)}
        rows.append({"outcome": name, "unit": unit, **three, **means})
    return pd.DataFrame(rows)


def size_by_day(size: Floats, others: Attrition, mine: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Return the size of the convoy where it still walks, and what a figure of the press would say of it."""
    told = size * np.exp(others.shift(caravan_sizes.PRESS, "", 0.0, random))[:, None]
    rows = []
    for number in range(size.shape[1]):
        walks = size[:, number] > 0
        if walks.mean() < STILL:
            break
        low, half_low, middle, half_high, high = np.quantile(told[walks, number], [0.05, 0.25, 0.5, 0.75, 0.95])
        when = mine["day"].iloc[0] + pd.Timedelta(days=number)
        band = {"median": middle, "low_50": half_low, "high_50": half_high, "low_90": low, "high_90": high}
        rows.append({"day": when, "share_walking": walks.mean(), **spread(size[walks, number], "size"), **band})
    return pd.DataFrame(rows)


def held_against(size: Floats, others: Attrition, mine: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Return the figures of the caravan, and for later days what the run says a figure of that sort would be."""
    rows = []
    width = stated_width(mine)
    for number, row in enumerate(mine.to_dict("records")):
        walks = size[:, row["walked"]] > 0
        told = size[:, row["walked"]] * np.exp(others.shift(row["kind"], row["bound"], width[number], random))
        said = spread(told[walks] if row["walked"] and walks.mean() >= STILL else np.array([]))
        inside = said["low_90"] <= row["value"] <= said["high_90"] if np.isfinite(said["median"]) else None
        about = {
            "day": row["day"],
            "place": row["place"],
            "whose": row["whose"],
            "kind": row["kind"],
            "bound": row["bound"],
        }
        rows.append({**about, "value": row["value"], **said, "inside": inside, "source_id": row["source_id"]})
    return pd.DataFrame(rows)


def arrivals_by_day(together: Walk, alone: Walk, begin: pd.Timestamp) -> pd.DataFrame:
    """Return arrivals at the border by day: mean over members, in one of them, and all so far with their interval.

    A convoy comes on one day, which differs between members, so their mean looks like none of them. The one shown is
    that whose fullest week as a convoy is the middle one.
    """
    fullest = together.outcomes()["most arrivals in a week"][1]
    middle_member = int(np.argsort(fullest, kind="stable")[len(fullest) // 2])
    means = [walk.border.mean(axis=0) for walk in (together, alone)]
    last = max(int(np.searchsorted(mean, ALMOST_ALL * mean[-1])) for mean in means) + 1
    tables = []
    for how, walk in (("convoy", together), ("alone", alone)):
        low, middle, high = np.quantile(walk.border[:, :last], [0.05, 0.5, 0.95], axis=0)
        arrivals = walk.arrivals[:, :last]
        columns = {
            "mean_arrivals": arrivals.mean(axis=0),
            "arrivals_in_one": arrivals[middle_member],
            "so_far": middle,
            "so_far_low_90": low,
            "so_far_high_90": high,
        }
        tables.append(pd.DataFrame({"day": begin + pd.to_timedelta(np.arange(last), "D"), "how": how, **columns}))
    return pd.concat(tables, ignore_index=True)


def assumptions(network: Network, given: Mapping[str, Floats], members: int, seed: int) -> pd.DataFrame:
    """Return how the difference between convoy and alone moves with each assumed number."""
    fewer = {name: values[:members] for name, values in given.items()}
    rows = []
    for name in ASSUMPTIONS:
        about = network.parameters[name]
        for end, value in (("low", about.low), ("high", about.high)):
            set_to = {**fewer, name: value}
            two = [walk_of(network, set_to, share, members, seed).outcomes() for share in (1.0, 0.0)]
            for outcome in ("share who came", "share stopped on the way", "most arrivals in a week"):
                whole, each = (run[outcome][1] for run in two)
                means = {"convoy_mean": whole.mean(), "alone_mean": each.mean()}
                row = {"assumption": name, "end": end, "value": value, "unit": about.unit, "outcome": outcome}
                rows.append({**row, **means, **spread(whole - each, "difference")})
    return pd.DataFrame(rows)
