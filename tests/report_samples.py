"""Synthetic answers with every kind of chart, as large as real ones; no figure in them is a fact.

The tests of the report read this file with :func:`runpy.run_path`, as test files do not import each other.
"""

import datetime as dt

import numpy as np
import pandas as pd

from vado.answer import Answer, Chart, MadeBy

NATIONALITIES = ["MEX", "GTM", "HND", "SLV", "HTI", "VEN", "CUB", "NIC", "COL", "ECU", "PER", "BRA", "OTH"]
ORIGIN = pd.Timestamp("2021-09-30")
MADE_BY = MadeBy("vado run --seed 7", 7, {"vado": "0.1.0", "ledger": "2024-11", "numpy": "2.4"})
PLACES = [
    ("San Diego", 32.55, -116.9, "Border Patrol sector", 14200),
    ("El Centro", 32.67, -115.5, "Border Patrol sector", 5100),
    ("Yuma", 32.7, -114.6, "Border Patrol sector", 17300),
    ("Tucson", 31.6, -111.0, "Border Patrol sector", 19800),
    ("El Paso", 31.75, -106.45, "Border Patrol sector", 21100),
    ("Big Bend", 29.6, -103.9, "Border Patrol sector", 2900),
    ("Del Rio", 29.36, -100.9, "Border Patrol sector", 43600),
    ("Laredo", 27.5, -99.5, "Border Patrol sector", 9800),
    ("Rio Grande Valley", 26.1, -98.25, "Border Patrol sector", 54700),
    ("Port of San Ysidro", 32.54, -117.03, "port of entry", 3100),
    ("Port of Nogales", 31.33, -110.94, "port of entry", 900),
    ("Port of El Paso", 31.76, -106.48, "port of entry", 1200),
    ("Port of Laredo", 27.5, -99.51, "port of entry", None),
    ("Darién", 8.4, -77.4, "transit", 25300),
]
PUBLISHERS = [
    "Department of Homeland Security",
    "Pew Research Center",
    "Center for Migration Studies",
    "Migration Policy Institute",
    "Yale and MIT",
    "Congressional Budget Office",
    "Census Bureau",
    "Urban Institute",
    "National Academies",
    "Bear Stearns",
    "Immigration and Naturalization Service",
    "University of Nowhere",
    "General Accounting Office",
]


def source(name: str, **more: object) -> dict[str, object]:
    """Return a source of this id."""
    base = {
        "source_id": name,
        "publisher": f"Publisher of {name}",
        "title": f"Monthly figures <{name}> & notes",
        "url": f"https://example.org/{name}",
        "licence": "public domain",
    }
    return {**base, **more}


def fan_tables(later_months: int = 8) -> dict[str, pd.DataFrame]:
    """Return a forecast of 12 months by 13 nationalities, and what was observed around it."""
    draw = np.random.default_rng(1)
    forecast, observed = [], []
    for number, nationality in enumerate(NATIONALITIES):
        level = 70000 / (1 + number) ** 1.1
        walk = level * np.exp(np.cumsum(draw.normal(0, 0.16, 36 + 12)))
        months = pd.date_range(ORIGIN - pd.DateOffset(months=35), periods=48, freq="ME")
        for month, value in zip(months[: 36 + later_months], walk, strict=False):
            observed.append((month, nationality, round(value), "cbp"))
        for horizon in range(1, 13):
            row: dict[str, object] = {"target_end_date": months[35 + horizon], "nationality": nationality}
            row["median"] = walk[35] * (1 + 0.01 * horizon)
            for share, z in ((50, 0.67), (80, 1.28), (90, 1.64), (95, 1.96)):
                spread = np.exp(z * 0.17 * horizon**0.5)
                row |= {f"low_{share}": row["median"] / spread, f"high_{share}": row["median"] * spread}
            forecast.append(row | {"source_id": "model;cbp"})
    columns = ["target_end_date", "nationality", "value", "source_id"]
    return {"forecast": pd.DataFrame(forecast), "observed": pd.DataFrame(observed, columns=columns)}


def fan_columns(*more: str) -> dict[str, str]:
    """Return the roles of a fan over :func:`fan_tables`."""
    ends = [f"{end}_{share}" for share in (50, 80, 90, 95) for end in ("low", "high")]
    return {"x": "target_end_date", "median": "median", **{e: e for e in ends}, **dict.fromkeys(more, "nationality")}


def forecast_answer() -> Answer:
    """Return a forecast with facets, one with a single panel, a map and the record of past forecasts."""
    draw = np.random.default_rng(3)
    tables = fan_tables()
    tables["places"] = pd.DataFrame(PLACES, columns=["place", "latitude", "longitude", "kind", "encounters"]).assign(
        source_id="cbp"
    )
    tables["record"] = pd.DataFrame(
        [
            (f"{h}", member, float(np.exp(draw.normal(0.05 * h - 0.2, 0.25))), "model")
            for member in ("ensemble", "random walk", "seasonal random walk", "ETS", "corridor")
            for h in range(1, 13)
        ],
        columns=["horizon", "member", "relative_score", "source_id"],
    )
    return Answer(
        question="How many people are coming: who, where, when?",
        as_of=dt.date(2021, 10, 20),
        summary=["About 160,000 encounters are expected in October 2021.", "Half of the forecasts lie within a tenth."],
        tables=tables,
        charts=[
            Chart("fan", "forecast", "Encounters by nationality", fan_columns("facet"), overlay="observed",
                  unit="encounters", note="An encounter is not a person."),
            Chart("fan", "forecast", "Encounters of Haitians", fan_columns(), where={"nationality": "HTI"},
                  overlay="observed", unit="encounters"),
            Chart("map", "places", "Encounters in September 2021",
                  {"latitude": "latitude", "longitude": "longitude", "size": "encounters", "color": "kind",
                   "label": "place"}, unit="events"),
            Chart("heatmap", "record", "Error relative to random walk, by months ahead",
                  {"x": "horizon", "y": "member", "value": "relative_score"}, reference=1.0,
                  note="Below 1 (blue) is better than random walk."),
        ],
        sources=[source("cbp"), source("model", url="", attributed_to="Somebody <else>")],
        assumed=[{"name": "border.repeat_delay", "value": 6.5, "unit": "days", "note": "nobody published it"}],
        caveats=["Release dates are assumed.", "Counts are of events & <not> of persons."],
        made_by=MADE_BY,
    )  # fmt: skip


def stock_answer() -> Answer:
    """Return some sixty rival estimates from 3.5 to 22 million, lines with intervals, and bars."""
    draw = np.random.default_rng(2)
    rows = []
    for number in range(60):
        publisher = PUBLISHERS[number % len(PUBLISHERS)]
        middle = float(np.clip(draw.lognormal(np.log(10.8e6), 0.35), 3.5e6, 22e6))
        width = draw.uniform(0.05, 0.3)
        name = f"{publisher} {1990 + number // 2}"
        low, high = middle * (1 - width), middle * (1 + width)
        if number % 4 == 0:
            rows.append((name, middle, None, None, publisher))
        elif number % 9 == 0:
            rows.append((name, None, low, high, publisher))
        else:
            rows.append((name, middle, low, high, publisher))
    rivals = pd.DataFrame(rows, columns=["estimate", "persons", "low", "high", "publisher"]).assign(
        source_id=[f"paper{n % 7}" for n in range(60)]
    )
    rivals.loc[5, "estimate"] = rivals.loc[4, "estimate"]
    years = [
        (year, method, 3.5e6 + 4.4e5 * (year - 1990) * factor, "model")
        for method, factor in (("residual", 0.8), ("inflow–outflow", 1.3), ("reconciled", 1.0))
        for year in range(1990, 2023)
    ]
    series = pd.DataFrame(years, columns=["year", "method", "persons", "source_id"])
    series = series.assign(low=series["persons"] * 0.9, high=series["persons"] * 1.12)
    shares = pd.DataFrame(
        [("Mexico", 5.1e6), ("El Salvador", 7.4e5), ("Guatemala", 7.3e5), ("India", 4.0e5), ("Honduras", 4.9e5)],
        columns=["country_of_birth", "persons"],
    ).assign(source_id="paper1")
    monthly = pd.DataFrame(
        [(m, t, v * (1 + k), "cbp") for k, t in enumerate(("detained", "returned"))
         for m, v in zip(pd.date_range("2021-01-31", periods=9, freq="ME"), range(8000, 26000, 2000), strict=True)],
        columns=["period_end", "what", "events", "source_id"],
    )  # fmt: skip
    return Answer(
        question="How many people live here without legal status, and how sure can anyone be?",
        as_of=dt.date(2022, 6, 1),
        summary=["Published estimates reach from 3.5 to 22 million."],
        tables={"rivals": rivals, "series": series, "shares": shares, "monthly": monthly},
        charts=[
            Chart("forest", "rivals", "Rival estimates of the unauthorized resident population",
                  {"y": "estimate", "x": "persons", "low": "low", "high": "high", "color": "publisher"},
                  unit="persons"),
            Chart("line", "series", "The same question, three ways of counting",
                  {"x": "year", "y": "persons", "low": "low", "high": "high", "color": "method"}, unit="persons"),
            Chart("bar", "shares", "By country of birth", {"x": "country_of_birth", "y": "persons"}, unit="persons"),
            Chart("bar", "monthly", "Events in Mexico", {"x": "period_end", "y": "events", "color": "what"},
                  unit="events"),
        ],
        sources=[source("cbp"), source("model", url=""), *(source(f"paper{n}") for n in range(7))],
        assumed=[],
        caveats=["Estimates differ in what they count."],
        made_by=MADE_BY,
    )  # fmt: skip


def answers() -> list[Answer]:
    """Return both answers; together they have every kind of chart."""
    return [forecast_answer(), stock_answer()]
