"""The residual configuration: foreign-born in the survey and those it missed, less the legal residents who are here.

Legal residents are cohorts of grants of permanent residence since the census of 1980, thinned by deaths and
departures; the foreign-born of that census, all taken as legal, thinned likewise; nonimmigrants; and refugees without a
grant yet. Naturalized people stay in their cohort, so naturalization is not needed. People with temporary protection,
deferred action or a pending case are in no legal part and count as unauthorized, as the publishers have it. Departures
follow the published shares that left within a decade, by time since entry (Ahmed and Robinson, 1994), times one level.

No published level of the unauthorized resident population enters: every range has a source of its own or is assumed.
:mod:`vado.stock.residual_record` sets the result against published series. The structure is that of Hoefer, Rytina and
Baker (Department of Homeland Security); where they have tables by age, state and class of admission, this has totals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vado.errors import BadValueError
from vado.ledger.dates import Day
from vado.stock.inputs import read_inputs
from vado.stock.parameters import Parameter, Rival, read_parameters

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

Array = NDArray[np.float64]

FIRST_YEAR, LAST_YEAR = 2005, 2022
#: The last date: half a year after the last 1 January, as the counts of some publishers are of mid-year.
LAST_DATE = LAST_YEAR + 0.5
#: From this count on the survey is weighted to the census of 2010; earlier ones have a lower level.
REWEIGHTED = 2010.5
#: Years of change that a count is moved by when no later, or no earlier, one of its level is known.
CHANGE_YEARS = 3
#: Farther than this from the counts of its level no date is reached [years].
FARTHEST_MOVE = 1.0
#: Start and end of a fiscal year, from 1 January of its number [years].
FISCAL = (-0.25, 0.75)
#: Shares inside the intervals of a configuration's frame [per cent].
SHARES = (50, 80, 95)

#: What a residual needs and the ledger does not have.
MISSING = (
    "foreign-born in the survey by year of entry",
    "foreign-born in the survey before 2005 and in 2020 (interpolated), and its counts of 2005-09 on the later level",
    "grants of permanent residence after fiscal 2021 (the last year is carried on)",
    "grants of permanent residence by year of entry and by age",
    "people granted asylum",
    "resident nonimmigrants but for September 2008",
    "deaths and departures of legal residents by age and time since entry",
    "the undercount of unauthorized residents that each publisher assumes",
    "sampling errors of the survey but for January 2012",
)

#: How the ledger's rows of shares that left in 1980-90 begin, the latest entrants first.
_DECADES = ("entrants of 1970-79", "entrants of 1960-69", "entrants before 1960")


#: Parameters that nobody published: (name, title, unit), range, note.
_ASSUMED = (
    (
        ("years_here_before_grant", "Mean years here before a grant of residence", "years"),
        (0.0, 5.0),
        "Grants to people who were here already are not split off in the ledger.",
    ),
    (
        ("mortality_before_1980", "Deaths a year of those here since before 1980", "share/year"),
        (0.012, 0.022),
        "An old population; no life table is in the ledger.",
    ),
    (
        ("already_counted_in_1980", "Part of the general grants of the 1986 law to people in the 1980 census", "share"),
        (0.3, 0.9),
        "They had to be here before 1982.",
    ),
    (
        ("nonimmigrant_level", "Nonimmigrants in 2008, over the published number", "ratio"),
        (0.85, 1.15),
        "Published without a range.",
    ),
    (
        ("nonimmigrant_growth", "Yearly growth of nonimmigrants", "log/year"),
        (0.0, 0.045),
        "One year only is in the ledger.",
    ),
    (
        ("refugee_wait", "Years from arrival as a refugee to a grant of residence", "years"),
        (1.0, 3.0),
        "One year at the least by law; asylum, which is not in the ledger, is left out.",
    ),
)


@dataclass(frozen=True)
class Given:
    """What the ledger says, as known on a day, without what is drawn.

    Parameters
    ----------
    survey
        Foreign-born in the survey [persons], indexed by date in years.
    census
        Foreign-born in the census of 1980 [persons].
    census_date
        Its date [years].
    grants, refugees
        Persons by fiscal year, from 1980.
    arrived_1970s
        Part of the census's foreign-born that was granted residence in fiscal 1970 to 1979, who left fastest.
    left
        Shares that left in a decade, of entrants up to ten years before it, up to twenty, and earlier.
    level
        Departures a year over foreign-born in 1980-90 that those shares go with.
    nonimmigrants, nonimmigrants_date
        Their number [persons] and its date.
    granted_general
        Persons granted residence by the general programme of the law of 1986.
    source_id
        All sources, separated by ``;``.
    """

    survey: pd.Series
    census: float
    census_date: float
    grants: pd.Series
    refugees: pd.Series
    arrived_1970s: float
    left: tuple[float, float, float]
    level: float
    nonimmigrants: float
    nonimmigrants_date: float
    granted_general: float
    source_id: str


@dataclass(frozen=True)
class Residual:
    """Draws of the residual.

    Parameters
    ----------
    dates
        Dates [years; 2010.0 is 1 January 2010].
    population
        Unauthorized resident population [persons], ``(draw, date)``.
    parts
        Name → persons, ``(draw, date)``: the survey with those missed, and the legal parts that are taken off.
    values
        Parameter → drawn values, ``(draw,)``.
    source_id
        All sources, separated by ``;``.
    """

    dates: tuple[float, ...]
    population: Array
    parts: Mapping[str, Array]
    values: Mapping[str, Array]
    source_id: str


def residual(
    ledger: Ledger,
    dates: Sequence[float] | None = None,
    *,
    as_of: Day | None = None,
    draws: int = 4000,
    seed: int = 1,
    parameters: Mapping[str, Parameter] | None = None,
) -> Residual:
    """Return draws of the residual on dates.

    Parameters
    ----------
    ledger
        The ledger to read.
    dates
        Dates [years], 2005 to mid-2022; None for every 1 January to which the survey known by ``as_of`` leads.
    as_of
        Leave out counts of the survey, grants and refugees that were published later. The ranges of parameters, the
        census of 1980 and the nonimmigrants are always today's.
    draws, seed
        Number of draws and the seed.
    parameters
        Those of :func:`residual_parameters`, or others in their place.

    Raises
    ------
    BadValueError
        If a date lies outside the survey, or no survey had been published by ``as_of``.
    """
    given = read_given(ledger, as_of)
    if dates is None:
        last = given.survey.index.max() + FARTHEST_MOVE if len(given.survey) else FIRST_YEAR
        dates = [year for year in range(FIRST_YEAR, LAST_YEAR + 1) if year == FIRST_YEAR or year <= last]
    for date in dates:
        if not FIRST_YEAR <= date <= LAST_DATE:
            raise BadValueError(f"the residual has the years {FIRST_YEAR} to {LAST_YEAR}, not {date:g}")
    if draws < 2:
        raise BadValueError(f"{draws} draws give no interval; take 2 or more")
    parameters = residual_parameters(ledger) if parameters is None else parameters
    random = np.random.default_rng(seed)
    # Deviates are drawn in the order of names, so that another range for one leaves all others as they were.
    values = {name: parameters[name].from_normal(random.standard_normal(draws)) for name in sorted(parameters)}
    error = values["survey_error_scale"][:, None] * random.standard_normal((draws, len(dates)))
    given = replace(given, source_id=_all_sources([given.source_id, *(one.source for one in parameters.values())]))
    return compute(given, dates, values, error)


def compute(given: Given, dates: Sequence[float], values: Mapping[str, Array], error: Array) -> Residual:
    """Return the residual for drawn values; ``error`` is the survey's sampling error [persons], ``(draw, date)``."""
    survey = np.array([foreign_born_on(given.survey, date) for date in dates])
    parts = {
        "foreign-born": survey + values["missed_by_survey"][:, None] + error,
        "granted residence since 1980": np.stack([_granted(given, date, values) for date in dates], axis=1),
        "here since before 1980": np.stack([_before(given, date, values) for date in dates], axis=1),
        "nonimmigrants": np.stack([_nonimmigrants(given, date, values) for date in dates], axis=1),
        "refugees without a grant": np.stack([_refugees(given, date, values) for date in dates], axis=1),
    }
    legal = sum(part for name, part in parts.items() if name != "foreign-born")
    population = parts["foreign-born"] - legal
    return Residual(tuple(float(date) for date in dates), population, parts, values, given.source_id)


def foreign_born_on(survey: pd.Series, date: float) -> float:
    """Return foreign-born on a date [persons] from the survey's counts at mid-year.

    Between two counts of one level it is their straight line. Where the date lies outside a level's counts, the nearest
    is moved by the mean yearly change of up to three years: so it is for January 2010, between the last count weighted
    to the census of 2000 and the first weighted to that of 2010. The later level is used as soon as it is known.

    Examples
    --------
    >>> counts = pd.Series({2008.5: 38.0, 2009.5: 38.4, 2010.5: 40.0, 2011.5: 40.6})
    >>> round(foreign_born_on(counts, 2011.0), 3), round(foreign_born_on(counts, 2010.0), 3)
    (40.3, 39.7)
    >>> round(foreign_born_on(counts[counts.index < 2010], 2010.0), 3)
    38.6
    """
    later, earlier = survey[survey.index >= REWEIGHTED], survey[survey.index < REWEIGHTED]
    level = later if len(later) and date > REWEIGHTED - 1 else earlier
    if level.empty:
        raise BadValueError(f"no survey of foreign-born for {date:g} had been published; choose a later day")
    first, last = level.index[0], level.index[-1]
    if first <= date <= last:
        return float(np.interp(date, level.index, level.to_numpy()))
    end = first if date < first else last
    if abs(date - end) > FARTHEST_MOVE:
        raise BadValueError(f"the survey of foreign-born known by then ends at {end:g}, too far from {date:g}")
    # A level with a single count moves as the other one did.
    moving = level if len(level) > 1 else earlier
    if len(moving) < 2:
        return float(level.iloc[0])
    near = moving.iloc[: CHANGE_YEARS + 1] if date < first else moving.iloc[-CHANGE_YEARS - 1 :]
    change = float((near.iloc[-1] - near.iloc[0]) / (near.index[-1] - near.index[0]))
    return float(level[end] + change * (date - end))


def _hazard(given: Given, years: Array) -> Array:
    """Return the published departures cumulated over years since entry, on the logarithm."""
    first, second, later = (-np.log1p(-share) / 10 for share in given.left)
    return np.asarray(
        first * np.minimum(years, 10) + second * np.clip(years - 10, 0, 10) + later * np.maximum(years - 20, 0)
    )


def _granted(given: Given, date: float, values: Mapping[str, Array]) -> Array:
    """Return those granted residence since the census who are alive and here on a date [persons], ``(draw,)``."""
    years = given.grants.index.to_numpy(float)
    # Grants after the last known year are as many as in it.
    years = np.append(years, np.arange(years[-1] + 1, np.floor(date) + 2))
    number = given.grants.reindex(years).ffill().to_numpy(float)
    start = np.maximum(years + FISCAL[0], given.census_date)
    end = np.minimum(years + FISCAL[1], date)
    within = np.maximum(end - start, 0.0)
    elapsed = np.where(within > 0, date - (start + end) / 2, 0.0)
    # Many lived here before their grant; departures fall with time since entry, not since the grant.
    earlier = values["years_here_before_grant"][:, None]
    departures = _hazard(given, elapsed + earlier) - _hazard(given, np.broadcast_to(earlier, (len(earlier), 1)))
    factor = (values["emigration_legal"] / given.level)[:, None]
    alive = np.exp(-values["mortality"][:, None] * elapsed - factor * departures)
    # Whom the census of 1980 had counted is among those here since before; the law's grants fell in 1989 to 1991.
    law = np.isin(years, (1989, 1990, 1991)) / 3
    known = given.granted_general * values["already_counted_in_1980"][:, None] * law
    return np.asarray(((number * within - known) * alive).sum(axis=1))


def _before(given: Given, date: float, values: Mapping[str, Array]) -> Array:
    """Return the foreign-born of the census of 1980 who are alive and here on a date [persons], ``(draw,)``."""
    recent, middle, early = given.left
    share = given.arrived_1970s
    decade = -np.log1p(-(share * recent + (1 - share) * (middle + early) / 2)) / 10
    later = -np.log1p(-(middle + early) / 2) / 10
    elapsed = date - given.census_date
    departures = decade * min(elapsed, 10.0) + later * max(elapsed - 10.0, 0.0)
    factor = values["emigration_legal"] / given.level
    return np.asarray(given.census * np.exp(-values["mortality_before_1980"] * elapsed - factor * departures))


def _nonimmigrants(given: Given, date: float, values: Mapping[str, Array]) -> Array:
    growth = np.exp(values["nonimmigrant_growth"] * (date - given.nonimmigrants_date))
    return np.asarray(given.nonimmigrants * values["nonimmigrant_level"] * growth)


def _refugees(given: Given, date: float, values: Mapping[str, Array]) -> Array:
    known = given.refugees[given.refugees.index <= date + 0.25].iloc[-CHANGE_YEARS:]
    return np.asarray(values["refugee_wait"] * float(known.mean()))


def read_given(ledger: Ledger, as_of: Day | None = None) -> Given:
    """Return the counts as known on a day, with the shares that go with them."""
    inputs = read_inputs(ledger, as_of)
    rows = ledger.observe("foreign_born", as_of, series="acs_1year", place="USA")
    # The census of 1980 is quoted by a later publication; it was known long before any survey used here.
    pew = ledger.observe("foreign_born", series="pew", place="USA")
    census = pew[pew["period_end"].dt.year == 1980].iloc[0]
    old = ledger.observe("lpr_admissions", as_of, series="yearbook_2013", place="USA", end="1979-09-30")
    residents = ledger.observe("resident_nonimmigrants").iloc[-1]
    left, left_ids = _left(ledger)
    level, level_ids = _level(ledger, pew)
    general = _one(ledger, "irca_granted_general")
    ids = [inputs.source_id["lpr_admissions"], inputs.source_id["refugee_arrivals"], left_ids, level_ids]
    ids += [*rows["source_id"].astype(str).unique(), str(residents["source_id"]), str(general["source_id"])]
    survey = pd.Series(rows["value"].to_numpy(float), index=_date(rows["period_end"])).sort_index()
    return Given(
        survey=survey,
        census=float(census["value"]),
        census_date=float(_date(pd.Series([census["period_end"]]))[0]),
        grants=pd.Series(inputs.series["lpr_admissions"], index=inputs.years).dropna(),
        refugees=pd.Series(inputs.series["refugee_arrivals"], index=inputs.years).dropna(),
        arrived_1970s=float(old["value"].sum() / census["value"]),
        left=left,
        level=level,
        nonimmigrants=float(residents["value"]),
        nonimmigrants_date=float(_date(pd.Series([residents["period_end"]]))[0]),
        granted_general=float(general["value"]),
        source_id=_all_sources(ids),
    )


def _all_sources(several: Sequence[str]) -> str:
    return ";".join(sorted({one for cell in several for one in cell.split(";") if one}))


def _date(days: pd.Series) -> Array:
    """Return days as years, to a twelfth: 1 July is half of one."""
    return np.asarray(days.dt.year + (days.dt.month - 1 + (days.dt.day > 15)) / 12, dtype=float)


def _one(ledger: Ledger, name: str) -> pd.Series:
    return ledger.parameters(name).iloc[0]


def _left(ledger: Ledger) -> tuple[tuple[float, float, float], str]:
    rows = ledger.parameters("emigration_share_in_decade")
    found = [rows[rows["note"].str.startswith(words)].iloc[0] for words in _DECADES]
    recent, middle, early = (float(row["value"]) for row in found)
    return (recent, middle, early), ";".join(sorted({str(row["source_id"]) for row in found}))


def _level(ledger: Ledger, pew: pd.DataFrame) -> tuple[float, str]:
    """Return departures a year of 1980-90 over the foreign-born of its two censuses [share/year], with sources."""
    rows = ledger.parameters("emigrants_foreign_born_per_year")
    row = rows[rows["note"].str.startswith("1980 to 1990")].iloc[0]
    censuses = pew[pew["period_end"].dt.year.isin((1980, 1990))]
    ids = {str(row["source_id"]), *censuses["source_id"].astype(str)}
    return float(row["value"] / censuses["value"].mean()), ";".join(sorted(ids))


def residual_parameters(ledger: Ledger, table: Mapping[str, Parameter] | None = None) -> dict[str, Parameter]:
    """Return what the residual assumes: name → parameter with range, standing, source and rivals.

    Mortality is that of ``table``, by default the shipped one of :func:`vado.stock.parameters.read_parameters`.
    """
    rates = _one(ledger, "emigration_rate_foreign_born")
    earners = _one(ledger, "emigration_rate_social_security_earners")
    missed = _one(ledger, "undercoverage_foreign_born_acs")
    printed = ledger.observe("unauthorized_population", series="DHS_2010base", place="USA", nationality="ALL")
    sampled = printed.dropna(subset=["low", "high"]).iloc[0]
    half = float(sampled["high"] - sampled["low"]) / 2
    low, high = min(float(rates["low"]), float(earners["low"])), max(float(rates["high"]), float(earners["high"]))
    level, level_ids = _level(ledger, ledger.observe("foreign_born", series="pew", place="USA"))
    rivals = (
        Rival(np.nan, float(rates["low"]), float(rates["high"]), str(rates["source_id"]), "all foreign-born"),
        Rival(np.nan, float(earners["low"]), float(earners["high"]), str(earners["source_id"]), "earners"),
        Rival(level, np.nan, np.nan, level_ids.split(";")[0], "1980 to 1990"),
    )
    # The interval is of 90 %, so a standard error is its half over 1.645; the printed figure itself is not used.
    error = half / 1.645
    source = str(rates["source_id"])
    listed = [
        _uniform(
            ("emigration_legal", "Departures of legal residents, mean level", "share/year"),
            (low, high),
            ("published", source, "From the lowest to the highest published rate."),
            rivals,
        ),
        _uniform(
            ("missed_by_survey", "Foreign-born missed by the survey", "persons"),
            (0.0, float(missed["high"])),
            ("published", str(missed["source_id"]), "No more than 800,000; nothing is said of the least."),
        ),
        _uniform(
            ("survey_error_scale", "Standard error of the survey", "persons"),
            (0.9 * error, 1.1 * error),
            ("derived", str(sampled["source_id"]), "From the width of the interval printed for January 2012."),
        ),
        *(_uniform(names, ends, ("assumed", "", note)) for names, ends, note in _ASSUMED),
    ]
    return {one.name: one for one in listed} | {"mortality": (table or read_parameters())["mortality"]}


def _uniform(
    names: tuple[str, str, str],
    ends: tuple[float, float],
    rests_on: tuple[str, str, str],
    rivals: tuple[Rival, ...] = (),
) -> Parameter:
    return Parameter(*names, sum(ends) / 2, *ends, "uniform", *rests_on, rivals)


def assumed(parameters: Mapping[str, Parameter]) -> list[Mapping[str, Any]]:
    """Return the parameters that nobody published, as an answer lists them."""
    return [
        {
            "name": f"residual.{one.name}",
            "value": one.value,
            "unit": one.unit,
            "note": f"{one.title}: {one.low:g} to {one.high:g}. {one.note}",
        }
        for one in parameters.values()
        if one.status == "assumed"
    ]


def interval_frame(found: Residual) -> pd.DataFrame:
    """Return a configuration's frame, a row a date: median and the ends of 50, 80 and 95 % intervals [persons]."""
    columns: dict[str, Array | str] = {
        "year": np.array(found.dates),
        "median": np.median(found.population, axis=0),
    }
    for share in SHARES:
        tail = (100 - share) / 200
        columns[f"low_{share}"], columns[f"high_{share}"] = np.quantile(found.population, [tail, 1 - tail], axis=0)
    return pd.DataFrame({**columns, "source_id": found.source_id})
