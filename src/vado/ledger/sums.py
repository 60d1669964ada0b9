"""Sums that mean something, and a refusal with its reason for those that do not.

Events are not persons, a stock is not added over time, a share is not added at all, and rows of two series are two
accounts of one thing. The measure says over which dimensions its values add up (``additive_over``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from vado.errors import KindError
from vado.ledger.codes import ALL, check
from vado.ledger.schema import DIMENSIONS

if TYPE_CHECKING:
    import pandas as pd

#: What one unit of a measure of each kind is, for messages.
KIND_WORDS = {
    "stock": "what is present on a day",
    "persons": "persons over a period",
    "events": "events, of which one person can cause several",
    "share": "a share of something",
    "rate": "a rate",
}

PERIODS = ("month", "year", "fiscal_year")


def check_addable(abouts: Sequence[Mapping[str, Any]]) -> None:
    """Raise :class:`KindError` unless all measures are of one kind and unit."""
    first = abouts[0]
    for other in abouts[1:]:
        if other["kind"] != first["kind"]:
            raise KindError(
                f"{first['measure']} and {other['measure']} cannot be added: the first counts "
                f"{KIND_WORDS[first['kind']]}, the second {KIND_WORDS[other['kind']]}; total them one by one"
            )
        if other["unit"] != first["unit"]:
            raise KindError(
                f"{first['measure']} [{first['unit']}] and {other['measure']} [{other['unit']}] cannot be added: "
                "their units differ; total them one by one"
            )


def total(abouts: Sequence[Mapping[str, Any]], rows: Sequence[pd.DataFrame], by: Sequence[str]) -> pd.DataFrame:
    """Add up rows of one or several measures, keeping the columns ``by`` apart.

    Parameters
    ----------
    abouts
        The row of ``measures`` of each measure.
    rows
        The observations of each measure.
    by
        Dimensions, ``measure``, ``month``, ``year`` or ``fiscal_year``.

    Returns
    -------
    pandas.DataFrame
        Columns ``by``, ``value``, ``unit``, ``source_id``.
    """
    import pandas as pd

    for name in by:
        check("column to total by", name, [*DIMENSIONS, "measure", *PERIODS])
    check_addable(abouts)
    for about, frame in zip(abouts, rows, strict=True):
        _check_dimensions(about, frame, by)
    frame = pd.concat(rows, ignore_index=True)
    end = pd.to_datetime(frame["period_end"])
    keys: list[pd.Series[Any]] = []
    for name in by:
        if name == "month":
            keys.append(end.dt.strftime("%Y-%m").rename("month"))
        elif name == "year":
            keys.append(end.dt.year.rename("year"))
        elif name == "fiscal_year":
            keys.append((end.dt.year + (end.dt.month >= 10)).rename("fiscal_year"))
        else:
            keys.append(frame[name])
    for about in abouts:
        _check_time(about, frame[frame["measure"] == about["measure"]], keys)
    if not keys:
        summed = pd.DataFrame({"value": [frame["value"].sum()]})
        summed["source_id"] = ";".join(sorted(frame["source_id"].unique()))
    else:
        groups = frame.groupby(keys, sort=True, observed=True)
        summed = groups.agg(
            value=("value", "sum"), source_id=("source_id", lambda ids: ";".join(sorted(set(ids))))
        ).reset_index()
    summed.insert(len(by) + 1, "unit", abouts[0]["unit"])
    return summed


def _check_dimensions(about: Mapping[str, Any], frame: pd.DataFrame, by: Sequence[str]) -> None:
    name = about["measure"]
    additive = _additive(about)
    if frame["series"].nunique() > 1:
        first, second = sorted(frame["series"].unique())[:2]
        raise KindError(
            f"{name} has several series ({first}, {second}, …), rival accounts of one thing; choose one with series="
        )
    for dimension in DIMENSIONS:
        if dimension in by or frame[dimension].nunique() <= 1:
            continue
        if dimension not in additive:
            raise KindError(
                f"{name} does not add up over {dimension} (it is {KIND_WORDS[about['kind']]}); "
                f"keep {dimension} apart with by= or choose one with {dimension}="
            )
        if ALL in set(frame[dimension]):
            raise KindError(
                f"{name} holds rows for all of {dimension} beside rows for parts of it, so a sum would count twice; "
                f"choose with {dimension}="
            )


def _check_time(about: Mapping[str, Any], frame: pd.DataFrame, keys: Sequence[pd.Series[Any]]) -> None:
    if "time" in _additive(about):
        return
    ends = frame["period_end"]
    periods = ends.groupby([key[frame.index] for key in keys]).nunique().max() if keys else ends.nunique()
    if periods > 1:
        raise KindError(
            f"{about['measure']} does not add up over time (it is {KIND_WORDS[about['kind']]}); "
            "choose one day with start= and end=, or read the rows with observe"
        )


def _additive(about: Mapping[str, Any]) -> set[str]:
    return {part.strip() for part in str(about["additive_over"] or "").split(",")} - {""}
