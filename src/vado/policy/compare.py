"""The question what a policy would change: scenarios side by side, on the same members and the same random numbers.

The first scenario is what the others are compared with; with one alone, that is the status quo. Parameters that nobody
published and that decide what a lever does (such as how many visas go to people who would have set out) are drawn from
their ranges, a draw a member, the same in all scenarios.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy.stats import truncnorm

from vado.answer import Answer, Chart
from vado.errors import BadValueError, DescriptionError, Fault
from vado.forecast.archive import Archive
from vado.forecast.evidence import caveats_on_data, cite, open_default
from vado.forecast.fit.knobs import RANGE_90
from vado.ledger.dates import Day
from vado.policy.deaths import death_rates
from vado.policy.histories import by_group, histories, short
from vado.policy.outcomes import (
    ASSUMED,
    HOLDING,
    STRANDED,
    Outcome,
    daily_load,
    encounters_by_month,
    outcomes,
    table_of,
)
from vado.policy.projection import Projection, project
from vado.policy.regularized import REGULARIZED, programme, regularized, strength
from vado.policy.scenario import Scenario, read_scenario
from vado.provenance import made_by
from vado.simulation.numbers import assumed, numbers_used, said

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

STATUS_QUO = "status_quo"
#: Parameters that decide what a lever does and that nobody published; one number each, so that it can be drawn.
UNSURE = (
    "visa_substitution",
    "investment_effect",
    "legalization_effect",
    "waits_in_vain",
    "released_before_flight",
    "port_gives_up",
    "deterred_by_visa",
    "tries_again",
)
_ENDS = (0.05, 0.95)
COUNTED, PEOPLE = "what is counted", "what happens to people"


def compare(
    scenarios: Sequence[str | Path | Scenario],
    ledger: Ledger | None = None,
    *,
    as_of: Day | None = None,
    months: int = 12,
    members: int = 500,
    seed: int = 1,
    cache: bool = True,
    command: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Answer:
    """Run scenarios and say what differs.

    Parameters
    ----------
    scenarios
        Names of shipped scenarios, files, or scenarios; the first is what the others are compared with, and is put
        before a single one as the status quo.
    ledger
        Default: the ledger that ships.
    as_of
        The day whose knowledge is used; default all that the ledger has.
    months
        Months ahead, 1 to 36.
    members
        Courses that the corridor may take, 20 to 10,000.
    seed
        Of members and random numbers.
    cache
        Whether a fit that has to be made is kept.
    command
        What to say made the answer.
    progress
        Called with a line before each step.

    Returns
    -------
    Answer
        Tables ``differences`` (each outcome of each scenario less that of the first, with its 90 % interval and the
        chance of being below), ``outcomes``, ``levers`` (every changed lever), ``by_month``, ``load`` (95th percentile
        of people in custody on a day, by sector), ``death_rates``.

    Raises
    ------
    UnknownNameError, DescriptionError, BadValueError
        For a scenario, lever, day or number that cannot be used.
    """
    tell = progress or (lambda line: None)
    ledger = open_default(ledger)
    read = [one if isinstance(one, Scenario) else read_scenario(one) for one in scenarios]
    if not read:
        raise BadValueError("there is nothing to compare; name a scenario")
    if len(read) == 1 and read[0].name == STATUS_QUO:
        raise BadValueError("status_quo is what others are compared with; name another scenario")
    if len(read) == 1:
        read.insert(0, read_scenario(STATUS_QUO))
    names = [one.name for one in read]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise BadValueError(f"two scenarios are called {twice}; give each a name of its own")
    bases = {one.base for one in read}
    if len(bases) > 1:
        raise BadValueError(f"scenarios of different corridors cannot be compared: {', '.join(sorted(bases))}")
    tell("Fitting the corridor to what is known ...")
    projection = project(
        ledger, base=bases.pop(), as_of=as_of, months=months, members=members, seed=seed, cache=cache, progress=tell
    )
    network, start, last = projection.network, projection.start, projection.last
    changes = [histories(one, network, start, last, projection.expected_a_day) for one in read]
    archive = Archive.of(ledger)
    _check_sources(read, archive)
    rates = death_rates(archive, projection.knowledge.as_of, members, seed)
    wanted = outcomes(rates)
    drawn = unsure(projection)
    daily = [*HOLDING.values(), *STRANDED]
    made, by_month, load = [], [], []
    for one, history in zip(read, changes, strict=True):
        tell(f"Running {one.title} ...")
        run = projection.run(history, daily=daily, parameters=drawn)
        made.append(table_of(run, wanted).assign(regularized=regularized(ledger, projection, history)))
        by_month.append(_by_month(run, one))
        load.append(_load(run, one))
    ids = projection.fitted.observed.source_ids
    tables = {
        "differences": _differences(read, made, wanted),
        "outcomes": _outcomes(read, made, wanted),
        "levers": _levers(read, changes, projection),
        "by_month": pd.concat(by_month, ignore_index=True),
        "load": pd.concat(load, ignore_index=True),
        "death_rates": rates.table,
    }
    rated = ";".join(sorted({i for cell in rates.table["source_id"] for i in cell.split(";")} | set(ids.split(";"))))
    for name, table in tables.items():
        if "source_id" not in table:
            tables[name] = table.assign(source_id=rated if name in ("differences", "outcomes") else ids)
    law = programme(ledger, projection) if any(map(strength, changes)) else None
    if law:
        tables["regularized_by_year"] = law.table
    numbers = numbers_used(projection.network, {}, {lever for history in changes for lever in history})
    return Answer(
        question=f"What would change in {months} months from {projection.start:%B %Y}: "
        + " against ".join([*(one.title for one in read[1:]), read[0].title])
        + "?",
        as_of=projection.knowledge.as_of,
        summary=_summary(read, made, wanted, tables["load"]),
        tables=tables,
        charts=_charts(len(read) > 2),
        sources=cite(ledger, *tables.values()),
        assumed=[*assumed(numbers), *ASSUMED, *law.assumed] if law else [*assumed(numbers), *ASSUMED],
        caveats=[
            "A difference is the work of the levers in this model, on the same members and random numbers. What the "
            "levers do to departures is assumed or not known, so departures stay as they are unless a lever says so.",
            "Departures scale with the inverse of the share encountered, which nobody counts: they are an index.",
            "A sector processes what it did in its busiest month so far and no more; a long line in custody says that "
            "this would not be enough, not that people would be held so long.",
            "Shares of release, return and removal after the border are those of 2019 to 2022 that a source states, "
            "whatever the day that is asked for.",
            f"Parameters drawn from their assumed ranges: {', '.join(UNSURE)}.",
            *caveats_on_data(projection.knowledge.panel),
            "Deaths are recorded ones, a minimum, for those who come through; what waiting does is not in them. "
            "The measured effect of a measure is no advice to take it.",
        ],
        made_by=made_by(command or f"vado.compare({names!r}, months={months}, members={members})", ledger, seed),
    )


def _check_sources(read: Sequence[Scenario], archive: Archive) -> None:
    known = set(archive.read("sources")["source_id"])
    for scenario in read:
        for change in scenario.changes:
            if change.source and change.source not in known:
                what = f"{change.source} is no source of the ledger"
                mend = "name one that `vado data sources` lists, or take it out"
                raise DescriptionError([Fault(scenario.file, change.line, f"changes.{change.lever}", what, mend)])


def unsure(projection: Projection) -> dict[str, Any]:
    """Return draws of the parameters that nobody published, one number a member, between their low and high."""
    random = np.random.default_rng([projection.seed, 3])
    made: dict[str, Any] = {}
    for name in UNSURE:
        parameter = projection.network.parameters[name]
        value = float(said(parameter.value).replace(",", ""))
        low, high = float(parameter.low or 0.0), float(parameter.high or 1.0)
        spread = (high - low) / RANGE_90
        law = truncnorm((low - value) / spread, (high - value) / spread, loc=value, scale=spread)
        made[name] = law.ppf(random.random(projection.members))
    return made


def _differences(read: Sequence[Scenario], made: Sequence[pd.DataFrame], wanted: Sequence[Outcome]) -> pd.DataFrame:
    rows = []
    base = made[0]
    for scenario, table in zip(read[1:], made[1:], strict=True):
        for outcome in _all(wanted, made):
            difference = table[outcome.name].to_numpy() - base[outcome.name].to_numpy()
            low, high = np.quantile(difference, _ENDS)
            mean = float(base[outcome.name].mean())
            # Against the mean of both scenarios, so that what begins near nothing stays on the same scale.
            middle = mean + float(difference.mean()) / 2
            below = float((difference < 0).mean() + 0.5 * (difference == 0).mean())
            rows.append(
                {
                    "scenario": scenario.title,
                    "outcome": outcome.title,
                    "about": PEOPLE if outcome.human else COUNTED,
                    "kind": outcome.kind,
                    "unit": outcome.unit,
                    "in_the_first": mean,
                    "difference": float(difference.mean()),
                    "low_90": float(low),
                    "high_90": float(high),
                    "per_cent": 100 * float(difference.mean()) / mean if mean else math.nan,
                    "relative": 100 * float(difference.mean()) / middle if middle else 0.0,
                    "relative_low_90": 100 * float(low) / middle if middle else 0.0,
                    "relative_high_90": 100 * float(high) / middle if middle else 0.0,
                    "chance_below": below if difference.any() else math.nan,
                    "standard_error": float(difference.std(ddof=1) / math.sqrt(len(difference))),
                    "rests_on_assumed_shares": outcome.assumed,
                }
            )
    return pd.DataFrame(rows)


def _outcomes(read: Sequence[Scenario], made: Sequence[pd.DataFrame], wanted: Sequence[Outcome]) -> pd.DataFrame:
    rows = []
    for scenario, table in zip(read, made, strict=True):
        for outcome in _all(wanted, made):
            low, middle, high = np.quantile(table[outcome.name], [_ENDS[0], 0.5, _ENDS[1]]).tolist()
            mean = float(table[outcome.name].mean())
            rows.append(
                (scenario.title, outcome.title, outcome.kind, outcome.unit, mean, middle, low, high, outcome.assumed)
            )
    columns = ["scenario", "outcome", "kind", "unit", "mean", "median", "low_90", "high_90", "rests_on_assumed_shares"]
    return pd.DataFrame(rows, columns=columns)


def _all(wanted: Sequence[Outcome], made: Sequence[pd.DataFrame]) -> list[Outcome]:
    """Return the outcomes of runs and, where a scenario legalizes, those who become regular."""
    return [*wanted, *([REGULARIZED] if any(table[REGULARIZED.name].any() for table in made) else [])]


def _levers(
    read: Sequence[Scenario], changes: Sequence[Mapping[str, Sequence[Mapping[str, Any]]]], projection: Projection
) -> pd.DataFrame:
    rows = []
    ids = projection.fitted.observed.source_ids
    for scenario, history in zip(read, changes, strict=True):
        cited = {change.lever: change.source for change in scenario.changes}
        for name, steps in history.items():
            lever = projection.network.levers[name]
            for step in steps:
                before = by_group(name, projection.network, step["effective"] - dt.timedelta(days=1))
                rows.append(
                    (
                        scenario.title,
                        name,
                        lever.government,
                        _written(short(before)),
                        _written(step["value"]),
                        lever.unit,
                        step["effective"],
                        step["note"],
                        cited.get(name) or ids,
                    )
                )
    columns = ["scenario", "lever", "government", "base", "value", "unit", "effective", "note", "source_id"]
    return pd.DataFrame(rows, columns=columns)


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        numbers = [float(v) for v in value.values()]
        return f"{min(numbers):,.4g} to {max(numbers):,.4g} by group"
    return f"{float(value):,.6g}"


def _by_month(run: xr.Dataset, scenario: Scenario) -> pd.DataFrame:
    counts = encounters_by_month(run)
    levels = {"median": 0.5, **{f"{end}_{c}": 0.5 + s * c / 200 for c in (50, 80, 90, 95) for end, s in _SIDES}}
    quantiles = counts.quantile(list(levels.values()), "draw").to_numpy()
    return pd.DataFrame(
        {
            "scenario": scenario.title,
            "month": pd.to_datetime(counts["time"].to_numpy()),
            **{name: quantiles[position] for position, name in enumerate(levels)},
        }
    )


_SIDES = (("low", -1), ("high", 1))


def _load(run: xr.Dataset, scenario: Scenario) -> pd.DataFrame:
    load = daily_load(run)
    found = load.quantile(0.95, ["draw", "day"]).to_numpy()
    mean = load.mean(["draw", "day"]).to_numpy()
    places = load["place"].to_numpy()
    return pd.DataFrame(
        {"scenario": scenario.title, "place": places, "mean_in_line": mean, "percentile_95_in_line": found}
    )


def _summary(
    read: Sequence[Scenario], made: Sequence[pd.DataFrame], wanted: Sequence[Outcome], load: pd.DataFrame
) -> list[str]:
    said_first = f"Compared with “{read[0].title}”, over the same members and random numbers:"
    lines = []
    for scenario, table in zip(read[1:], made[1:], strict=True):
        parts = []
        moved = [o for o in _all(wanted, made) if (table[o.name] != made[0][o.name]).any()]
        if not moved:
            silent = ", ".join(dict.fromkeys(change.lever for change in scenario.changes)) or "nothing"
            lines.append(
                f"“{scenario.title}” has no effect here: {silent} moves no flow of this corridor in these months."
            )
            continue
        for name in ("departures", "encounters", "peak_waiting", "days_stranded", "deaths", "regularized"):
            outcome = next((o for o in moved if o.name == name), None)
            if outcome is None:
                parts += ["departures unchanged in every member"] if name == "departures" else []
                continue
            difference = table[name].to_numpy() - made[0][name].to_numpy()
            low, high = np.quantile(difference, _ENDS)
            words = f"{outcome.title[:1].lower()}{outcome.title[1:]}"
            parts.append(f"{words} {difference.mean():+,.0f} (90 % interval {low:+,.0f} to {high:+,.0f})")
        lower = _lower(load, read[0], scenario)
        lines.append(f"{said_first} “{scenario.title}”: {'; '.join(parts)}.{lower}")
    return lines


def _lower(load: pd.DataFrame, base: Scenario, scenario: Scenario) -> str:
    before, after = (
        load[load["scenario"] == s.title].set_index("place")["percentile_95_in_line"] for s in (base, scenario)
    )
    change = (after - before)[(after - before).abs() > 0.5]
    if change.empty:
        return ""
    place = str(change.abs().idxmax())
    numbers = f"{after[place]:,.0f} people are in line in {place} in place of {before[place]:,.0f}"
    return f" On 95 of 100 days at most {numbers}."


def _charts(several: bool) -> list[Chart]:
    color = {"color": "scenario"} if several else {}
    return [
        Chart(
            kind="line",
            table="by_month",
            title="Encounters by month and scenario, median and 80 % interval",
            columns={"x": "month", "y": "median", "low": "low_80", "high": "high_80", "color": "scenario"},
            unit="encounters/month",
        ),
        *(
            Chart(
                kind="forest",
                table="differences",
                title=f"Difference from the first scenario: {about}",
                columns={
                    "y": "outcome",
                    "x": "relative",
                    "low": "relative_low_90",
                    "high": "relative_high_90",
                    **color,
                },
                where={"about": about},
                unit="per cent of the mean of both",
                note="Bars: 90 % interval over members. At 100 it is three times as much, at 200 the first has none.",
            )
            for about in (COUNTED, PEOPLE)
        ),
        Chart(
            kind="bar",
            table="load",
            title="People in line in custody that 95 of 100 days do not pass",
            columns={"x": "place", "y": "percentile_95_in_line", "color": "scenario"},
            unit="persons",
        ),
    ]
