"""The answer to a run: how many were counted, where and of whom, who waits, and which numbers that rests on."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import xarray as xr

from vado.answer import Answer, Chart
from vado.ledger.dates import Day, day
from vado.network.model import Network
from vado.provenance import made_by
from vado.simulation import tables
from vado.simulation.numbers import assumed, numbers_used, sources_of
from vado.simulation.simulate import Simulated

#: Charts of one sort that a person looks through.
_MOST_CHARTS = 6

#: Members below which the ends of a 95 % interval rest on two or fewer of them.
_FEW = 100

_LIBRARIES = ("numpy", "pandas", "numba", "xarray", "pydantic", "altair", "vl-convert-python")

_FAN = {"median": "median"} | {
    f"{end}_{share}": f"{end}_{share}" for share in tables.INTERVALS for end in ("low", "high")
}


def answer(
    run: Simulated,
    *,
    parameters: Mapping[str, Any] | None = None,
    as_of: Day | None = None,
    file: str = "",
    command: str = "vado simulate",
) -> Answer:
    """Return what came out of a run as an answer.

    Parameters
    ----------
    run
        What came out, and the network that was run.
    parameters
        What was set for the run.
    as_of
        The day whose knowledge of levers was used; today if none is given.
    file
        Where the description was read from, for the list of sources.
    command
        What was typed, for the record.

    Returns
    -------
    Answer
        Tables ``totals``, ``counters`` (by period), ``by_place``, ``by_nationality``, ``waiting``, ``ended`` and
        ``parameters``, with ``occupancy`` where queues were kept day by day; fan charts of counters and queues.
    """
    outcome, network = run
    numbers = numbers_used(network, parameters or {}, json.loads(outcome.attrs["setting"])["changes"])
    found = {
        "totals": tables.totals(outcome, network),
        "counters": tables.by_period(outcome, network),
        "waiting": tables.waiting(outcome),
        "by_place": tables.by_place(outcome, network),
        "by_nationality": tables.by_nationality(outcome, network),
        "ended": tables.ended(outcome),
        "parameters": numbers,
    }
    if "occupancy" in outcome:
        found["occupancy"] = tables.occupancy(outcome)
    when = f"from {_begin(outcome):%-d %B %Y} to {_end(outcome):%-d %B %Y}"
    return Answer(
        question=f"What follows from the description {network.system} {when}?",
        as_of=dt.date.today() if as_of is None else day(as_of, "as_of"),
        summary=_summary(found, outcome, when),
        tables=found,
        charts=_charts(found, outcome, network),
        sources=sources_of(network, numbers, file),
        assumed=assumed(numbers),
        caveats=_caveats(found, outcome, network, numbers),
        made_by=made_by(command, seed=int(outcome.attrs["seed"]), libraries=_LIBRARIES),
    )


def _begin(outcome: xr.Dataset) -> pd.Timestamp:
    return pd.Timestamp(outcome["time_bounds"].values[0, 0])


def _end(outcome: xr.Dataset) -> pd.Timestamp:
    return pd.Timestamp(outcome["time"].values[-1])


def _summary(found: Mapping[str, pd.DataFrame], outcome: xr.Dataset, when: str) -> list[str]:
    said = [f"{row['title']} {when}: {_span(row, row['unit'])}." for row in found["totals"].head(2).to_dict("records")]
    queues = found["waiting"].rename(columns={"until": "day"})
    if "occupancy" in found:
        queues = pd.concat([found["occupancy"], queues], ignore_index=True)
    if len(queues):
        queues = queues.sort_values("median", ascending=False, kind="stable")
        fullest, at_end = queues.iloc[0], queues[queues["day"] == queues["day"].max()].iloc[0]
        said.append(
            f"Most people wait at {fullest['queue']} on {fullest['day']:%-d %B %Y}: {_span(fullest, 'persons')}; at "
            f"the end of the run most wait at {at_end['queue']}: {_span(at_end, 'persons')}."
        )
    if outcome.attrs["status"] != "complete":
        said.append(f"The run was {outcome.attrs['status']}.")
    return said


def _span(row: Mapping[Any, Any] | pd.Series[Any], unit: str) -> str:
    """Return a median with its interval in words."""
    middle, low, high = (f"{row[name]:,.0f}" for name in ("median", "low_80", "high_80"))
    if pd.isna(row["low_80"]) or low == high:
        return f"{middle} {unit}"
    return f"{middle} {unit} (in 8 of 10 members between {low} and {high})"


def _charts(found: Mapping[str, pd.DataFrame], outcome: xr.Dataset, network: Network) -> list[Chart]:
    period = outcome.attrs["period"]
    note = "Half of the members lie in the darkest band, 80 and 95 % in the lighter ones; no forecast, see the caveats."
    charts = [
        Chart(
            "fan",
            "counters",
            f"{counter.title or name}, by {period}",
            {"x": "until", **_FAN},
            where={"counter": name},
            unit=counter.unit,
            note=note,
        )
        for name, counter in list(network.counters.items())[:_MOST_CHARTS]
    ]
    by_day = [str(name) for name in outcome["named_queue"].values] if "occupancy" in outcome else []
    by_end = [str(name) for name in outcome["queue"].values if name not in by_day]
    for name in [*by_day, *by_end][:_MOST_CHARTS]:
        daily = name in by_day
        place = network.places[network.station(name).place].name
        charts.append(
            Chart(
                "fan",
                "occupancy" if daily else "waiting",
                f"People waiting at {name} ({place}), at the end of each {'day' if daily else period}",
                {"x": "day" if daily else "until", **_FAN},
                where={"queue": name},
                unit="persons",
                note=note,
            )
        )
    return charts


def _caveats(
    found: Mapping[str, pd.DataFrame], outcome: xr.Dataset, network: Network, numbers: pd.DataFrame
) -> list[str]:
    members, unpublished = outcome.sizes["draw"], int(numbers["status"].isin(["assumed", "set"]).sum())
    said = [
        "This is what follows from the description, not a forecast: intervals hold chance within the description, and "
        "doubt about its numbers only as far as parameters differ from member to member.",
        f"{unpublished} of the {len(numbers)} numbers of the description were not published by anybody; see the table "
        "parameters.",
    ]
    events = found["totals"].loc[found["totals"]["kind"] == "events", "counter"].tolist()
    if events:
        said.append(f"Events, not people: {', '.join(events)}. One person can cause several.")
    if outcome.attrs["record"] == "expectations":
        said.append(
            "Expectations, not draws: where numbers act on one another (queues, crowding, convoys) the expectation of "
            "the parts is not that of the whole."
        )
    elif members == 1:
        said.append("One member shows no spread; run more for intervals.")
    elif members < _FEW:
        said.append(f"{members} members are few: a 95 % interval rests on its outermost ones; run {_FEW} or more.")
    if outcome.attrs["status"] != "complete":
        said.append(f"The run was {outcome.attrs['status']}.")
    said += _cut(outcome)
    said += [
        f"{row.name} = {row.value} {row.unit} lies outside the range that the description gives, "
        f"{row.low:g} to {row.high:g}."
        for row in numbers[numbers["status"] == "set"].itertuples(index=False)
        if _outside(row)
    ]
    if len(network.counters) > _MOST_CHARTS or outcome.sizes["queue"] > _MOST_CHARTS:
        said.append(f"Charts show the first {_MOST_CHARTS} counters and queues; the tables hold all.")
    return said


def _cut(outcome: xr.Dataset) -> list[str]:
    """Say so where the first or the last period is no whole one."""
    bounds = outcome["time_bounds"].values
    days = (bounds[:, 1] - bounds[:, 0]).astype("timedelta64[D]").astype(int)
    begin, end = _begin(outcome), _end(outcome)
    whole = (lambda _: 7) if outcome.attrs["period"] == "week" else (lambda date: date.days_in_month)
    return [
        f"The {which} {outcome.attrs['period']} has {count} days only."
        for which, count, date in (("first", days[0], begin), ("last", days[-1], end))
        if count < whole(date)
    ][: len(days)]


def _outside(row: Any) -> bool:
    """Return whether a number that was set lies outside the range of its parameter."""
    try:
        number = float(row.value.replace(",", ""))
    except ValueError:
        return False
    return bool(number < row.low or number > row.high)
