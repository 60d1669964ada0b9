"""Published estimates of the unauthorized resident population, rivals side by side.

Every publisher's every release stands on its own: a later release of the same series has its own level and must not be
joined to an earlier one. Nothing is averaged. What each estimate counts and how it was made stands beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from vado.answer import Answer, Chart, cited, rows_of
from vado.errors import BadValueError
from vado.ledger.codes import ALL, nationality_name
from vado.ledger.dates import Day, day
from vado.provenance import made_by

if TYPE_CHECKING:
    import pandas as pd

    from vado.ledger.ledger import Ledger

MEASURE = "unauthorized_population"
QUESTION = "How many people live in the United States without legal status, and how sure can anyone be?"

#: Persons in a million; estimates are printed in millions by all their publishers.
MILLION = 1_000_000

CAVEATS = (
    "An estimate is a model's result, not a count: no register lists the unauthorized resident population.",
    "Releases of one publisher differ in level (the Department of Homeland Security has three that must not be "
    "joined), so a change between two releases is not a change of the population.",
    "Most estimates count people with temporary protection, deferred action or a pending asylum case as unauthorized.",
    "A residual estimate subtracts legal residents from a survey and cannot see whom the survey missed beyond its "
    "assumed undercount; an inflow-outflow estimate adds up assumed flows since 1990. They share few inputs.",
)


def stock(ledger: Ledger | None = None, *, as_of: Day | None = None, command: str = "vado.stock()") -> Answer:
    """Return every published estimate of the unauthorized resident population known on a day.

    Parameters
    ----------
    ledger
        The ledger to read; None for the packaged one.
    as_of
        Leave out what was published later; None for all.
    command
        What the answer says it was made by.

    Returns
    -------
    Answer
        Tables ``estimates`` (one row an estimate [million persons]), ``range_by_year`` and ``by_country_of_birth``;
        a forest plot and the estimates over time.

    Raises
    ------
    BadValueError
        If nothing had been published by ``as_of``.
    """
    from vado.ledger.ledger import open_ledger

    ledger = ledger or open_ledger()
    rows = ledger.observe(MEASURE, as_of)
    if rows.empty:
        first = ledger.observe(MEASURE)["published"].min()
        raise BadValueError(
            f"no estimate had been published by {as_of}; the first in the ledger is of {first:%Y-%m-%d}"
        )
    rows = _described(rows, ledger)
    national = rows[(rows["place"] == "USA") & ~rows["is_part"]]
    totals = national[national["nationality"] == ALL]
    parts = national[national["nationality"] != ALL]
    estimates = _estimates(totals)
    tables = {"estimates": estimates, "range_by_year": _range_by_year(estimates)}
    if not parts.empty:
        tables["by_country_of_birth"] = _by_country(parts)
    return Answer(
        question=QUESTION,
        as_of=day(as_of, "as_of") if as_of is not None else rows["published"].max().date(),
        summary=_summary(estimates),
        tables=tables,
        charts=_charts(),
        sources=rows_of(ledger.sources(cited(*tables.values()))),
        assumed=[],
        caveats=CAVEATS,
        made_by=made_by(command, ledger),
    )


def _described(rows: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Add publisher, method and its family to each row."""
    sources = ledger.sources().set_index("source_id")
    attributes = rows["attributes"].map(json.loads)
    method = attributes.map(lambda pairs: str(pairs.get("method", "not stated")))
    return rows.assign(
        publisher=rows["source_id"].map(sources["publisher"]),
        method=method,
        family=method.map(_family),
        is_part=attributes.map(lambda pairs: bool({"birth_region", "states"} & set(pairs))),
    )


def _family(method: str) -> str:
    """Return the family of methods that an estimate belongs to, from its publisher's description."""
    text = method.lower()
    return next((name for name in ("residual", "inflow-outflow") if name in text), "other")


def _estimates(totals: pd.DataFrame) -> pd.DataFrame:
    ordered = totals.sort_values(["period_end", "publisher", "published"])
    label = ordered["publisher"].str.split(" (", regex=False).str[0]
    return _table(
        ordered,
        {
            "reference_date": ordered["period_end"],
            "year": ordered["period_end"].dt.year,
            "publisher": ordered["publisher"],
            "series": ordered["series"],
            "estimate": ordered["period_end"].dt.year.astype(str) + " " + label + ", " + ordered["series"],
            "million": ordered["value"] / MILLION,
            "low_million": ordered["low"] / MILLION,
            "high_million": ordered["high"] / MILLION,
            "interval": ordered["interval"],
            "family": ordered["family"],
            "method": ordered["method"],
            "release": ordered["vintage"],
            "published": ordered["published"],
            "note": ordered["note"],
        },
    )


def _range_by_year(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return, for each year with an estimate, the lowest and the highest one and how many there are."""
    pointed = estimates.dropna(subset=["million"])
    groups = pointed.groupby("year", as_index=False)
    return groups.agg(
        estimates=("million", "size"),
        publishers=("publisher", "nunique"),
        lowest_million=("million", "min"),
        highest_million=("million", "max"),
        source_id=("source_id", lambda ids: ";".join(sorted(set(ids)))),
    )


def _by_country(parts: pd.DataFrame) -> pd.DataFrame:
    ordered = parts.sort_values(["period_end", "series", "value"], ascending=[True, True, False])
    return _table(
        ordered,
        {
            "reference_date": ordered["period_end"],
            "publisher": ordered["publisher"],
            "series": ordered["series"],
            "country_of_birth": ordered["nationality"].map(nationality_name),
            "million": ordered["value"] / MILLION,
            "note": ordered["note"],
        },
    )


def _table(rows: pd.DataFrame, columns: dict[str, Any]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({**columns, "source_id": rows["source_id"]}).reset_index(drop=True)


def _summary(estimates: pd.DataFrame) -> list[str]:
    pointed = estimates.dropna(subset=["million"])
    residual = pointed[pointed["family"] == "residual"]
    recent = residual[residual["year"] >= residual["year"].max() - 3] if len(residual) else residual
    top = pointed.sort_values("million").to_dict("records")[-1]
    reach = estimates.dropna(subset=["high_million"]).sort_values("high_million").tail(1)
    sentences = [
        f"{len(estimates)} estimates by {estimates['publisher'].nunique()} publishers for the years "
        f"{estimates['year'].min()} to {estimates['year'].max()} had been published."
    ]
    if len(recent):
        sentences.append(
            f"Residual estimates for {recent['year'].min()} to {recent['year'].max()} lie between "
            f"{recent['million'].min():.1f} and {recent['million'].max():.1f} million."
        )
    sentences.append(
        f"The highest point estimate is {top['million']:.1f} million for {top['year']} "
        f"({_named(top)}, {top['method']})."
    )
    for row in reach.to_dict("records"):
        sentences.append(
            f"The highest end of a published interval is {row['high_million']:.1f} million for {row['year']} "
            f"({_named(row)}, {row['interval']})."
        )
    return sentences


def _named(row: Mapping[Any, Any]) -> str:
    return f"{row['publisher']}, series {row['series']}"


def _charts() -> list[Chart]:
    note = "Each release stands alone: releases of one publisher differ in level and must not be joined."
    return [
        Chart(
            kind="line",
            table="estimates",
            title="Published estimates of the unauthorized resident population, a line a release",
            columns={"x": "reference_date", "y": "million", "color": "publisher", "detail": "series"},
            unit="million persons",
            note=note,
        ),
        Chart(
            kind="forest",
            table="estimates",
            title="Every estimate with the interval that its publisher gives",
            columns={
                "y": "estimate",
                "x": "million",
                "low": "low_million",
                "high": "high_million",
                "color": "family",
            },
            unit="million persons",
            note="A point without a line has no published interval; a line without a point is an interval alone.",
        ),
    ]
