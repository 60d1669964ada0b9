"""Transits, entries, returns and deaths on the way, and the second corridor, from files of national offices."""

from __future__ import annotations

import re

import pandas as pd

from ledger_build.draft import Draft, attributes
from ledger_build.periods import months, years


def add_transit(draft: Draft) -> None:
    """Add the Darién, Honduras, Colombia, Guatemala, regular entries, deaths, and detections in Europe."""
    _darien(draft)
    _honduras(draft)
    _colombia(draft)
    _guatemala(draft)
    _regular_entries(draft)
    _deaths(draft)
    _europe(draft)


def route_place(route: str) -> str:
    """Return the place code of a route of Frontex.

    >>> route_place("Eastern Mediterranean Route")
    'frontex_eastern_mediterranean_route'
    """
    return "frontex_" + re.sub(r"[^a-z]+", "_", route.lower()).strip("_")


def _darien(draft: Draft) -> None:
    file = "flows/pa_darien_irregular_transits_monthly.csv"
    rows = draft.read(file)
    frame = months(rows["month"]).assign(place="darien", nationality=rows["nationality_iso3"], value=rows["transits"])
    draft.observe(file, "darien_transits", "snm_monthly", "snm_darien", frame)

    file = "flows/pa_darien_irregular_transits_annual_2010_2019.csv"
    rows = draft.read(file)
    frame = years(rows["year"]).assign(place="darien", nationality=rows["nationality_iso3"], value=rows["transits"])
    draft.observe(file, "darien_transits", "snm_annual", "snm_darien", frame)

    file = "flows/pa_darien_irregular_transits_demographics_monthly.csv"
    rows = draft.read(file)
    sex = rows["demographic"].map({"men": "male", "boys": "male", "women": "female", "girls": "female"})
    # Until 2022 men and women include children, so no age is stated for them.
    age = rows["demographic"].map({"boys": "child", "girls": "child"}).fillna("adult")
    age = age.where(rows["month"] >= "2023-01-01", "all ages")
    frame = months(rows["month"]).assign(
        place="darien", attributes=attributes(sex=sex, age=age), value=rows["transits"]
    )
    draft.observe(file, "darien_transits", "snm_sex_age", "snm_darien", frame)


def _honduras(draft: Draft) -> None:
    file = "flows/hn_irregular_entries_monthly.csv"
    rows = draft.read(file)
    frame = months(rows["month"]).assign(place="HND", nationality=rows["nationality_iso3"], value=rows["entries"])
    draft.observe(file, "hn_entries", "inm_nationality", "inm_honduras", frame)
    file = "flows/hn_irregular_entries_total_monthly.csv"
    rows = draft.read(file)
    frame = months(rows["month"]).assign(place="HND", value=rows["entries"])
    draft.observe(file, "hn_entries", "inm_total", "inm_honduras", frame)


def _colombia(draft: Draft) -> None:
    file = "flows/co_irregular_transits_monthly.csv"
    rows = draft.read(file)
    frame = months(rows["month"]).assign(place="COL", nationality=rows["nationality_iso3"], value=rows["transits"])
    draft.observe(file, "co_transits", "migracion_colombia", "migracion_colombia", frame)


def _guatemala(draft: Draft) -> None:
    file = "flows/gt_guatemalans_returned_monthly.csv"
    rows = draft.read(file)
    frame = months(rows["month"]).assign(
        place="GTM",
        nationality="GTM",
        attributes=attributes(sex=rows["sex"], age_group=rows["age_group"], returned_from=rows["returned_from_iso3"]),
        value=rows["guatemalans_returned"],
        note=rows["origin_imputed"].map({"1": "country of departure was blank and is set to USA"}).fillna(""),
    )
    draft.observe(file, "guatemalans_returned", "igm_monthly", "igm_returned", frame)


def _regular_entries(draft: Draft) -> None:
    file = "flows/americas_regular_entries_monthly_2022_2025.csv.gz"
    rows = draft.read(file)
    frame = months(rows["month"]).assign(
        place=rows["reporting_country_iso3"], nationality=rows["nationality_iso3"], value=rows["persons"]
    )
    draft.observe(file, "regular_entries", "national_authorities", "lighthouse_regular_entries", frame)


def _deaths(draft: Draft) -> None:
    file = "flows/iom_missing_migrants_americas_monthly.csv"
    rows = draft.read(file)
    common: pd.DataFrame = months(rows["month"]).assign(
        place=rows["country_iso3"], attributes=attributes(route=rows["route"], cause=rows["cause"])
    )
    source = "iom_missing_migrants"
    draft.observe(file, "migrant_deaths", source, source, common.assign(value=rows["dead_or_missing"]))
    draft.observe(file, "migrant_death_incidents", source, source, common.assign(value=rows["incidents"]))


def _europe(draft: Draft) -> None:
    file = "flows/eu_frontex_detections_monthly.csv.gz"
    rows = draft.read(file)
    frame = months(rows["month"]).assign(
        place=rows["route"].map(route_place),
        nationality=rows["nationality_iso3"],
        attributes=attributes(border_type=rows["border_type"]),
        value=rows["detections"],
    )
    draft.observe(file, "irregular_border_detections_eu", "frontex_monthly", "frontex_detections", frame)
