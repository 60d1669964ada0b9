"""The question what was known, and what could have been said beforehand, of the camp at Del Rio in September 2021."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vado.answer import Answer, Chart
from vado.errors import BadValueError
from vado.forecast.evidence import cite, joined_ids, open_default
from vado.ledger.dates import Day, day
from vado.network.model import Network
from vado.network.read import load_corridor
from vado.policy.camp import beforehand as before
from vado.policy.camp import fit, headcounts, tables, totals
from vado.policy.camp.paths import DAYS, drawn_occupancy
from vado.provenance import LIBRARIES, made_by
from vado.simulation.numbers import assumed, numbers_used

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

#: Days of the forecasts made beforehand that stand beside a fit: before the wave, and on the day that the camp began.
ORIGINS = (dt.date(2021, 9, 1), dt.date(2021, 9, 13))

#: Members below which the ends of a 90 % interval rest on less than one of them.
FEWEST = 20

QUESTION = "How many people waited under the bridge at Del Rio in September 2021, and could it have been foreseen?"

FAN = {"median": "median"} | {
    f"{end}_{share}": f"{end}_{share}" for share in tables.INTERVALS for end in ("low", "high")
}

CAVEATS_OF_FORECAST = (
    "A forecast beforehand knows neither that a wave is coming nor where to: the shares that say how many come "
    "together are assumed.",
    "Usual arrivals go on at an uncertain pace for 60 days while processing stays as it was: much of the upper end of "
    "a forecast is such a backlog and not a wave.",
    "Series of months since revised are read as if known when they came out; encounters are events and one person can "
    "cause several.",
    "A day of 500 or more people waiting counts as a day of waiting; how processing is stepped up once a camp is there "
    "is not foreseen.",
)
CAVEATS_OF_FIT = (
    "Headcounts and totals come from officials and newspapers who do not agree; each is kept with an error, most of it "
    "assumed, and contradictions have a table of their own.",
    "Arrivals, processing and giving up were not counted: only their balance is told, and a part of each by totals.",
    "Beyond the last headcount each of them goes on as a random walk, which is no forecast of what governments do.",
    "The intervals of headcounts are of a fit that used them. Left out one by one, a straight line between neighbours "
    "told a headcount better than this model does (docs/del_rio.md).",
    "An ensemble of fewer than some 200 members gives intervals that are too narrow.",
)


def del_rio(
    ledger: Ledger | None = None,
    *,
    as_of: Day | None = None,
    members: int = 400,
    seed: int = 1,
    command: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Answer:
    """Return what the headcounts of the camp at Del Rio say together, or what could be said before there were any.

    Parameters
    ----------
    ledger
        Default: the ledger that ships.
    as_of
        The day whose knowledge is used; default all that the ledger has. On a day by which no headcount had been
        published the answer is the forecast made beforehand alone.
    members
        Size of the ensemble, 20 or more.
    seed
        Of everything random.
    command
        What to say made the answer.
    progress
        Called with a line after each step of a fit.

    Returns
    -------
    Answer
        With headcounts: tables ``headcounts`` (as stated, and what would be stated at that hour), ``camp`` (people on
        each morning and at stated moments), ``peak``, ``ends`` (where people went, as stated and in the run),
        ``contradictions``, ``beforehand``, ``known_beforehand`` and ``chances``; without: ``camp``, ``peak``,
        ``beforehand``, ``known_beforehand`` and ``chances``. All are persons.

    Raises
    ------
    BadValueError
        If there are too few members, or nothing that a forecast needs had been published.
    """
    if members < FEWEST:
        raise BadValueError(f"{members} members are too few for a 90 % interval; ask for {FEWEST} or more")
    ledger = open_default(ledger)
    seen = None if as_of is None else day(as_of, "as_of")
    network = load_corridor("del_rio")
    counts = headcounts.read_headcounts(ledger, seen)
    if not counts and seen is not None:
        return _before_any_count(ledger, network, seen, members, seed, command)
    stated = totals.read_totals(ledger, network.start, seen)
    fitted = fit.fit_camp(network, counts, stated, members, seed, progress)
    ids = joined_ids([*(one.source_id for one in counts), *(total.source_id for total in totals.usable(stated))])
    paths = fit.posterior_paths(fitted)
    # Chance is in: the parameters of each member run once more with draws.
    occupancy = drawn_occupancy(network, fitted.given(), members, seed, days=DAYS)
    origins = [origin for origin in ORIGINS if seen is None or origin <= seen]
    forecasts = [before.beforehand(ledger, network, origin, members, seed) for origin in origins]
    counted = tables.headcount_table(fitted, occupancy, seed)
    found = {
        "headcounts": counted,
        "camp": tables.camp_table(occupancy, network.start, ids, counted["moment"]),
        "peak": _peaks(occupancy, network.start, counts, ids),
        "ends": tables.ends_table(stated, paths),
        "contradictions": tables.contradictions(counts, stated),
        **_forecast_tables(forecasts, occupancy, ids),
    }
    found = {name: table for name, table in found.items() if len(table)}
    latest = max([*(one.published for one in counts), *(total.published for total in stated)])
    return Answer(
        question=QUESTION,
        as_of=seen or latest,
        summary=_summary_of_fit(found, len(counts)),
        tables=found,
        charts=[_fan("headcounts"), _bar()],
        sources=cite(ledger, *found.values()),
        assumed=_assumed(network),
        caveats=[*CAVEATS_OF_FIT, *CAVEATS_OF_FORECAST],
        made_by=_made_by(command, ledger, seen, members, seed),
    )


def _peaks(occupancy: before.Floats, start: dt.date, counts: Sequence[headcounts.Headcount], ids: str) -> pd.DataFrame:
    """Return the peak until the morning after the last headcount, and until the end of the run."""
    named = max([one.value for one in counts if one.is_peak], default=float("nan"))
    days = [(counts[-1].date - start).days + 1, occupancy.shape[1]]
    return pd.concat([tables.peak_table(occupancy[:, :until], start, named, ids) for until in days], ignore_index=True)


def _before_any_count(
    ledger: Ledger, network: Network, seen: dt.date, members: int, seed: int, command: str | None
) -> Answer:
    forecast = before.beforehand(ledger, network, seen, members, seed)
    found = {
        "camp": tables.camp_table(forecast.occupancy, seen, forecast.source_ids),
        "peak": tables.peak_table(forecast.occupancy, seen, float("nan"), forecast.source_ids),
        **_forecast_tables([forecast], None, ""),
    }
    row = found["beforehand"].iloc[0]
    summary = [
        f"On {seen} no headcount had been published. {row['in_transit']:,} people of the nationality (90 % interval "
        f"{row['in_transit_low_90']:,} to {row['in_transit_high_90']:,}) were on the way.",
        f"Most waiting in one place within {before.AHEAD} days: {row['peak']:,} ({row['peak_low_90']:,} to "
        f"{row['peak_high_90']:,}); chance to pass " + _chances(row) + ".",
    ]
    return Answer(
        question=QUESTION,
        as_of=seen,
        summary=summary,
        tables=found,
        charts=[_fan(None), _bar()],
        sources=cite(ledger, *found.values()),
        assumed=_assumed(network),
        caveats=CAVEATS_OF_FORECAST,
        made_by=_made_by(command, ledger, seen, members, seed),
    )


def _forecast_tables(
    forecasts: Sequence[before.Beforehand], occupancy: before.Floats | None, ids: str
) -> dict[str, pd.DataFrame]:
    """Return the forecasts made beforehand, what they knew, and chances beside that of a fit if there is one."""
    rows = [{**one.row(), "source_id": one.source_ids} for one in forecasts]
    known = [one.known.assign(as_of=one.as_of) for one in forecasts]
    chances: list[tuple[str, str, float, str]] = [
        (f"known on {one.as_of}", f"{level:,}", float(np.mean(one.occupancy.max(axis=1) > level)), one.source_ids)
        for one in forecasts
        for level in before.LEVELS
    ]
    if occupancy is not None:
        peak = occupancy.max(axis=1)
        chances += [("from headcounts", f"{level:,}", float(np.mean(peak > level)), ids) for level in before.LEVELS]
    return {
        "beforehand": pd.DataFrame(rows),
        "known_beforehand": pd.concat(known, ignore_index=True) if known else pd.DataFrame(),
        "chances": pd.DataFrame(chances, columns=["forecast", "more_than", "chance", "source_id"]),
    }


def _summary_of_fit(found: dict[str, pd.DataFrame], counts: int) -> list[str]:
    peak = found["peak"].iloc[0]
    counted = found["headcounts"]
    said = [
        f"From {counts} headcounts and the totals stated, most people at one time until {peak['until']:%d %B %Y} were "
        f"{peak['median']:,.0f} (90 % "
        f"interval {peak['low_90']:,.0f} to {peak['high_90']:,.0f}) on {peak['day']:%d %B}; "
        f"{counted['inside'].sum()} of the headcounts lie inside the 90 % interval of what would be stated.",
        f"500 people or more waited on {peak['days_waiting']:.0f} mornings ({peak['days_waiting_low_90']:.0f} to "
        f"{peak['days_waiting_high_90']:.0f}).",
    ]
    if "ends" in found:
        agree = found["ends"]["agrees"]
        said.append(f"The run agrees with {agree.sum()} of {len(agree)} totals, those not used as evidence included.")
    for row in found.get("beforehand", pd.DataFrame()).to_dict("records")[-1:]:
        said.append(f"With what was known on {row['as_of']} the chance to pass " + _chances(row) + ".")
    return said


def _chances(row: Any) -> str:
    each = [f"{level:,} was {100 * row[f'chance_{level}']:.0f} %" for level in before.LEVELS]
    return ", ".join(each)


def _fan(overlay: str | None) -> Chart:
    note = "People there at 06:00."
    if overlay:
        note = "Days of September 2021, noon of the 12th is 12.5; points are statements at the middle of their hours."
    return Chart(
        kind="fan",
        table="camp",
        title="People waiting in the camp",
        columns={"x": "september" if overlay else "day", **FAN},
        overlay=overlay,
        unit="persons",
        note=note,
    )


def _bar() -> Chart:
    return Chart(
        kind="bar",
        table="chances",
        title="Chance that more people than this wait at one time",
        columns={"x": "more_than", "y": "chance", "color": "forecast"},
        unit="chance",
    )


def _assumed(network: Network) -> list[dict[str, Any]]:
    """Return the numbers that nobody published: those of the description, and those of the fit and the forecast."""
    entries = [
        *(
            (f"headcount.error.{name}", value, "1", "error in parts of the number")
            for name, value in headcounts.ERROR.items()
        ),
        ("headcount.resolution", headcounts.RESOLUTION, "persons", "error of a count however few are there"),
        *(
            (f"headcount.hours.{name or 'not given'}", f"{first:g} to {last:g}", "hours", "when a statement held")
            for name, (first, last) in headcounts.WINDOWS.items()
        ),
        *(
            (f"total.error.{sort.outcome or sort.measure}", sort.error, "1", sort.reading)
            for sort in totals.SORTS
            if sort.error is not None
        ),
        *((f"walk.{name}", value, "1", "daily change of the logarithm") for name, value in fit.CHANGES.items()),
        ("beforehand.months", before.MONTHS, "months", "how long who was counted may be on the way"),
        ("beforehand.follows_honduras", before.FOLLOWS, "1", "part of the change in Honduras that the Darién follows"),
    ]
    own = [dict(zip(("name", "value", "unit", "note"), entry, strict=True)) for entry in entries]
    return [*assumed(numbers_used(network, {}, ())), *own]


def _made_by(command: str | None, ledger: Ledger, seen: dt.date | None, members: int, seed: int) -> Any:
    asked = "" if seen is None else f"as_of='{seen}', "
    libraries = (*LIBRARIES, "numba", "xarray", "iterative_ensemble_smoother")
    return made_by(command or f"vado.del_rio({asked}members={members}, seed={seed})", ledger, seed, libraries)
