"""Published estimates of the unauthorized resident population, by vintage, and their splits."""

from __future__ import annotations

import datetime as dt
import hashlib
import re

import pandas as pd
import pycountry

from ledger_build.draft import Draft, Row, Source, as_json
from ledger_build.facts import joined
from ledger_build.periods import last_of_month

TOTALS = "stock/published_stock_estimates.csv"
SPLITS = "stock/stock_by_country_state.csv"

_OFFICES = {"INS", "DHS OIS", "DHS OHSS"}
_MONTH = "|".join(("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"))
_MONTHS = _MONTH.split("|")
#: Publications whose day is not in their own text but in the address or text of the page beside them.
_DATED_BY_PAGE = {
    "Warren 2020": dt.date(2020, 2, 26),
    "Warren 2020 (1.2M decline to 2018)": dt.date(2020, 2, 26),
    "Warren 2020 Reverse Migration to Mexico": dt.date(2020, 2, 26),
    "Warren 2021": dt.date(2021, 3, 31),
    "Passel & Cohn 2017": dt.date(2017, 5, 31),
    "INS earlier estimate": dt.date(2002, 12, 31),
    "DHS OIS January 2005 report, Table 3": dt.date(2006, 3, 27),
    "Hoefer, Rytina & Campbell / Baker, DHS OIS (Jan 2005 report and later)": dt.date(2006, 3, 27),
    "Fazel-Zarandi, Feinstein & Kaplan 2018 PLOS ONE 13(9):e0201193": dt.date(2018, 9, 30),
    "Van Hook, Morse, Capps & Gelatt 2021 Demography 58(6):2315-2336": dt.date(2021, 12, 31),
    "Baker & Rytina, January 2012": dt.date(2013, 3, 31),
    "DHS OIS January 2006": dt.date(2007, 8, 31),
    "DHS OIS January 2009": dt.date(2010, 1, 31),
    "DHS OIS January 2011": dt.date(2012, 3, 31),
}
#: The figures of CRS come from an edition of February 2007 and one of September 2011.
_CRS = ((2005, dt.date(2007, 2, 28)), (2010, dt.date(2011, 9, 30)))
_INTERVALS = {
    "90% CI +/-0.125": "90 % confidence",
    "90% CI": "90 % confidence",
    "95% probability interval as reported in press": "95 % probability, as press reports it",
    "range on therandomtexan blog": "range as a blog states it",
    "50%": "50 % of simulations",
    "95%": "95 % of simulations",
}
#: (publisher, publication) → the pages on which its figures were read.
Pages = dict[tuple[str, str], list[str]]
_COUNTRIES = {"Korea": "KOR", "Vietnam": "VNM", "Venezuela": "VEN"}
_STATES = {"California": "CA", "Texas": "TX", "Florida": "FL", "New York": "NY", "Illinois": "IL", "Georgia": "GA"}


def add_stock(draft: Draft) -> None:
    """Add totals, splits by origin and state, shares and changes."""
    pages = _pages(draft)
    _totals(draft, pages)
    _splits(draft, pages)


def reference_day(text: str) -> tuple[dt.date, bool]:
    """Return the day that an estimate is of, and whether it is assumed.

    >>> reference_day("2010-01"), reference_day("2019-mid")
    ((datetime.date(2010, 1, 1), False), (datetime.date(2019, 7, 1), False))
    """
    if found := re.match(r"^(\d{4})-(\d{2})$", text):
        return dt.date(int(found.group(1)), int(found.group(2)), 1), False
    return dt.date(int(text[:4]), 7, 1), not text.endswith("-mid")


def publication_day(publication: str, reference: dt.date, lag: int) -> tuple[dt.date, bool]:
    """Return the day from which a publication could be read, and whether it is assumed.

    A full date is taken as it is; a month means its last day; a bare year its last day; without either the
    measure's lag counts from the reference day.
    """
    if publication.startswith("CRS"):
        return next(day for year, day in _CRS if reference.year <= year), True
    if publication in _DATED_BY_PAGE:
        return _DATED_BY_PAGE[publication], publication != "Warren 2020 Reverse Migration to Mexico"
    if found := re.search(rf"\b(\d{{1,2}}) ({_MONTH})[a-z]* (\d{{4}})", publication):
        return dt.date(int(found.group(3)), _MONTHS.index(found.group(2)) + 1, int(found.group(1))), False
    # "January 2012" in a DHS title is the day of the estimate; the month of issue is abbreviated or in brackets.
    found = re.search(rf"\(({_MONTH}) (\d{{4}})\)", publication) or re.search(rf"\b({_MONTH}) (\d{{4}})\b", publication)
    if found:
        return last_of_month(int(found.group(2)), _MONTHS.index(found.group(1)) + 1), True
    if "January" in publication and not re.search(r"\(\d{4}\)", publication):
        return reference + dt.timedelta(days=lag), True
    in_brackets = re.search(r"\((\d{4})\)$", publication)
    bare = re.findall(r"\b(?:19|20)\d{2}\b", re.sub(r"\(.*?\)", "", publication))
    if in_brackets or bare:
        return dt.date(int(in_brackets.group(1) if in_brackets else bare[-1]), 12, 31), True
    return reference + dt.timedelta(days=lag), True


def estimate_source(draft: Draft, publisher: str, publication: str, pages: Pages) -> str:
    """Register a publication as a source; pages on which it was read go into the note."""
    digest = hashlib.sha256(f"{publisher}\n{publication}".encode()).hexdigest()[:6]
    stem = re.sub(r"[^a-z0-9]+", "_", re.sub(r"\(.*?\)", "", publisher).lower()).strip("_")
    cited = re.search(r"cited by ([^,(]+)", publication)
    kind = "official_statistics" if publisher in _OFFICES or publisher.startswith(("CRS", "DHS", "INS")) else "academic"
    if publisher.startswith("Bear Stearns"):
        kind = "press"
    return draft.add_source(
        Source(
            source_id=f"{stem[:32].strip('_')}_{digest}",
            publisher=publisher,
            title=publication,
            kind=kind,
            licence="US federal government statistics (work of the US government)"
            if kind == "official_statistics"
            else "not stated",
            attributed_to=f"{cited.group(1).strip()}, who cite it" if cited else None,
            note="read at " + ", ".join(f'"{page}"' for page in pages[publisher, publication]),
        )
    )


def _million(text: str) -> float | None:
    return round(float(text) * 1e6) if text else None


def _totals(draft: Draft, pages: Pages) -> None:
    rows = draft.records(TOTALS)
    lag = draft.measures["unauthorized_population"].lag_days
    frames: dict[str, list[Row]] = {}
    for row in rows:
        if not (row["value_million"] or row["low_million"]):
            draft.leave_out(TOTALS, f"{row['series']}: no number was read", 1)
            continue
        if row["seen_as"].startswith("NOT SEEN"):
            draft.leave_out(TOTALS, f"{row['series']}: value not seen in its source", 1)
            continue
        day, day_assumed = reference_day(row["ref_date"])
        published, assumed = publication_day(row["publication"], day, lag)
        if day_assumed and published < day:
            day = dt.date(day.year, 1, 1)  # a publication of January cannot speak of July
        bound = row["series"].startswith("BearStearns")
        narrower = any(_same_cell(row, other) and _width(other) > _width(row) for other in rows)
        frames.setdefault(row["series"], []).append(
            {
                "period_start": day,
                "period_end": day,
                "value": _million(row["value_million"]),
                "low": _million(row["low_million"]),
                "high": _million(row["value_million"]) if bound else _million(row["high_million"]),
                "interval": "upper bound (may be as high as)" if bound else _INTERVALS.get(row["interval"]),
                "place": "USA",
                "attributes": as_json({"method": row["method"], "interval": row["interval"] if narrower else ""}),
                # One title words the population otherwise; it stands whole among the sources.
                "vintage": row["publication"].replace("Illegal Alien Population ", ""),
                "source_id": estimate_source(draft, row["publisher"], row["publication"], pages),
                "published": published,
                "published_is_assumed": assumed,
                "note": joined(
                    "day of the year assumed" if day_assumed else None,
                    f"seen as {row['seen_as']}",
                    row["caveat"],
                ),
            }
        )
    for series, cells in frames.items():
        draft.observe(TOTALS, "unauthorized_population", series, None, pd.DataFrame(cells))


def _width(row: Row) -> float:
    """Return how wide the interval of an estimate is; of two intervals the narrower one is marked as such."""
    return float(row["high_million"] or 0) - float(row["low_million"] or 0)


def _same_cell(one: Row, other: Row) -> bool:
    return all(one[name] == other[name] for name in ("series", "ref_date", "publication"))


def _splits(draft: Draft, pages: Pages) -> None:
    publishers, methods = _by_series(draft, "publisher"), _by_series(draft, "method")
    groups: dict[tuple[str, str], list[Row]] = {}
    page = ""
    for row in draft.records(SPLITS):
        page = page if row["source_page"] == "same" else row["source_page"]
        publisher = publishers[row["series"].removesuffix("_change")]
        measure, place, nationality = "unauthorized_population", "USA", "ALL"
        attributes = {"method": methods[row["series"].removesuffix("_change")]}
        if row["area_type"] == "state" and row["area"] in _STATES:
            place = f"US-{_STATES[row['area']]}"
        elif row["area_type"] == "state":
            attributes["states"] = row["area"].replace("+", ",")
        elif code := _country(row["area"]):
            nationality = code
        else:
            attributes["birth_region"] = _region(row["area"])
        value = float(row["value_thousand"]) * 1e3 if row["value_thousand"] else None
        day, day_assumed = reference_day(row["ref"]) if "change" not in row["ref"] else (dt.date(2023, 7, 1), True)
        start = day
        if row["series"].endswith("_change"):
            measure, start = "unauthorized_population_change", dt.date(2020, 7, 1)
        elif value is None:
            measure, value = "unauthorized_population_share", float(row["share_pct"])
        published, assumed = publication_day(row["publication"], day, draft.measures[measure].lag_days)
        share = f"{row['share_pct']} per cent of the total" if row["share_pct"] and row["value_thousand"] else None
        groups.setdefault((measure, row["series"]), []).append(
            {
                "period_start": start,
                "period_end": day,
                "value": value,
                "place": place,
                "nationality": nationality,
                "attributes": as_json(attributes),
                "vintage": row["publication"],
                "source_id": estimate_source(draft, publisher, row["publication"], pages),
                "published": published,
                "published_is_assumed": assumed,
                "note": joined(
                    share,
                    "day of the year assumed" if day_assumed else None,
                    row["note"],
                ),
            }
        )
    for (measure, series), cells in groups.items():
        draft.observe(SPLITS, measure, series, None, pd.DataFrame(cells))


def _pages(draft: Draft) -> Pages:
    found: Pages = {}
    publishers = _by_series(draft, "publisher")
    for file in (TOTALS, SPLITS):
        page = ""
        for row in draft.records(file):
            page = page if row["source_page"] == "same" else row["source_page"]
            publisher = row.get("publisher") or publishers[row["series"].removesuffix("_change")]
            known = found.setdefault((publisher, row["publication"]), [])
            if page not in known:
                known.append(page)
    return found


def _by_series(draft: Draft, column: str) -> dict[str, str]:
    totals = draft.read(TOTALS).drop_duplicates("series")
    return dict(zip(totals["series"], totals[column], strict=True))


def _country(area: str) -> str | None:
    if area in _COUNTRIES:
        return _COUNTRIES[area]
    country = pycountry.countries.get(name=area)
    return str(country.alpha_3) if country else None


def _region(area: str) -> str:
    return "outside Mexico" if area == "non-Mexico" else area.replace("+", ", ")
