"""The residual configuration, its parts and its record against what was published, and the 2021 paper rebuilt.

Against the Department of Homeland Security every release stands on its own, and each printed point is met with the
counts that had been published by its day; none of its levels is fitted to. A second run is weighted by the mean level
of other publishers (Pew, Center for Migration Studies, Migration Policy Institute), then set against the same points.

Van Hook, Morse, Capps and Gelatt (Demography 58, 2021) printed a 50 and a 95 % interval of a residual; their inputs are
not known here. :func:`reconstruct` moves one assumption at a time until the median meets what other publishers printed
for the year, and lets both intervals be predicted: an illustrative reconstruction, not their computation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq

from vado.stock.residual import (
    FIRST_YEAR,
    LAST_DATE,
    Given,
    Residual,
    compute,
    read_given,
    residual,
    residual_parameters,
)

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

Array = NDArray[np.float64]

#: Releases that are scored, each alone.
SCORED = ("DHS_orig", "DHS_2010base", "DHS_2021rev", "DHS_2024")
#: Publisher → its series that may be fitted to. A preliminary or second-hand figure is left out.
FITTED = {
    "Pew": ("Pew_2011", "Pew_2013", "Pew_2017", "Pew_2019", "Pew_2024", "Pew_2025"),
    "CMS": ("CMS",),
    "MPI": ("MPI",),
}
#: Standard deviation of a publisher's level, on the logarithm; assumed.
LEVEL_SPREAD = 0.05
#: How near, on the ratio, a median must come to the central figure.
TOLERANCE = 0.01
#: The paper's population is taken as of mid-2017, as the ledger dates it.
RECONSTRUCTED = 2017.5
#: Farthest move that is looked for, in halves of a parameter's range: all of the range's width.
FARTHEST = 2.0

#: Ranges of the level of departures that were published, and the rows of the ledger they are read from.
_RANGES = {
    "all published": None,
    "all foreign-born": "emigration_rate_foreign_born",
    "earners": "emigration_rate_social_security_earners",
}


@dataclass(frozen=True)
class Printed:
    """A printed figure: its series, date [years], day of publication, persons and source."""

    series: str
    date: float
    published: pd.Timestamp
    value: float
    source_id: str


def printed(ledger: Ledger, series: tuple[str, ...]) -> list[Printed]:
    """Return the national figures of some series within the years of the residual."""
    rows = ledger.observe("unauthorized_population", series=list(series), place="USA", nationality="ALL")
    whole = rows["attributes"].map(lambda text: not {"birth_region", "states"} & set(json.loads(text)))
    rows = rows[whole & rows["value"].notna()]
    dates = rows["period_end"].dt.year + (rows["period_end"].dt.month - 1) / 12
    rows = rows.assign(date=dates)[(dates >= FIRST_YEAR) & (dates <= LAST_DATE)]
    return [
        Printed(row["series"], row["date"], row["published"], row["value"], row["source_id"])
        for row in rows.sort_values(["date", "published"]).to_dict("records")
    ]


def weights(found: Residual, figures: list[Printed]) -> Array:
    """Return weights of draws by the mean level of each other publisher, of sum 1.

    A publisher's figures share their method, so its whole series is one piece of evidence: the mean over dates of the
    logarithm of printed over computed, whose spread is :data:`LEVEL_SPREAD`. Of a date the newest release counts.
    """
    log = np.zeros(len(found.population))
    for series in FITTED.values():
        newest = {one.date: one for one in sorted(figures, key=lambda one: one.published) if one.series in series}
        if newest:
            columns = [found.dates.index(date) for date in newest]
            values = np.array([one.value for one in newest.values()])
            off = np.log(values / np.maximum(found.population[:, columns], 1.0)).mean(axis=1)
            log -= 0.5 * (off / LEVEL_SPREAD) ** 2
    weight = np.exp(log - log.max())
    return np.asarray(weight / weight.sum())


def against_dhs(ledger: Ledger, *, draws: int = 4000, seed: int = 1) -> pd.DataFrame:
    """Return every scored figure beside the residual, as counts were known on its day, unfitted and fitted to others.

    Returns
    -------
    pandas.DataFrame
        A row a figure and run (``run`` is ``unfitted`` or ``level of other publishers``): ``series``, ``date``,
        ``printed``, ``median``, ends of the 50 and 80 % interval, ``error`` (median less printed) [persons] and
        ``inside_50``, ``inside_80``.
    """
    others = printed(ledger, tuple(name for names in FITTED.values() for name in names))
    parameters = residual_parameters(ledger)
    dates = tuple(sorted({one.date for one in others}))
    options: dict[str, Any] = {"draws": draws, "seed": seed, "parameters": parameters}
    fitted = weights(residual(ledger, dates, **options), others)
    even = np.full(draws, 1 / draws)
    # By the ledger's assumed days the figure of January 2005 came out a month before the first survey it could rest on.
    survey = ledger.observe("foreign_born", series="acs_1year", place="USA")["published"].min()
    rows = []
    for one in printed(ledger, SCORED):
        # Draws of parameters are the same on every day, so the weights hold for each.
        found = residual(ledger, [one.date], as_of=max(one.published, survey).date(), **options)
        for run, weight in (("unfitted", even), ("level of other publishers", fitted)):
            ends = quantiles(found.population[:, 0], weight, (0.1, 0.25, 0.5, 0.75, 0.9))
            rows.append(
                {
                    "run": run,
                    "series": one.series,
                    "date": one.date,
                    "printed": one.value,
                    "median": ends[2],
                    "low_50": ends[1],
                    "high_50": ends[3],
                    "low_80": ends[0],
                    "high_80": ends[4],
                    "error": ends[2] - one.value,
                    "inside_50": bool(ends[1] <= one.value <= ends[3]),
                    "inside_80": bool(ends[0] <= one.value <= ends[4]),
                    "source_id": ";".join(sorted({one.source_id, *found.source_id.split(";")})),
                }
            )
    return pd.DataFrame(rows)


def by_vintage(scored: pd.DataFrame) -> pd.DataFrame:
    """Return, a row a run and release, how many points lie inside and the mean absolute and mean error [persons]."""
    scored = scored.assign(absolute=scored["error"].abs(), width=scored["high_80"] - scored["low_80"])
    return scored.groupby(["run", "series"], sort=False, as_index=False).agg(
        points=("printed", "size"),
        inside_50=("inside_50", "sum"),
        inside_80=("inside_80", "sum"),
        mean_absolute_error=("absolute", "mean"),
        mean_error=("error", "mean"),
        mean_width_80=("width", "mean"),
        source_id=("source_id", lambda ids: ";".join(sorted({one for cell in ids for one in cell.split(";")}))),
    )


def quantiles(values: Array, weight: Array, levels: tuple[float, ...]) -> list[float]:
    """Return quantiles of weighted draws.

    Examples
    --------
    >>> quantiles(np.array([3.0, 1.0, 2.0]), np.array([0.25, 0.25, 0.5]), (0.5,))
    [2.0]
    """
    order = np.argsort(values)
    below = np.cumsum(weight[order]) - weight[order] / 2
    return [float(one) for one in np.interp(levels, below, values[order])]


def central_figure(ledger: Ledger) -> tuple[float, str]:
    """Return the mean of what other publishers printed for the reconstructed year [persons], with sources."""
    figures = printed(ledger, tuple(name for names in FITTED.values() for name in names))
    of_year = [one for one in figures if one.date == RECONSTRUCTED]
    return float(np.mean([one.value for one in of_year])), ";".join(sorted({one.source_id for one in of_year}))


def reconstruct(ledger: Ledger, *, draws: int = 4000, seed: int = 1) -> pd.DataFrame:
    """Return sets of inputs whose median meets the central figure, and the intervals that each predicts.

    A set is a published range of the level of departures and one assumption (or all together, each by the same part of
    its range) that is moved until the median is the mean of other publishers' figures for mid-2017. The printed ends of
    the 2021 paper are not looked at. A set is plausible if what moved stays, by its median, within the range it had.

    Returns
    -------
    pandas.DataFrame
        A row a set: ``range``, ``moved``, ``by`` (part of half its range), ``to`` (its median after), ``plausible``,
        ``meets`` (the median within 1 %), ``median``, ``low_50``, ``high_50``, ``low_95``, ``high_95`` and the printed
        ends beside them [persons].
    """
    given = read_given(ledger)
    target, target_ids = central_figure(ledger)
    ends, ends_ids = _printed_ends(ledger)
    shipped = residual_parameters(ledger)
    rows = []
    for name, row_name in _RANGES.items():
        parameters = dict(shipped)
        if row_name is not None:
            published = ledger.parameters(row_name).iloc[0]
            low, high = float(published["low"]), float(published["high"])
            level = replace(shipped["emigration_legal"], low=low, high=high, value=(low + high) / 2)
            parameters["emigration_legal"] = level
        start = residual(ledger, [RECONSTRUCTED], draws=draws, seed=seed, parameters=parameters)
        halves = {key: (one.high - one.low) / 2 for key, one in parameters.items()}
        error = start.parts["foreign-born"] - start.values["missed_by_survey"][:, None]
        error = error - float(np.median(error))
        levers = {key: {key: 1.0} for key in parameters if key != "survey_error_scale"}
        levers["all together"] = {key: _sign(start, key) for key in levers}
        for moved, direction in levers.items():
            by = _solve(given, start.values, error, halves, direction, target)
            if by is None:
                continue
            found = _moved(given, start.values, error, halves, direction, by)
            at = np.quantile(found, [0.025, 0.25, 0.5, 0.75, 0.975])
            to = np.median(start.values[moved]) + by * halves[moved] if moved in halves else np.nan
            rows.append(
                {
                    "range": name,
                    "moved": moved,
                    "by": by,
                    "to": to,
                    "plausible": abs(by) <= 1,
                    "meets": abs(at[2] / target - 1) <= TOLERANCE,
                    **dict(zip(("low_95", "low_50", "median", "high_50", "high_95"), at, strict=True)),
                    **ends,
                    "source_id": ";".join(sorted({*start.source_id.split(";"), *target_ids.split(";"), *ends_ids})),
                }
            )
    return pd.DataFrame(rows)


def _sign(found: Residual, name: str) -> float:
    """Return +1 where more of a parameter goes with a larger population, else -1."""
    return 1.0 if np.corrcoef(found.values[name], found.population[:, 0])[0, 1] > 0 else -1.0


def _moved(
    given: Given,
    values: Mapping[str, Array],
    error: Array,
    halves: Mapping[str, float],
    direction: Mapping[str, float],
    by: float,
) -> Array:
    moved = dict(values)
    for name, sign in direction.items():
        # No share, number or duration falls below zero.
        moved[name] = np.maximum(values[name] + by * sign * halves[name], 0.0)
    return compute(given, [RECONSTRUCTED], moved, error).population[:, 0]


def _solve(
    given: Given,
    values: Mapping[str, Array],
    error: Array,
    halves: Mapping[str, float],
    direction: Mapping[str, float],
    target: float,
) -> float | None:
    """Return how far to move so that the median is the target; None if nothing within :data:`FARTHEST` does it."""

    def off(by: float) -> float:
        return float(np.median(_moved(given, values, error, halves, direction, by))) - target

    if off(-FARTHEST) * off(FARTHEST) > 0:
        return None
    return float(brentq(off, -FARTHEST, FARTHEST, xtol=1e-4))


def _printed_ends(ledger: Ledger) -> tuple[dict[str, float], set[str]]:
    """Return the printed ends of the paper's two intervals [persons], and their sources."""
    rows = ledger.observe("unauthorized_population", series="VanHook2021", place="USA", nationality="ALL")
    ends: dict[str, float] = {}
    for row in rows.to_dict("records"):
        share = "".join(one for one in str(row["interval"]).split("%")[0] if one.isdigit())
        ends |= {f"printed_low_{share}": float(row["low"]), f"printed_high_{share}": float(row["high"])}
    return ends, set(rows["source_id"].astype(str))


def components(found: Residual) -> pd.DataFrame:
    """Return the parts of the subtraction, a row a part and date: median and 80 % interval [persons]."""
    rows = [
        {
            "year": date,
            "part": name,
            "sign": 1 if name == "foreign-born" else -1,
            "median": float(np.median(part[:, index])),
            "low_80": float(np.quantile(part[:, index], 0.1)),
            "high_80": float(np.quantile(part[:, index], 0.9)),
            "source_id": found.source_id,
        }
        for name, part in found.parts.items()
        for index, date in enumerate(found.dates)
    ]
    return pd.DataFrame(rows)


def spread_by_parameter(found: Residual, date: float) -> pd.DataFrame:
    """Return the part of the variance on a date that goes with each parameter, by squared rank correlation."""
    ranks = found.population[:, found.dates.index(date)].argsort().argsort()
    shares = {
        name: float(np.corrcoef(values.argsort().argsort(), ranks)[0, 1] ** 2) for name, values in found.values.items()
    }
    table = pd.DataFrame({"parameter": list(shares), "share_of_variance": list(shares.values())})
    return table.sort_values("share_of_variance", ascending=False, ignore_index=True).assign(source_id=found.source_id)
