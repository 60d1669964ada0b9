"""What goes into accounts of the resident population: admissions, removals, foreign-born residents, overstays."""

from __future__ import annotations

import datetime as dt
import hashlib
import re

import pandas as pd

from ledger_build.draft import Draft, Row, Source, as_json
from ledger_build.facts import joined
from ledger_build.periods import fiscal_year, fiscal_years, last_of_month, mid_years

FILE = "stock/inputs_annual.csv"

#: Series of the file: measure, series, source.
_FISCAL = {
    "lpr_admissions": ("lpr_admissions", "yearbook_2013", "yearbook_lpr"),
    "refugee_arrivals": ("refugee_arrivals", "yearbook_2013", "yearbook_refugees"),
    "apprehensions_all_DHS": ("apprehensions", "yearbook_2013", "yearbook_apprehensions"),
    "removals": ("removals", "yearbook_2013", "yearbook_removals"),
    "returns": ("returns", "yearbook_2013", "yearbook_removals"),
    "lpr_admissions_yb2021": ("lpr_admissions", "yearbook_2021", "yearbook_2021"),
    "refugee_arrivals_yb2021": ("refugee_arrivals", "yearbook_2021", "yearbook_2021"),
    "apprehensions_all_yb2021": ("apprehensions", "yearbook_2021", "yearbook_2021"),
    "removals_yb2021": ("removals", "yearbook_2021", "yearbook_2021"),
    "returns_yb2021": ("returns", "yearbook_2021", "yearbook_2021"),
}
#: Total of the file, its Mexican part, series, source.
_NATIONWIDE = (
    ("usbp_deportable_aliens_located", "usbp_deportable_mexican", "ins_yearbook", "ins_yearbook_60"),
    ("usbp_apprehensions_total", "usbp_apprehensions_mexican", "nationwide_annual", "usbp_fy2000_fy2014_readme"),
)
_SURVEYS = {"acs_foreign_born": "foreign_born", "acs_total_population": "population"}
#: Stocks in millions: measure, series (empty: one a report), publisher, day of publication by words in the source.
_STOCKS = {
    "foreign_born_pew_mil": ("foreign_born", "pew", "Pew Research Center"),
    "foreign_born_CPS_CIS_mil": ("foreign_born", "cis_cps", "Center for Immigration Studies"),
    "foreign_born_CRS_mil": ("foreign_born", "crs_cps", "Congressional Research Service"),
    "dhs_lpr_resident_stock_mil": ("lpr_resident_stock", "", "DHS Office of Immigration Statistics"),
    "dhs_resident_nonimmigrants_mil": ("resident_nonimmigrants", "dhs", "DHS Office of Immigration Statistics"),
}
_PUBLISHED = (
    ("Pew Jul 2024", dt.date(2024, 7, 31)),
    ("Pew Aug 2025", dt.date(2025, 8, 31)),
    ("Aug 2020", dt.date(2020, 8, 31)),
    ("Mar 2022", dt.date(2022, 3, 31)),
    ("Jun 2017", dt.date(2017, 6, 30)),
    ("Sep 2019", dt.date(2019, 9, 30)),
    ("Apr 2022", dt.date(2022, 4, 30)),
    ("Sep 2022", dt.date(2022, 9, 30)),
    ("OIS 2009", dt.date(2009, 12, 31)),
    ("OIS estimate 2010", dt.date(2010, 12, 31)),
)
_OVERSTAYS = {
    "total overstays, business/pleasure visitors by air and sea": "all overstays of visitors by air and sea",
    "suspected in-country overstays at end FY (1.07%), incl. students": "in the country at the end of the year, "
    "students included",
    "suspected in-country, first estimate (1.07%)": "in the country at the end of the year, first estimate",
    "same cohort, as of June 2016 (0.79%) - later departures shrink the count": "in the country in June 2016",
}


def add_stock_inputs(draft: Draft) -> None:
    """Add all series of the file but the shares of overstays, which are parameters."""
    rows = draft.read(FILE)
    for name, (measure, series, source) in _FISCAL.items():
        part = rows[rows["series"] == name]
        frame = fiscal_years(part["year"]).assign(place="USA", value=part["value"])
        draft.observe(FILE, measure, series, source, frame)
    _nationwide(draft, rows)
    for name, measure in _SURVEYS.items():
        part = rows[rows["series"] == name]
        frame = mid_years(part["year"]).assign(place="USA", value=part["value"])
        draft.observe(FILE, measure, "acs_1year", "acs_nativity", frame)
    _stocks(draft, rows)
    _overstays(draft, rows)


def _nationwide(draft: Draft, rows: pd.DataFrame) -> None:
    """Add apprehensions of Mexicans and of everyone else; the printed total is their sum."""
    for total, part, series, source in _NATIONWIDE:
        whole = rows[rows["series"] == total].set_index("year")["value"].astype(int)
        mexican = rows[rows["series"] == part].set_index("year")["value"].astype(int)
        pieces = []
        for code, values, note in (
            ("MEX", mexican, ""),
            ("OOO", whole - mexican, "printed total less Mexicans"),
        ):
            year = pd.Series(values.index.astype(str))
            pieces.append(
                fiscal_years(year).assign(
                    place="USA", nationality=code, component="USBP", value=values.to_numpy(), note=note
                )
            )
        draft.observe(FILE, "usbp_encounters", series, source, pd.concat(pieces, ignore_index=True))


def _stocks(draft: Draft, rows: pd.DataFrame) -> None:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows[rows["series"].isin(list(_STOCKS))].to_dict("records"):
        measure, series, publisher = _STOCKS[row["series"]]
        day, assumed_day = _day(row["year"])
        lag = draft.measures[measure].lag_days
        written = next((when for words, when in _PUBLISHED if words in row["source"]), None)
        published = max(written or day, day) if written else day + dt.timedelta(days=lag)
        digest = hashlib.sha256(f"{publisher}\n{row['source']}".encode()).hexdigest()[:6]
        source = draft.add_source(
            Source(
                source_id=f"{re.sub('[^a-z]+', '_', publisher.lower())}_{digest}",
                publisher=publisher,
                title=f"{draft.measures[measure].title}: {row['source']}",
                kind="academic" if publisher.startswith(("Pew", "Center")) else "official_statistics",
                published=written.isoformat()[:7] if written else None,
                note="read through another page, named in the title",
            )
        )
        report = re.search(r"\(([^()]*(?:OIS|Baker|Lee)[^()]*)\)", row["source"])
        name = series or "dhs_" + re.sub(r"[^a-z0-9]+", "_", (report.group(1) if report else "report").lower())
        groups.setdefault((measure, name), []).append(
            {
                "period_start": day,
                "period_end": day,
                "value": round(float(row["value"]) * 1e6),
                "place": "USA",
                "published": published,
                "published_is_assumed": True,
                "source_id": source,
                "vintage": "as_quoted",
                "note": joined("day of the year assumed" if assumed_day else None, row["note"]),
            }
        )
    for (measure, series), cells in groups.items():
        draft.observe(FILE, measure, series, None, pd.DataFrame(cells))


def _day(text: str) -> tuple[dt.date, bool]:
    if found := re.match(r"^(\d{4})-(\d{2})$", text):
        year, month = int(found.group(1)), int(found.group(2))
        return (dt.date(year, 1, 1) if month == 1 else last_of_month(year, month)), False
    if text.startswith("FY"):
        return fiscal_year(int(text[2:]))[1], True
    return dt.date(int(text), 7, 1), True


def _overstays(draft: Draft, rows: pd.DataFrame) -> None:
    cells: list[Row] = []
    for row in rows[rows["series"] == "visa_overstays"].to_dict("records"):
        start, end = fiscal_year(int(row["year"].removeprefix("FY")))
        in_2017 = "2017" in row["source"]
        cells.append(
            {
                "period_start": start,
                "period_end": end,
                "value": float(row["value"]),
                "place": "USA",
                "attributes": as_json({"definition": _OVERSTAYS[row["note"]]}),
                "published": dt.date(2017, 5, 31) if in_2017 else None,
                "published_is_assumed": True,
                "vintage": "as_quoted",
                "source_id": draft.mention(row["source"], "DHS entry/exit overstay report"),
                "note": row["note"],
            }
        )
    draft.observe(FILE, "visa_overstays", "dhs_entry_exit", None, pd.DataFrame(cells))
