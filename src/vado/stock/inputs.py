"""The yearly counts that drive the stock model, as known on a day.

A fiscal year stands for the calendar year in which it ends. Two releases of one series that differ in level are
spliced: the newer where it exists, the older before it times the ratio of both over their common years, which is kept.
Apprehensions between ports are the Border Patrol's by nationality from 1992; before that they are all apprehensions
times the Border Patrol's part of them in the first common years, with the nationalities of the first year. What has no
series at all is listed in :attr:`Inputs.missing`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vado.errors import BadValueError
from vado.ledger.dates import Day

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

Array = NDArray[np.float64]

FIRST_YEAR = 1980
#: Mexico; Guatemala, Honduras and El Salvador together; elsewhere.
REGIONS = ("MEX", "NTA", "OTH")
CENTRAL = ("GTM", "HND", "SLV")

#: Yearly series of which two yearbooks were released, newer last.
SPLICED = ("apprehensions", "removals", "lpr_admissions", "refugee_arrivals")
_VINTAGES = ("yearbook_2013", "yearbook_2021")

#: What the model needs and no source in the ledger gives by year.
NEVER_THERE = (
    "overstays before fiscal 2015 and after fiscal 2016",
    "nationality of overstays",
    "deaths of unauthorized residents by year",
    "departures by year",
    "nationality and place (interior or border) of removals",
    "nationality of apprehensions before 1992",
    "Guatemala, Honduras and El Salvador among apprehensions before 2000",
    "releases after apprehension before 2021",
    "adjustments of status of people who had none",
    "school enrolment, births and deaths that could bound the population",
)


@dataclass(frozen=True)
class Inputs:
    """Counts by year, and what is not there.

    Parameters
    ----------
    years
        Years of flows, 1980 to the last that is known.
    border
        Apprehensions between ports [events], ``(year, region)``.
    series
        Name → counts of one nation [persons or events], ``(year,)``: the spliced series and ``foreign_born`` (ACS, NaN
        where there is none).
    ratios
        Name → ratio of the newer release to the older over their common years.
    overstays
        Rows of overstays that exist, as the ledger has them.
    source_id
        Name → sources, separated by ``;``.
    missing
        What no series gives.
    """

    years: NDArray[np.int64]
    border: Array
    series: Mapping[str, Array]
    ratios: Mapping[str, float]
    overstays: pd.DataFrame
    source_id: Mapping[str, str]
    missing: tuple[str, ...]

    def sources(self) -> str:
        """Return all sources of the counts that drive the process, separated by ``;``."""
        named = {one for name in ("border", "removals") for one in self.source_id[name].split(";")}
        return ";".join(sorted(named))


def read_inputs(ledger: Ledger, as_of: Day | None = None) -> Inputs:
    """Return the inputs as known on a day.

    Parameters
    ----------
    ledger
        The ledger to read.
    as_of
        Leave out what was published later; None for all.

    Raises
    ------
    BadValueError
        If the day is so early that fewer than ten years of apprehensions and removals were published.
    """
    series: dict[str, Array] = {}
    ratios: dict[str, float] = {}
    source_id: dict[str, str] = {}
    spliced: dict[str, pd.Series] = {}
    for name in SPLICED:
        spliced[name], ratios[name], source_id[name] = _spliced(ledger, name, as_of)
    border, source_id["border"], ratios["border"] = _border(ledger, as_of, spliced["apprehensions"])
    source_id["border"] = ";".join(sorted({*source_id["border"].split(";"), *source_id["apprehensions"].split(";")}))
    last = min(int(one.index.max()) if len(one) else 0 for one in (border["MEX"], spliced["removals"]))
    if last < FIRST_YEAR + 9:
        first = dt.date(FIRST_YEAR + 10, 12, 31)
        raise BadValueError(f"too few yearly counts were published by {as_of}; choose a day after {first}")
    years = np.arange(FIRST_YEAR, last + 1)
    for name, counts in spliced.items():
        series[name] = counts.reindex(years).to_numpy(float)
    foreign = ledger.observe("foreign_born", as_of, series="acs_1year", place="USA")
    series["foreign_born"] = _by_year(foreign).reindex(years).to_numpy(float)
    source_id["foreign_born"] = _ids(foreign)
    return Inputs(
        years=years,
        border=border.reindex(years)[list(REGIONS)].to_numpy(float),
        series=series,
        ratios=ratios,
        overstays=ledger.observe("visa_overstays", as_of),
        source_id=source_id,
        missing=NEVER_THERE,
    )


def _spliced(ledger: Ledger, name: str, as_of: Day | None) -> tuple[pd.Series, float, str]:
    rows = [ledger.observe(name, as_of, series=vintage, place="USA") for vintage in _VINTAGES]
    old, new = (_by_year(one) for one in rows)
    common = old.index.intersection(new.index)
    ratio = float(new[common].sum() / old[common].sum()) if len(common) else 1.0
    # combine_first keeps the newer release wherever it has a year.
    return new.combine_first(old * ratio).astype(float), ratio, _ids(*rows)


def _border(ledger: Ledger, as_of: Day | None, all_borders: pd.Series) -> tuple[pd.DataFrame, str, float]:
    """Return apprehensions between ports by year and region, their sources, and the Border Patrol's part of all."""
    monthly = ledger.observe("usbp_encounters", as_of, series="khsm_citizenship_rounded", place="swb")
    yearbook = ledger.observe("usbp_encounters", as_of, series="ins_yearbook", place="USA")
    whole = ledger.observe("usbp_encounters", as_of, series="nationwide_annual", place="USA")
    split = _by_region(monthly)
    known = {**_by_region(yearbook), **_by_region(whole)}
    # The yearly tables have Mexico and other only; the monthly ones say which part of other is Central American.
    central = {year: row["NTA"] / max(row["NTA"] + row["OTH"], 1.0) for year, row in split.items()}
    firsts = sorted(central)[:3]
    early = float(np.mean([central[year] for year in firsts])) if firsts else 0.5
    table: dict[int, dict[str, float]] = {}
    for year, row in known.items():
        other = row["NTA"] + row["OTH"]
        part = central.get(year, early)
        table[year] = {"MEX": row["MEX"], "NTA": part * other, "OTH": (1 - part) * other}
    # The border with Mexico alone from 2015 on, where no nationwide table by nationality is in the ledger.
    table |= {year: row for year, row in split.items() if year not in table}
    frame = pd.DataFrame.from_dict(table, orient="index").sort_index()
    if frame.empty:
        return pd.DataFrame(columns=list(REGIONS)), _ids(monthly, yearbook, whole), 1.0
    common = frame.index.intersection(all_borders.index)[:5]
    part_of_all = float(frame.loc[common].sum().sum() / all_borders[common].sum())
    shares = frame.iloc[0] / frame.iloc[0].sum()
    before = all_borders[all_borders.index < frame.index.min()] * part_of_all
    earlier = pd.DataFrame({region: before * shares[region] for region in REGIONS})
    return pd.concat([earlier, frame[list(REGIONS)]]), _ids(monthly, yearbook, whole), part_of_all


def _by_region(rows: pd.DataFrame) -> dict[int, dict[str, float]]:
    """Return fiscal year → region → events; only years that are whole."""
    if rows.empty:
        return {}
    rows = rows.reset_index(drop=True)
    ends = rows["period_end"]
    fiscal = ends.dt.year + (ends.dt.month > 9)
    region = np.where(rows["nationality"] == "MEX", "MEX", np.where(rows["nationality"].isin(CENTRAL), "NTA", "OTH"))
    months = (
        rows["period_end"].dt.to_period("M").astype("int64") - rows["period_start"].dt.to_period("M").astype("int64")
    ) + 1
    covered = pd.DataFrame({"year": fiscal, "start": rows["period_start"], "months": months}).drop_duplicates()
    whole = covered.groupby("year")["months"].sum()
    made: dict[int, dict[str, float]] = {}
    for year, among in rows.groupby(fiscal):
        if whole.get(year, 0) == 12:
            values = among["value"]
            made[int(str(year))] = {one: float(values[region[among.index] == one].sum()) for one in REGIONS}
    return made


def _by_year(rows: pd.DataFrame) -> pd.Series:
    if rows.empty:
        return pd.Series(dtype=float)
    return rows.groupby(rows["period_end"].dt.year)["value"].sum()


def _ids(*frames: pd.DataFrame) -> str:
    found: set[Any] = {one for frame in frames for one in frame["source_id"].astype(str).unique()}
    return ";".join(sorted(one for cell in found for one in cell.split(";")))


def checked_year(year: int, inputs: Inputs) -> int:
    """Return a year if the model has it, on 1 January.

    Raises
    ------
    BadValueError
        If it lies before 1980 or after the last year to which the counts lead.
    """
    last = int(inputs.years[-1]) + 1
    if not FIRST_YEAR <= year <= last:
        raise BadValueError(f"the stock model has the years {FIRST_YEAR} to {last}, not {year}")
    return year
