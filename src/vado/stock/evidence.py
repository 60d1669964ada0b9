"""Published figures as evidence on the population: which are used, what each measures, how far it may be off.

A residual count is the population over the factor by which residual methods miss it (one factor for all of them, with a
drift, a parameter of the model), times the level of its publisher, times the level of its series, times an error of its
own. The Department of Homeland Security's levels are series of their own and are never joined; of other publishers the
newest release of a date counts, so that a figure printed twice is not evidence twice. The inflow-outflow paper of 2018
enters once, by its mean, with the spread that it printed and a bias of its own: it rests on the same apprehensions as
the process, so it is no independent measurement. Estimates of undetected entries are compared with the entries that the
apprehension probability implies, and counts by country of birth as shares of their own release's total.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vado.ledger.dates import Day
from vado.stock.inputs import CENTRAL, FIRST_YEAR

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

Array = NDArray[np.float64]

#: Standard deviation of the logarithm of a count: printed 90 % intervals are 1 % (DHS 2012) to 5 % (Pew 2012).
COUNT_ERROR = 0.03
#: Before the Current Population Survey asked for country of birth, in 1994.
EARLY_COUNT_ERROR = 0.2
EARLY = 1995.0
#: Levels of two series of one publisher for the same date differ by 5 to 7 %, so each varies by about 4 %.
SERIES_SPREAD = 0.04
PUBLISHER_SPREAD = 0.03
#: Standard deviation of the bias of the inflow-outflow paper, on the logarithm.
INFLOW_OUTFLOW_BIAS = 0.3
#: Standard deviation of the logarithm of an estimate of undetected entries.
ENTRIES_ERROR = 0.3
#: Standard deviation of a share by region of birth: 0.55 and 0.69 were printed for Mexico in 2000.
SHARE_ERROR = 0.04

#: What nobody published in the above, for the answer's list of assumptions.
ASSUMED: tuple[dict[str, Any], ...] = (
    {"name": "evidence.count_error", "value": COUNT_ERROR, "unit": "log", "note": "within the printed 1 to 5 %"},
    {"name": "evidence.early_count_error", "value": EARLY_COUNT_ERROR, "unit": "log", "note": "counts before 1995"},
    {"name": "evidence.series_spread", "value": SERIES_SPREAD, "unit": "log", "note": "DHS levels differ by 5 to 7 %"},
    {"name": "evidence.publisher_spread", "value": PUBLISHER_SPREAD, "unit": "log", "note": "between publishers"},
    {"name": "evidence.inflow_outflow_bias", "value": INFLOW_OUTFLOW_BIAS, "unit": "log", "note": "of the 2018 paper"},
    {"name": "evidence.entries_error", "value": ENTRIES_ERROR, "unit": "log", "note": "of undetected entries"},
    {"name": "evidence.share_error", "value": SHARE_ERROR, "unit": "share", "note": "0.55 and 0.69 printed for 2000"},
)

#: Evidence that can be left out together: name → what it holds.
METHODS = {
    "residual: DHS and INS": "residual counts of the Department of Homeland Security and its predecessor",
    "residual: Pew and Passel": "residual counts of Pew, and of Passel elsewhere",
    "residual: CMS, MPI and CIS": "residual counts of three institutes",
    "inflow-outflow": "mean of the paper of 2018",
    "entries": "estimates of undetected entries between ports",
    "shares": "shares of the population by region of birth",
}
_METHOD_OF = {
    **dict.fromkeys(("DHS", "INS"), "residual: DHS and INS"),
    **dict.fromkeys(("Pew", "CRS", "Urban"), "residual: Pew and Passel"),
}
_SEVERAL_LEVELS = ("DHS",)

COLUMNS = [
    "kind",
    "method",
    "publisher",
    "series",
    "date",
    "year",
    "region",
    "value",
    "error",
    "published",
    "source_id",
]


@dataclass(frozen=True)
class Evidence:
    """Figures that the model is held against.

    Parameters
    ----------
    table
        One row a figure: ``kind`` (``residual``, ``inflow-outflow``, ``entries``, ``share``), ``method`` (of
        :data:`METHODS`), ``publisher``, ``series``, ``date``, ``year`` (as a number, 2010.5 is mid-2010), ``region``,
        ``value`` (persons, events/year or a share), ``error`` (of its own, standard deviation, on the logarithm but for
        shares), ``published``, ``source_id``.
    unused
        Figures that are known and not used: ``series``, ``date``, ``reason``, ``source_id``.
    """

    table: pd.DataFrame
    unused: pd.DataFrame

    @property
    def values(self) -> Array:
        """The figures as compared, ``(figure,)``: logarithms, and shares as they are."""
        values = self.table["value"].to_numpy(float)
        return np.where(self.table["kind"] == "share", values, np.log(values))

    def covariance(self) -> Array:
        """Return the covariance of the errors of :attr:`values`, ``(figure, figure)``."""
        table = self.table
        made = np.diag(table["error"].to_numpy(float) ** 2)
        residual = (table["kind"] == "residual").to_numpy()
        both = np.outer(residual, residual)
        for column, spread in (("series", SERIES_SPREAD), ("publisher", PUBLISHER_SPREAD)):
            name = table[column].to_numpy()
            made += spread**2 * (both & (name[:, None] == name[None, :]))
        return np.asarray(made)

    def without(self, *methods: str) -> Evidence:
        """Return the evidence with some methods left out."""
        kept = self.table[~self.table["method"].isin(methods)]
        return Evidence(kept.reset_index(drop=True), self.unused)


def read_evidence(ledger: Ledger, last: float, as_of: Day | None = None) -> Evidence:
    """Return what had been published by a day and lies within the years of the model.

    Parameters
    ----------
    ledger
        The ledger to read.
    last
        The last date of the model, in years.
    as_of
        Leave out what was published later; None for all.
    """
    rows = ledger.observe("unauthorized_population", as_of, place="USA")
    attributes = rows["attributes"].map(json.loads)
    rows = rows.assign(
        method_text=attributes.map(lambda pairs: str(pairs.get("method", "")).lower()),
        is_part=attributes.map(lambda pairs: bool({"birth_region", "states"} & set(pairs))),
        year=_years(rows["period_end"]),
        publisher=rows["series"].str.split("_").str[0],
    )
    rows = rows[~rows["is_part"]]
    totals = rows[rows["nationality"] == "ALL"]
    reasons = totals.apply(lambda row: _reason(row, last), axis=1).astype(str)
    used = totals[reasons == ""].sort_values("published", kind="stable")
    several = used["publisher"].isin(_SEVERAL_LEVELS)
    repeated = ~several & used.duplicated(["publisher", "period_end"], keep="last")
    reasons = reasons.mask(reasons.index.isin(repeated.index[repeated]), "a later release has this date")
    used = used[~repeated]
    parts = rows[rows["nationality"] != "ALL"]
    made = [*_totals(used), *_shares(totals, parts, last), *_printed_shares(ledger, last, as_of)]
    made += _entries(ledger, last, as_of)
    table = pd.DataFrame(made, columns=COLUMNS).sort_values(["kind", "series", "date", "region"], kind="stable")
    left = totals[reasons != ""]
    unused = pd.DataFrame(
        {
            "series": left["series"],
            "date": left["period_end"],
            "reason": reasons[left.index],
            "source_id": left["source_id"],
        }
    )
    return Evidence(table.reset_index(drop=True), unused.reset_index(drop=True))


def _years(dates: pd.Series) -> pd.Series:
    return pd.Series(dates.dt.year + (dates.dt.day_of_year - 1) / 365.25, dtype=float)


def _reason(row: pd.Series, last: float) -> str:
    """Return why a total is not used; empty if it is."""
    if not np.isfinite(row["value"]):
        return "an interval without a middle"
    if "_cited" in row["series"]:
        return "another's figure at second hand"
    if not FIRST_YEAR <= row["year"] <= last:
        return "outside the years of the model"
    if "residual" in row["method_text"]:
        return ""
    if row["series"] == "FZFK_mean":
        return ""
    if "inflow-outflow" in row["method_text"]:
        return "another setting or an earlier draft of the same paper"
    return "an upper bound" if np.isfinite(row["high"]) else "a method of its own"


def _totals(used: pd.DataFrame) -> list[list[Any]]:
    made = []
    for row in used.to_dict("records"):
        residual = "residual" in row["method_text"]
        if residual:
            method = _METHOD_OF.get(row["publisher"], "residual: CMS, MPI and CIS")
            error = EARLY_COUNT_ERROR if row["year"] < EARLY else COUNT_ERROR
        else:
            method = "inflow-outflow"
            # A printed 95 % interval spans 3.92 standard deviations; without one the paper's bias alone counts.
            printed = math.log(row["high"] / row["low"]) / 3.92 if np.isfinite(row["low"] + row["high"]) else 0.0
            error = math.hypot(printed, INFLOW_OUTFLOW_BIAS)
        kind = "residual" if residual else method
        made.append(_row(row, kind, method, row["publisher"], "ALL", row["value"], error))
    return made


def _shares(totals: pd.DataFrame, parts: pd.DataFrame, last: float) -> list[list[Any]]:
    """Return parts by region of birth over the total of the same series and date."""
    made = []
    known = {(row["series"], row["period_end"]): row for row in totals.dropna(subset=["value"]).to_dict("records")}
    for (series, date), among in parts[parts["year"] <= last].groupby(["series", "period_end"]):
        whole = known.get((series, date))
        if whole is None:
            continue
        by_country = among.drop_duplicates("nationality", keep="last").set_index("nationality")["value"]
        first = among.to_dict("records")[0]
        first["source_id"] = ";".join(sorted({str(whole["source_id"]), *among["source_id"].astype(str)}))
        for region, codes in (("MEX", ("MEX",)), ("NTA", CENTRAL)):
            if all(code in by_country.index for code in codes):
                share = float(by_country[list(codes)].sum() / whole["value"])
                made.append(_row(first, "share", "shares", first["publisher"], region, share, SHARE_ERROR))
    return made


def _printed_shares(ledger: Ledger, last: float, as_of: Day | None) -> list[list[Any]]:
    rows = ledger.observe("unauthorized_population_share", as_of, place="USA", nationality="MEX")
    rows = rows.assign(year=_years(rows["period_end"]))
    return [
        _row(row, "share", "shares", row["series"].split("_")[0], "MEX", row["value"] / 100, SHARE_ERROR)
        for row in rows[rows["year"] <= last].to_dict("records")
    ]


def _entries(ledger: Ledger, last: float, as_of: Day | None) -> list[list[Any]]:
    rows = ledger.observe("undetected_entries_estimate", as_of)
    # A year's entries are compared with those of the process in that year.
    rows = rows.assign(year=rows["period_end"].dt.year.astype(float))
    return [
        _row(row, "entries", "entries", "DHS", "ALL", row["value"], ENTRIES_ERROR)
        for row in rows[rows["year"] < last].to_dict("records")
    ]


def _row(
    row: dict[Any, Any], kind: str, method: str, publisher: str, region: str, value: float, error: float
) -> list[Any]:
    named = (row["series"], row["period_end"], row["year"], region, value, error, row["published"], row["source_id"])
    return [kind, method, publisher, *named]
