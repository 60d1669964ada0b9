"""Rules that the finished ledger must keep: those of the schema, and totals that offices have printed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ledger_build.periods import fiscal_year, span
from vado.ledger.schema import (
    DIMENSIONS,
    MEASURE_KINDS,
    PARAMETER_STATUS,
    SOURCE_KINDS,
    TABLES,
)

_HOUSEHOLDS = {"ALL", "single_adult", "family_unit_individual", "unaccompanied_minor", "accompanied_minor"}
_AUTHORITIES = {"ALL", "title_8", "title_42"}
_COMPONENTS = {"ALL", "USBP", "OFO"}
_PLACE_KINDS = {"sector", "field_office", "crossing", "region", "country", "state", "town"}
_PRECISIONS = {"day", "month", "year"}
_ADDITIVE = {*DIMENSIONS, "time"}
#: Required columns whose empty text means something: nothing to add over.
_MAY_BE_EMPTY = {("measures", "additive_over")}


@dataclass(frozen=True)
class Total:
    """A sum that an office has printed, and what to add up to reach it."""

    measure: str
    series: str
    period: tuple[dt.date, dt.date]
    expected: int
    printed_in: str
    filters: dict[str, str] = field(default_factory=dict)


def _year(year: int) -> tuple[dt.date, dt.date]:
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


_SEPTEMBER = span("2021-09")[:2]
_CBP = "CBP, Southwest Land Border Encounters"

TOTALS = (
    Total("sw_encounters", "cbp_monthly", fiscal_year(2020), 458_088, _CBP),
    Total("sw_encounters", "cbp_monthly", fiscal_year(2021), 1_734_686, _CBP),
    Total("sw_encounters", "cbp_monthly", fiscal_year(2022), 2_378_944, _CBP),
    Total("sw_encounters", "cbp_monthly", fiscal_year(2023), 2_475_669, _CBP),
    Total("sw_encounters", "cbp_monthly", _SEPTEMBER, 192_001, _CBP),
    Total("sw_encounters", "cbp_monthly", _SEPTEMBER, 17_638, _CBP, {"nationality": "HTI"}),
    Total("sw_encounters", "cbp_monthly", _SEPTEMBER, 15_951, _CBP, {"nationality": "HTI", "place": "Del Rio"}),
    Total("sw_encounters", "cbp_monthly_fy2018_fy2019", fiscal_year(2018), 521_090, _CBP),
    Total("sw_encounters", "cbp_monthly_fy2018_fy2019", fiscal_year(2019), 977_509, _CBP),
    Total("sw_encounters", "cbp_citizenship_group", fiscal_year(2022), 2_378_944, _CBP),
    Total("sw_encounters", "cbp_citizenship_group", fiscal_year(2023), 2_475_669, _CBP),
    Total("sw_encounters", "first_report", span("2022-04")[:2], 234_088, "Texas v. Biden, report of April 2022"),
    Total("us_encounters_nationwide", "cbp_state", fiscal_year(2020), 646_822, "CBP, Nationwide Encounters"),
    Total("us_encounters_nationwide", "cbp_state", fiscal_year(2021), 1_956_519, "CBP, Nationwide Encounters"),
    Total("us_encounters_nationwide", "cbp_state", fiscal_year(2022), 2_766_582, "CBP, Nationwide Encounters"),
    Total("us_encounters_nationwide", "cbp_state", fiscal_year(2023), 3_201_144, "CBP, Nationwide Encounters"),
    *(
        Total(
            "usbp_encounters",
            "usbp_sector_exact",
            fiscal_year(year),
            expected,
            "CBP, US Border Patrol Monthly Encounters (FY 2000 - FY 2020)",
            {"parent": "swb"},
        )
        for year, expected in ((2000, 1_643_679), (2017, 303_916), (2019, 851_508), (2020, 400_651))
    ),
    Total(
        "usbp_encounters",
        "usbp_sector_citizenship_annual",
        fiscal_year(2007),
        876_704,
        "CBP, Nationwide Encounters by Citizenship & Sector",
    ),
    Total("darien_transits", "snm_monthly", _year(2021), 133_726, "Panama, Servicio Nacional de Migración"),
    Total("darien_transits", "snm_monthly", _year(2022), 248_284, "Panama, Servicio Nacional de Migración"),
    Total("darien_transits", "snm_annual", _year(2016), 30_055, "Panama, Servicio Nacional de Migración"),
    Total("mx_events", "segob_monthly", _year(2021), 309_692, "SEGOB, Boletín Estadístico 2021"),
    Total("mx_returns", "segob_monthly", _year(2021), 130_275, "SEGOB, Boletín Estadístico 2021"),
    Total("hn_entries", "inm_nationality", _year(2022), 188_858, "Honduras, Instituto Nacional de Migración"),
    Total("hn_entries", "inm_total", _year(2022), 188_858, "Honduras, Instituto Nacional de Migración"),
    Total(
        "irregular_border_detections_eu",
        "frontex_monthly",
        _year(2015),
        1_822_102,
        "Frontex, monthly detections",
    ),
    Total("homicides", "inegi", _year(2019), 35_274, "INEGI, as compiled"),
    Total("homicide_investigations", "sesnsp", _year(2019), 29_480, "SESNSP, Incidencia Delictiva"),
)


def problems(tables: dict[str, pd.DataFrame]) -> list[str]:
    """Return everything that is wrong with the tables, each as one line that says what and where."""
    found: list[str] = []
    for name, rows in tables.items():
        found += _of_table(name, rows)
    if not found:
        found += _across(tables)
        found += _totals(tables)
    return found


def _of_table(name: str, rows: pd.DataFrame) -> Iterator[str]:
    table = TABLES[name]
    if extra := sorted({str(column) for column in rows} - set(table.names)):
        yield f"{name}: columns {extra} are not in the schema; drop or rename them"
    for column in table.columns:
        if column.name not in rows:
            if not column.optional:
                yield f"{name}: column {column.name} is missing"
        elif not column.optional and (empty := _empty(name, column.name, rows[column.name])).any():
            yield f"{name}: {column.name} is empty in {int(empty.sum())} rows, first {_show(rows[empty])}"
    if set(table.key) <= set(rows):
        twice = rows.duplicated(list(table.key), keep=False)
        if twice.any():
            yield f"{name}: {int(twice.sum())} rows share their key, first {_show(rows[twice][list(table.key)])}"


def _empty(table: str, column: str, values: pd.Series[Any]) -> pd.Series[bool]:
    missing = values.isna()
    return missing if (table, column) in _MAY_BE_EMPTY else missing | values.eq("")


def _across(tables: dict[str, pd.DataFrame]) -> Iterator[str]:
    sources, measures = set(tables["sources"]["source_id"]), tables["measures"].set_index("measure")
    for name, rows in tables.items():
        if "source_id" in rows and (missing := sorted(set(rows["source_id"]) - sources)):
            yield f"{name}: sources {missing[:3]} are not described"
    used = {
        code for name, rows in tables.items() if name != "sources" and "source_id" in rows for code in rows["source_id"]
    }
    if idle := sorted(sources - used):
        yield f"sources: {idle[:5]} have no row; drop them"
    rows = tables["observations"]
    if unknown := sorted(set(rows["measure"]) - set(measures.index)):
        yield f"observations: measures {unknown} are not described"
        return
    if idle := sorted(set(measures.index) - set(rows["measure"])):
        yield f"measures: {idle} have no observation"
    wrong = rows["measure"].map(measures["unit"]) != rows["unit"]
    if wrong.any():
        yield f"observations: unit differs from the measure's in {_show(rows[wrong])}"
    series = rows.groupby("measure")["series"].agg(set)
    for measure, default in measures["default_series"].dropna().items():
        if default not in series[str(measure)]:
            yield f"measures: {measure} has default series {default!r}, which has no rows"
    places = tables["places"]
    if lost := sorted(set(rows["place"]) - set(places["place"]) - {"ALL"}):
        yield f"observations: places {lost} are not described"
    if lost := sorted(set(places["parent"].dropna()) - set(places["place"])):
        yield f"places: parents {lost} are not described"
    for table, column, allowed in (
        ("observations", "household", _HOUSEHOLDS),
        ("observations", "legal_authority", _AUTHORITIES),
        ("observations", "component", _COMPONENTS),
        ("sources", "kind", set(SOURCE_KINDS)),
        ("measures", "kind", set(MEASURE_KINDS)),
        ("parameters", "status", set(PARAMETER_STATUS)),
        ("places", "kind", _PLACE_KINDS),
        ("events", "date_precision", _PRECISIONS),
    ):
        if odd := sorted(set(tables[table][column]) - allowed):
            yield f"{table}: {column} has {odd}; allowed are {sorted(allowed)}"
    yield from _observations(rows)
    yield from _measures(tables["measures"])


def _observations(rows: pd.DataFrame) -> Iterator[str]:
    for name, bad in (
        ("period_end lies before period_start", rows["period_end"] < rows["period_start"]),
        ("published lies before period_start", rows["published"] < rows["period_start"]),
        ("value, low and high are all empty", rows[["value", "low", "high"]].isna().all(axis=1)),
        ("low lies above high", rows["low"] > rows["high"]),
        ("an interval lacks its meaning", rows[["low", "high"]].notna().any(axis=1) & rows["interval"].isna()),
    ):
        if bad.any():
            yield f"observations: {name} in {int(bad.sum())} rows, first {_show(rows[bad])}"
    for text in rows["attributes"].unique():
        if text != json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False):
            yield f"observations: attributes {text} are not compact JSON with sorted keys"


def _measures(rows: pd.DataFrame) -> Iterator[str]:
    for row in rows.to_dict("records"):
        dimensions = {name for name in row["additive_over"].split(",") if name}
        if not dimensions <= _ADDITIVE:
            yield f"measures: {row['measure']} adds over {sorted(dimensions - _ADDITIVE)}, which are no dimensions"
        if row["kind"] == "stock" and "time" in dimensions:
            yield f"measures: {row['measure']} is a stock and must not add over time"
        if row["kind"] in {"share", "rate"} and dimensions:
            yield f"measures: {row['measure']} is a {row['kind']} and must not be added"


def _totals(tables: dict[str, pd.DataFrame]) -> Iterator[str]:
    rows, parents = tables["observations"], tables["places"].set_index("place")["parent"]
    for total in TOTALS:
        start, end = map(pd.Timestamp, total.period)
        chosen = rows[
            (rows["measure"] == total.measure)
            & (rows["series"] == total.series)
            & (rows["period_start"] >= start)
            & (rows["period_end"] <= end)
        ]
        for column, code in total.filters.items():
            chosen = chosen[(chosen["place"].map(parents) if column == "parent" else chosen[column]) == code]
        got = chosen["value"].sum()
        if got != total.expected:
            yield (
                f"{total.measure}, {total.series}, {total.period[0]} to {total.period[1]}, {total.filters}: the rows "
                f"add up to {got:,.0f}, but {total.printed_in} prints {total.expected:,}"
            )


def _show(rows: pd.DataFrame) -> str:
    first = rows.iloc[0].dropna()
    return ", ".join(f"{name}={first[name]}" for name in first.index[:14])
