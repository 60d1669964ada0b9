"""How many people are coming: encounters ahead, by place and nationality, with their uncertainty and their record.

The default member is ``srw``, the random walk with a seasonal shape: over the 31 origins from December 2020 to June
2023 it scored better than the plain random walk one and two months ahead in every target group, at three to six no
worse by more than a hundredth, and level with it or up to three hundredths worse beyond. Both stand in the table
``record``, as far as the origin allows.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vado.answer import Answer, Chart
from vado.forecast import hubverse
from vado.forecast.archive import Archive
from vado.forecast.evidence import caveats_on_data, cite, ensemble_assumed, open_default, season_assumed
from vado.forecast.members import DEFAULT, FEWEST_MONTHS_SEASONAL, MEMBERS, Knowledge, Progress, Settings, know
from vado.forecast.members import member as find_member
from vado.forecast.rolling import check_months, predict_all, roll, score_rolled
from vado.forecast.rules import INTERVALS
from vado.forecast.skill import BY_GROUP, BY_NATIONALITY, MONTHLY, ratio_table, score_table
from vado.forecast.structural import FITTING
from vado.forecast.targets import (
    GROUPS,
    SERIES,
    UNIT,
    Panel,
    chosen_series,
    group_of,
    month_stamp,
    read_panel,
    release_day,
)
from vado.ledger.codes import ALL, OTHER, PORTS, SOUTHWEST_BORDER, nationality_name
from vado.ledger.dates import Day, day
from vado.provenance import made_by

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

#: Months of history that are shown before the origin.
MONTHS_SHOWN = 36

_BASELINES = ("rw", "srw")


def forecast(
    ledger: Ledger | None = None,
    *,
    as_of: Day | None = None,
    origin: Day | None = None,
    months: int = 12,
    member: str = DEFAULT,
    nationality: str | None = None,
    location: str | None = None,
    reconcile: bool = True,
    processes: int | None = None,
    progress: Progress | None = None,
    cache: bool = True,
    out: Path | str | None = None,
    seed: int = 1,
    command: str | None = None,
) -> Answer:
    """Forecast monthly southwest border encounters.

    Parameters
    ----------
    ledger
        Default: the ledger that ships.
    as_of
        The day whose knowledge is used; the origin is then the last month published by it. Default: all that the
        ledger has.
    origin
        The last month known, such as ``"2022-03"``; its release then is the day whose knowledge is used.
    months
        Months ahead, 1 to 12.
    member
        A name from :data:`vado.forecast.members.MEMBERS`.
    nationality
        ISO 3166 alpha-3 code of a named nationality, ``OTH`` or ``ALL``; default all.
    location
        ``swb``, a Border Patrol sector, or ``OFO``; default all.
    reconcile
        Whether medians are made to agree with their sums.
    processes, progress, cache
        How slow members are run, see :class:`vado.forecast.members.Settings`.
    out
        File for the quantiles in hubverse columns (``.csv``, ``.csv.gz`` or ``.parquet``), series as chosen.
    seed
        Seed of the bootstrap intervals in the record.
    command
        What to say made the answer.

    Returns
    -------
    Answer
        Tables ``forecast`` [encounters/month], ``total`` (the sum asked for, by this member and the random walks),
        ``observed`` and ``record``; for the ensemble also ``weights``, ``factors`` (of the spread), ``moves`` (by
        signals and policy, log change) and ``left_out`` (the total's median without each part).

    Raises
    ------
    UnknownNameError
        For a member, nationality or location that does not exist.
    BadValueError
        For months outside 1 to 12, or an origin that was not published by ``as_of`` or has too little before it.
    """
    chosen = _check(member, nationality, location, months)
    if out is not None:
        hubverse.suffix_of(Path(out))
    ledger = open_default(ledger)
    archive = Archive(ledger)
    settings = Settings(processes, progress, cache)
    knowledge = _knowledge(archive, as_of, origin)
    panel = knowledge.panel
    made, notes, ids = predict_all(member, knowledge, months, reconcile=reconcile, settings=settings)
    sum_series = [SERIES.index((location or SOUTHWEST_BORDER, nationality or ALL))]
    kept = _of_series(made, chosen)
    if out is not None:
        hubverse.write(kept, out)
    totals = [_table(member, _of_series(made, sum_series), ids)]
    for other in _BASELINES:
        if other != member:
            beside, _, other_ids = predict_all(other, knowledge, months, reconcile=reconcile, settings=settings)
            totals.append(_table(other, _of_series(beside, sum_series), other_ids))
    tables = {
        "forecast": _table(member, kept, ids),
        "total": pd.concat(totals, ignore_index=True),
        "observed": _observed(panel, read_panel(archive), chosen),
        "record": _record(archive, knowledge, member, months, reconcile, settings, seed),
    }
    if member == DEFAULT:
        tables |= _inside(knowledge, months, settings)
    return Answer(
        question=_question(nationality, location, panel.origin, months),
        as_of=knowledge.as_of,
        summary=_summary(tables["total"], tables["observed"], panel, sum_series[0], member, tables["record"]),
        tables=tables,
        charts=[*_charts(nationality, location, member, tables["record"]), *_charts_inside(tables)],
        sources=cite(ledger, *tables.values()),
        assumed=[*season_assumed(), *(ensemble_assumed() if member == DEFAULT else [])],
        caveats=_caveats(panel, member, notes, tables["record"]),
        made_by=made_by(command or _call(panel, months, member, nationality, location), ledger, seed),
    )


def _inside(knowledge: Knowledge, months: int, settings: Settings) -> dict[str, pd.DataFrame]:
    """Return what the ensemble is made of: weights, spread factors, what moved it, and what each part changed."""
    from vado.forecast.ensemble import combine, left_out

    horizons = range(1, months + 1)
    said = combine(knowledge, horizons, hubverse.LEVELS, settings)
    parts = {
        "weights": said.weights,
        "factors": said.factors,
        "moves": said.moves,
        "left_out": left_out(knowledge, horizons, hubverse.LEVELS, settings),
    }
    return {name: table.assign(source_id=said.source_ids) for name, table in parts.items()}


def _call(panel: Panel, months: int, name: str, nationality: str | None, location: str | None) -> str:
    named = {"nationality": nationality, "location": location}
    more = "".join(f", {key}={value!r}" for key, value in named.items() if value is not None)
    return f"vado.forecast(origin='{panel.origin:%Y-%m}', months={months}, member={name!r}{more})"


def _check(name: str, nationality: str | None, location: str | None, months: int) -> list[int]:
    find_member(name)
    check_months(months)
    return chosen_series(nationality, location)


def _knowledge(archive: Archive, as_of: Day | None, origin: Day | None) -> Knowledge:
    """Return what was known; ``origin`` and ``as_of`` may both be given, to see an old origin with later eyes."""
    if origin is None and as_of is None:
        origin = read_panel(archive).origin.date()
    wanted = None if origin is None else month_stamp(origin, "origin")
    seen = release_day(archive, wanted.date()) if as_of is None and wanted is not None else day(as_of or "", "as_of")
    return know(archive, seen, wanted)


def _of_series(made: hubverse.Forecasts, chosen: list[int]) -> hubverse.Forecasts:
    return made.select(np.isin(np.arange(len(made.tasks)) % len(SERIES), chosen))


def _table(name: str, kept: hubverse.Forecasts, ids: str) -> pd.DataFrame:
    """Return one row a task with its median and intervals."""
    table = kept.tasks.assign(member=name, median=kept.at(0.5))
    for interval in INTERVALS:
        table[f"low_{interval}"] = kept.at(0.5 - interval / 200)
        table[f"high_{interval}"] = kept.at(0.5 + interval / 200)
    names = table["nationality"].map(nationality_name)
    return table.assign(group=hubverse.groups_of(table), nationality_name=names, source_id=ids)


def _observed(panel: Panel, latest: Panel, chosen: list[int]) -> pd.DataFrame:
    """Return the months before the origin as known then, and those after it as known now."""
    first = max(0, len(panel.months) - MONTHS_SHOWN)
    later = int(latest.months.searchsorted(panel.origin, side="right"))
    months = panel.months[first:].append(latest.months[later:])
    counts = np.concatenate([panel.counts[first:], latest.counts[later:]])
    ids = panel.source_ids[first:] + latest.source_ids[later:]
    parts = [
        pd.DataFrame(
            {
                "target_end_date": months,
                "location": SERIES[index][0],
                "nationality": SERIES[index][1],
                "value": counts[:, index],
                "after_origin": months > panel.origin,
                "group": group_of(SERIES[index]),
                "nationality_name": nationality_name(SERIES[index][1]),
                "source_id": ids,
            }
        )
        for index in chosen
    ]
    return pd.concat(parts, ignore_index=True)


def _record(
    archive: Archive, knowledge: Knowledge, name: str, months: int, reconcile: bool, settings: Settings, seed: int
) -> pd.DataFrame:
    """Score past forecasts on the months that had come by the origin, and set them against the random walks."""
    panel = knowledge.panel
    origins = list(panel.months[FEWEST_MONTHS_SEASONAL - 1 : -1])
    names = list(dict.fromkeys([*_BASELINES, name]))
    if MEMBERS[name].slow and not (settings.cache and _all_cached(name, panel, origins)):
        names.remove(name)
    if not origins:
        return pd.DataFrame(columns=_RECORD)
    # Its own progress would say "origins" of a run that nobody asked for; that the corridor is fitted takes a while.
    quiet = Settings(settings.processes, _only_fits(settings.progress), settings.cache)
    scores = score_rolled(roll(archive, names, origins, months, reconcile=reconcile, settings=quiet), panel)
    table = score_table(scores, [])
    ratios = ratio_table(scores, {base: scores[base] for base in _BASELINES}, [], seed)
    keys = ["member", "by", "group", "location", "nationality", "horizons"]
    for base in _BASELINES:
        against = ratios[ratios["baseline"] == base].set_index(keys)
        found = against.reindex(pd.MultiIndex.from_frame(table[keys]))
        for column in _RATIOS:
            table[f"{column}_{base}"] = np.where(table["member"] == base, 1.0, found[column].to_numpy(float))
    for interval in INTERVALS:
        table[f"miss_{interval}"] = 1 - table[f"coverage_{interval}"]
    table["nationality_name"] = table["nationality"].map(nationality_name)
    return table.assign(source_id=panel.sources())[list(_RECORD)].reset_index(drop=True)


def _only_fits(progress: Progress | None) -> Progress | None:
    def tell(line: str) -> None:
        if progress and line.startswith(FITTING):
            progress(line)

    return tell if progress else None


_RATIOS = tuple(f"{what}_{scale}" for scale in ("raw", "log") for what in ("ratio", "low", "high"))

_RECORD = (
    *("member", "by", "group", "location", "nationality", "horizons", "tasks", "wis", "log_wis", "crps"),
    *(f"{column}_{base}" for base in _BASELINES for column in _RATIOS),
    *(f"miss_{interval}" for interval in INTERVALS),
    "nationality_name",
    "source_id",
)


def _all_cached(name: str, panel: Panel, origins: list[pd.Timestamp]) -> bool:
    from vado.forecast.statistical import cached

    return all(cached(name, panel.until(origin).counts, hubverse.LEVELS) for origin in origins)


def _place(location: str | None) -> str:
    if location in (None, SOUTHWEST_BORDER):
        return "at the southwest border"
    return "at southwest ports of entry" if location == PORTS else f"in {location} sector"


def _people(nationality: str | None) -> str:
    if nationality in (None, ALL):
        return ""
    if nationality == OTHER:
        return " of all other nationalities"
    return f" of nationals of {nationality_name(str(nationality))}"


def _question(nationality: str | None, location: str | None, origin: pd.Timestamp, months: int) -> str:
    first, last = (origin + pd.offsets.MonthEnd(ahead) for ahead in (1, months))
    when = f"in {first:%B %Y}" if months == 1 else f"each month from {first:%B %Y} to {last:%B %Y}"
    return f"How many encounters{_people(nationality)} will there be {_place(location)} {when}?"


def _summary(
    total: pd.DataFrame, observed: pd.DataFrame, panel: Panel, series: int, name: str, record: pd.DataFrame
) -> list[str]:
    rows = total[total["member"] == name].to_dict("records")
    own = {int(row["horizon"]): row for row in rows}
    location, nationality = SERIES[series]
    later = observed[observed["after_origin"] & (observed["location"] == location)]
    came = later[later["nationality"] == nationality].set_index("target_end_date")["value"]
    last = panel.counts[-1, series]
    first = own[1]
    said = [
        f"{first['target_end_date']:%B %Y}: {_span(first)} encounters{_people(nationality)} {_place(location)}, "
        f"against {last:,.0f} observed in {panel.origin:%B %Y}{_came(came, first)}."
    ]
    if 6 in own:
        said.append(f"{own[6]['target_end_date']:%B %Y}, six months ahead: {_span(own[6])}{_came(came, own[6])}.")
    own_record = record[(record["by"] == BY_GROUP) & (record["member"] == name) & (record["group"] == GROUPS[0])]
    if len(own_record) and name != "rw":
        pairs = zip(own_record["horizons"], own_record["ratio_log_rw"], strict=True)
        ratios = ", ".join(f"{ratio:.2f} at {horizons} months" for horizons, ratio in pairs)
        said.append(
            f"Past forecasts of the total by {name}, scored on log counts relative to the random walk "
            f"(below 1 is better): {ratios}."
        )
    return said


def _came(came: pd.Series[Any], row: dict[Any, Any]) -> str:
    """Return what was observed in the month of a forecast, where the ledger has it."""
    month = row["target_end_date"]
    return f"; {came.loc[month]:,.0f} came" if month in came.index else ""


def _span(row: dict[Any, Any]) -> str:
    return f"{row['median']:,.0f} (80 % interval {row['low_80']:,.0f} to {row['high_80']:,.0f})"


def _charts(nationality: str | None, location: str | None, name: str, record: pd.DataFrame) -> list[Chart]:
    place, code = location or SOUTHWEST_BORDER, nationality or ALL
    fan = {"x": "target_end_date", "median": "median"}
    fan |= {f"{end}_{interval}": f"{end}_{interval}" for interval in INTERVALS for end in ("low", "high")}
    only = {"location": place, "nationality": code}
    charts = [_fan(f"Encounters{_people(nationality)} {_place(location)}", fan, only)]
    if nationality is None:
        where = {"location": place}
        if location is None:
            where["group"] = group_of((SOUTHWEST_BORDER, OTHER))
        charts.append(
            _fan(f"Encounters by nationality, {_place(location)}", {**fan, "facet": "nationality_name"}, where)
        )
    if location is None:
        where = {"nationality": code, "group": group_of((PORTS, code))}
        charts.append(_fan(f"Encounters{_people(nationality)} by location", {**fan, "facet": "location"}, where))
    if name in set(record["member"]) - {"rw"}:
        charts.append(
            Chart(
                kind="heatmap",
                table="record",
                title=f"Past score of {name} relative to the random walk, by nationality and months ahead",
                columns={"x": "horizons", "y": "nationality_name", "value": "ratio_log_rw"},
                where={"by": BY_NATIONALITY + MONTHLY, "member": name},
                note="Weighted interval score on log counts; below 1 is better than the random walk.",
                reference=1.0,
            )
        )
    return charts


def _charts_inside(tables: dict[str, pd.DataFrame]) -> list[Chart]:
    """Return what moved the ensemble: weights of members, and the total without each part."""
    if "weights" not in tables:
        return []
    return [
        Chart(
            kind="heatmap",
            table="weights",
            title="Weights of members, earned on months observed at the origin",
            columns={"x": "group", "y": "member", "value": "weight", "facet": "horizons"},
            note="Of the weighted average, one and two months ahead and later.",
        ),
        Chart(
            kind="line",
            table="left_out",
            title="The total, had a member, the signals or the policy been left out",
            columns={"x": "target_end_date", "y": "without", "color": "left_out"},
            unit=UNIT,
            note="Medians before sums are made to agree.",
        ),
    ]


def _fan(title: str, columns: dict[str, str], where: dict[str, str]) -> Chart:
    return Chart(
        kind="fan",
        table="forecast",
        title=title,
        columns=columns,
        where=where,
        overlay="observed",
        unit=UNIT,
        note="Line: median; bands: 50, 80, 90 and 95 % intervals. "
        "The axis is logarithmic where intervals reach far beyond the counts.",
    )


def _caveats(panel: Panel, name: str, notes: tuple[str, ...], record: pd.DataFrame) -> list[str]:
    said = caveats_on_data(panel)
    if name in ("ensemble", "policy", "corridor"):
        said.append(
            "Policy moves the forecast by a prior, from the day on which it was announced; what was not announced, and "
            "what no rule names, is not known to it."
        )
    else:
        said.append(
            "Changes of policy that are not in the past counts are not known to the forecast, announced or not."
        )
    said.append("Medians agree with their sums; the other quantiles of a sum are no sum of quantiles.")
    left = [f"{place}/{code}" for (place, code), note in zip(SERIES, notes, strict=True) if note]
    if left:
        shown = ", ".join(left[:5]) + (", …" if len(left) > 5 else "")
        said.append(
            f"{len(left)} of {len(SERIES)} series were left to the random walk and not fitted by {name}: {shown}."
        )
    own = record[(record["member"] == name) & (record["by"] == BY_GROUP)]
    if own.empty:
        reason = "run a backtest of it, which takes minutes" if len(record) else "no month that it forecast had come"
        said.append(f"There is no record of {name} at this origin: {reason}.")
        return said
    inside = {c: 1 - np.average(own[f"miss_{c}"], weights=own["tasks"]) for c in (50, 80, 95)}
    shares = ", ".join(f"{100 * share:.0f} % in the {c} % intervals" for c, share in inside.items())
    said.append(f"Measured over past origins, of the counts that came {shares}.")
    return said
