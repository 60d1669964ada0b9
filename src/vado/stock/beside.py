"""Published estimates and the model's configurations on the same axes: a forest plot for a year, and lines over time.

Every published figure keeps a row, and a point, of its own: levels of different releases are never joined, and nothing
is averaged. A configuration stands beside them with its median and its 50, 80 and 95 % intervals.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from vado.answer import Chart
from vado.errors import BadValueError
from vado.stock.published import MILLION

#: Intervals of a configuration [per cent].
SHARES = (50, 80, 95)
COLUMNS = ("year", "median", *(f"{end}_{share}" for share in SHARES for end in ("low", "high")), "source_id")
#: The interval that is drawn over time.
BAND = 80
#: Published estimates this near to the year stand in its forest plot [days].
NEAR = 366
#: Publishers of residual estimates for at least this many dates have a colour over time; those with fewer share one.
OWN_COLOUR = 8
OTHERS = "published: other residual"
MODEL = "this model"


def beside(
    published: pd.DataFrame, configurations: Mapping[str, pd.DataFrame], *, year: int
) -> tuple[dict[str, pd.DataFrame], list[Chart]]:
    """Return tables and charts of published estimates beside configurations of the model.

    Parameters
    ----------
    published
        The table ``estimates`` of :func:`vado.stock.published.stock` [million persons].
    configurations
        Name → a frame with the columns of :data:`COLUMNS`, persons on 1 January of ``year`` (a fraction is a later
        day), as :func:`vado.stock.residual.interval_frame` makes it.
    year
        The year of the forest plot.

    Returns
    -------
    tuple of dict and list
        Tables ``beside_year`` (a row a published estimate within a year of 1 January, and a row an interval of each
        configuration), ``beside_time`` (a row a date and line) and ``configurations`` (all intervals), in million
        persons; a forest plot and lines.

    Raises
    ------
    BadValueError
        If a configuration lacks a column, or neither it nor a publisher has anything for the year.
    """
    for name, frame in configurations.items():
        lacking = [column for column in COLUMNS if column not in frame]
        if lacking:
            raise BadValueError(
                f"configuration {name!r} lacks the columns {lacking}; give median, intervals and sources"
            )
    whole = [_configuration(name, frame) for name, frame in configurations.items()]
    of_model = pd.concat(whole, ignore_index=True) if whole else pd.DataFrame(columns=["configuration", *COLUMNS])
    tables = {"beside_year": _of_year(published, of_model, year), "beside_time": _over_time(published, of_model)}
    if len(of_model):
        tables["configurations"] = of_model
    return tables, charts(year)


def _configuration(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a configuration's frame in million persons, with its dates."""
    values = [column for column in COLUMNS if column not in ("year", "source_id")]
    million = frame[list(COLUMNS)].reset_index(drop=True)
    million[values] = million[values] / MILLION
    million.insert(0, "configuration", name)
    million.insert(1, "reference_date", [_day(date) for date in million["year"]])
    return million


def _day(date: float) -> pd.Timestamp:
    """Return the first day of the month in which a date in years lies."""
    whole = int(date)
    return pd.Timestamp(year=whole, month=1 + round(12 * (date - whole)) % 12, day=1)


def _of_year(published: pd.DataFrame, of_model: pd.DataFrame, year: int) -> pd.DataFrame:
    day = pd.Timestamp(year=year, month=1, day=1)
    near = published[(published["reference_date"] - day).abs().dt.days <= NEAR]
    lowest = near[["million", "low_million"]].bfill(axis=1).iloc[:, 0]
    near = near.assign(order=lowest).sort_values(["family", "order", "estimate"])
    rows = pd.DataFrame(
        {
            "estimate": near["estimate"],
            "group": "published, within a year",
            "family": "published: " + near["family"],
            "million": near["million"],
            "low_million": near["low_million"],
            "high_million": near["high_million"],
            "interval": near["interval"],
            "reference_date": near["reference_date"],
            "source_id": near["source_id"],
        }
    )
    own = of_model[of_model["reference_date"] == day]
    parts = [rows] if len(rows) else []
    for share in SHARES if len(own) else ():
        part = {
            "estimate": own["configuration"] + f", {share} %",
            "group": f"{MODEL}, 1 January",
            "family": MODEL,
            "million": own["median"],
            "low_million": own[f"low_{share}"],
            "high_million": own[f"high_{share}"],
            "interval": f"{share} % of draws",
            "reference_date": own["reference_date"],
            "source_id": own["source_id"],
        }
        parts.append(pd.DataFrame(part))
    if not parts:
        raise BadValueError(f"neither a publisher nor the model has a figure for {year}; choose another year")
    table = pd.concat(parts, ignore_index=True)
    # A configuration's intervals stand under each other, in the order in which configurations were given.
    place = {name: index for index, name in enumerate(own["configuration"])}
    rank = table["estimate"].map(lambda text: place.get(text.rsplit(",", 1)[0], -1))
    return table.assign(rank=rank).sort_values("rank", kind="stable").drop(columns="rank").reset_index(drop=True)


def _over_time(published: pd.DataFrame, of_model: pd.DataFrame) -> pd.DataFrame:
    pointed = published.dropna(subset=["million"])
    # A series is named after its publisher, so that offices that changed their own name stay one.
    publisher = "published: " + pointed["series"].str.split("_").str[0]
    many = publisher.map(pointed["reference_date"].groupby(publisher).nunique()) >= OWN_COLOUR
    lines = publisher.where(many, OTHERS).where(pointed["family"] == "residual", "published: " + pointed["family"])
    # Each published figure is a point of its own: a line would join releases that differ in level.
    rows = pd.DataFrame(
        {
            "line": lines,
            "figure": pointed["series"] + " " + pointed.groupby("series").cumcount().add(1).astype(str),
            "reference_date": pointed["reference_date"],
            "million": pointed["million"],
            "low_million": float("nan"),
            "high_million": float("nan"),
            "source_id": pointed["source_id"],
        }
    ).sort_values("line", kind="stable")
    own = pd.DataFrame(
        {
            "line": of_model["configuration"],
            "figure": MODEL,
            "reference_date": of_model["reference_date"],
            "million": of_model["median"],
            "low_million": of_model[f"low_{BAND}"],
            "high_million": of_model[f"high_{BAND}"],
            "source_id": of_model["source_id"],
        }
    )
    return pd.concat([own, rows] if len(own) else [rows], ignore_index=True)


def charts(year: int) -> list[Chart]:
    """Return the descriptions of both charts."""
    return [
        Chart(
            kind="forest",
            table="beside_year",
            title=f"Unauthorized resident population around 1 January {year}: published, and this model",
            columns={
                "y": "estimate",
                "x": "million",
                "low": "low_million",
                "high": "high_million",
                "color": "family",
            },
            unit="million persons",
            note="A published figure has the interval that its publisher gives, if any; the model's say their share.",
        ),
        Chart(
            kind="line",
            table="beside_time",
            title="Unauthorized resident population over time: published, and this model",
            columns={
                "x": "reference_date",
                "y": "million",
                "color": "line",
                "detail": "figure",
                "low": "low_million",
                "high": "high_million",
            },
            unit="million persons",
            note=f"Bands hold {BAND} % of draws; published figures are points, as releases differ in level.",
        ),
    ]
