"""Repeat encounters, got-aways, custody, releases and flights: figures that US authorities gave or press obtained."""

from __future__ import annotations

import datetime as dt

from ledger_build.draft import Draft, Row
from ledger_build.facts import Facts, Reading, reading, short
from ledger_build.periods import span

REPEATS = "flows/us_repeat_and_gotaway_facts.csv"
CUSTODY = "flows/us_custody_release_removal_facts.csv"

_SCOPES = {
    "southwest border": "swb",
    "nine southwest sectors": "swb",
    "Border Patrol southwest": "swb",
    "nationwide": "USA",
    "all borders": "USA",
    "all Border Patrol": "USA",
    "not stated in release": "ALL",
    "CBP unaccompanied children": "USA",
    "Border Patrol unaccompanied children": "USA",
    "Rio Grande Valley sector unaccompanied children": "Rio Grande Valley",
    "El Paso sector unaccompanied children": "El Paso",
    "Rio Grande Valley Border Patrol facilities": "Rio Grande Valley",
    "El Paso area Border Patrol facilities": "El Paso",
    "Del Rio area, four facilities": "Del Rio",
    "Border Patrol family members": "USA",
    "Border Patrol": "USA",
    "El Paso": "usa_el_paso",
    **{f"{name} sector": name for name in ("Big Bend", "Del Rio", "El Centro", "El Paso")},
}
#: Metric: measure and attributes; the series follow in `_series`.
_METRICS: dict[str, tuple[str, dict[str, str]]] = {
    "unique_individuals": ("unique_individuals_encountered", {}),
    "unique_individuals_ven_cub_nic": ("unique_individuals_encountered", {"nationalities": "CUB,NIC,VEN"}),
    "unique_individuals_cub_nic": ("unique_individuals_encountered", {"nationalities": "CUB,NIC"}),
    "unique_individuals_mex_gtm_hnd_slv": (
        "unique_individuals_encountered",
        {"nationalities": "GTM,HND,MEX,SLV"},
    ),
    "unique_share_mex_gtm_hnd_slv": ("unique_individuals_share", {"nationalities": "GTM,HND,MEX,SLV"}),
    "share_with_prior_encounter_12_months": ("repeat_encounter_share", {}),
    "repeat_encounters": ("repeat_encounters", {}),
    "recidivism_rate": ("reapprehension_rate", {}),
    "recidivism_rate_title_42": ("reapprehension_rate", {}),
    "share_of_expulsions_person_ever_apprehended_before": (
        "reapprehension_pattern_share",
        {"of": "expulsions of people ever apprehended before"},
    ),
    "reapprehended_within_90_days": ("reapprehension_pattern_share", {"of": "re-apprehensions within 90 days"}),
    "apprehended_only_once": ("reapprehension_pattern_share", {"of": "people apprehended only once"}),
    "new_crossers_without_repeaters": ("new_crossers_estimate", {}),
    "known_gotaways": ("known_gotaways", {}),
    "turnbacks": ("turnbacks", {}),
    "apprehensions_preliminary": ("usbp_encounters", {}),
    "title_8_apprehensions": ("usbp_encounters", {}),
    "title_42_expulsions": ("usbp_encounters", {}),
    "successful_illegal_entries_estimate": ("undetected_entries_estimate", {}),
    "interdiction_effectiveness_apprehended_or_turned_back": ("interdiction_effectiveness", {}),
    "average_smuggler_fee": ("smuggler_fee", {}),
    "average_time_in_custody": ("custody_time", {}),
    "held_over_72_hours": ("held_over_72_hours", {}),
    "released_into_usa": ("us_releases", {"release": "all"}),
    "released_into_city": ("us_releases", {"release": "into the city"}),
    "released_notice_to_report": ("us_releases", {"release": "notice to report"}),
    "released_parole_with_conditions": ("us_releases", {"release": "parole with conditions"}),
}
#: These two rest on the same page as the parameters of the same meaning.
_IN_PARAMETERS = {"share_apprehended_or_interdicted", "share_deterred_after_repatriation"}

#: The report that this page describes is of September 2017.
_KNOWN_DAYS = {"https://defenseoversight.wola.org/clip/3650": dt.date(2017, 9, 30)}

_RELEASES = {
    "dhs_releases_southwest_border": "all by DHS",
    "cbp_releases_southwest_border": "all by CBP",
    "dhs_releases_southwest_border_cumulative": "all by DHS, cumulative",
    "notice_to_report_releases": "notice to report",
    "usbp_released_nta_own_recognizance": "own recognizance",
    "usbp_released_parole_atd": "parole with alternatives to detention",
}
_CITIES = ("harlingen_tx", "laredo_tx", "san_antonio_tx", "brownsville_tx", "alexandria_la")


def add_us_facts(draft: Draft) -> None:
    """Add the figures of both files."""
    _repeats(draft)
    _custody(draft)


def _repeats(draft: Draft) -> None:
    facts = Facts(draft, REPEATS, _KNOWN_DAYS)
    rows = draft.records(REPEATS)
    _first_reports(draft, facts, rows)
    for row in rows:
        metric = row["metric"]
        if metric.endswith("_first_report"):
            continue
        if metric in _IN_PARAMETERS:
            draft.leave_out(REPEATS, "ranges that stand among the parameters, from the same page", 1)
            continue
        measure, attributes = _METRICS[metric]
        start, end = span(row["period_start"])[0], span(row["period_end"])[1]
        whose = short(row["attributed_to"])
        attributes = dict(attributes)
        if measure in {"custody_time", "us_releases", "held_over_72_hours"}:
            attributes |= {"whose": whose, "scope": row["scope"]}
        if measure == "unique_individuals_encountered":
            attributes["scope"] = row["scope"]
        facts.add(
            measure,
            _series(measure, row),
            reading(row["value"], row["value_type"]),
            start=start,
            end=end,
            source_id=draft.page(row["source_url"], row["attributed_to"]),
            address=row["source_url"],
            note=row["note"],
            attributes=attributes,
            place=_SCOPES[row["scope"]],
            **_dimensions(measure, row),
        )
    facts.finish()


def _dimensions(measure: str, row: Row) -> dict[str, str]:
    known: dict[str, str] = {}
    if "title_42" in row["metric"]:
        known["legal_authority"] = "title_42"
    if "title_8" in row["metric"]:
        known["legal_authority"] = "title_8"
    if measure in {"usbp_encounters", "known_gotaways", "turnbacks"}:
        known["component"] = "USBP"
    if measure == "custody_time":
        known["household"] = "unaccompanied_minor"
    if "family members" in row["scope"]:
        known["household"] = "family_unit_individual"
    return known


def _series(measure: str, row: Row) -> str:
    credited, scope = row["attributed_to"], row["scope"]
    if measure == "usbp_encounters":
        return "preliminary_leak" if row["metric"] == "apprehensions_preliminary" else "quoted_fiscal_year"
    if measure == "turnbacks":
        return "preliminary_leak"
    if measure == "known_gotaways":
        if "FOIA" in credited:
            return "foia_fiscal_year"
        if "Center Square" in credited:
            return "preliminary_sector" if scope.endswith(" sector") else "preliminary_southwest"
        if "DHS OIS" in credited:
            return "dhs_ois_2017"
        return "border_patrol_chief" if "chief" in credited else "press"
    if measure in {"repeat_encounters", "repeat_encounter_share", "unique_individuals_encountered"}:
        return "cbp_monthly_update" if credited == "CBP monthly operational update" else "cbp_longer_period"
    return "reported"


def _first_reports(draft: Draft, facts: Facts, rows: list[Row]) -> None:
    """Add southwest encounters as first reported, and their two legal authorities where the release tells them."""
    expulsions = {row["period_start"]: row for row in rows if row["metric"] == "title_42_expulsions_first_report"}
    for row in rows:
        if row["metric"] != "encounters_first_report":
            continue
        if row["period_start"] == "2022-04-01":
            draft.leave_out(REPEATS, "the first total of April 2022 is the sum of the court report by area", 1)
            continue
        pieces = [("first_report", "ALL", float(row["value"]), row["note"])]
        if part := expulsions.get(row["period_start"]):
            expelled = float(part["value"])
            rest = float(row["value"]) - expelled
            series = "first_report_authority"
            pieces.append((series, "title_42", expelled, part["note"]))
            pieces.append((series, "title_8", rest, "printed total less Title 42 expulsions"))
        for series, authority, value, note in pieces:
            facts.add(
                "sw_encounters",
                series,
                Reading(value),
                start=span(row["period_start"])[0],
                end=span(row["period_end"])[1],
                source_id=draft.page(row["source_url"], row["attributed_to"]),
                address=row["source_url"],
                note=note,
                vintage="published",
                place="swb",
                legal_authority=authority,
            )


def _custody(draft: Draft) -> None:
    facts = Facts(draft, CUSTODY)
    credited = ""
    for row in draft.records(CUSTODY):
        # "same" repeats the line above; one note stands in the column of addresses.
        credited = credited if row["attributed_to"] == "same" else row["attributed_to"]
        address = row["source_url"] if row["source_url"].startswith("http") else ""
        note = None if address else row["source_url"]
        metric, whose = row["metric"], short(credited)
        start, end = span(row["period_start"])[0], span(row["period_end"])[1]
        placed = _custody_measure(metric, whose)
        if isinstance(placed, str):
            draft.leave_out(CUSTODY, placed, 1)
            continue
        measure, series, attributes, dimensions = placed
        facts.add(
            measure,
            series,
            reading(row["value"], row["value_type"]),
            start=start,
            end=end,
            source_id=draft.page(address, credited),
            address=address,
            note=note,
            attributes=attributes,
            **dimensions,
        )
    facts.finish()


def _custody_measure(metric: str, whose: str) -> str | tuple[str, str, dict[str, str], dict[str, str]]:
    """Return measure, series, attributes and dimensions of a metric, or the reason to leave it out."""
    by = {"whose": whose}
    if metric in _RELEASES:
        return "us_releases", "reported", {**by, "release": _RELEASES[metric]}, {"place": "swb"}
    if metric == "notice_to_report_persons_who_reported_to_ice":
        return "reported_to_ice_after_release", "reported", by, {"place": "USA"}
    if metric == "cbp_encounters_southwest_border_first_report":
        return "the first report of May 2022 is in us_repeat_and_gotaway_facts"
    if metric == "usbp_family_unit_apprehensions":
        dimensions = {"place": "USA", "household": "family_unit_individual", "component": "USBP"}
        return "usbp_encounters", "quoted_fiscal_year", {}, dimensions
    if metric == "expulsion_flights_to_haiti":
        return "the total of flights by city of departure, which are present"
    for city in _CITIES:
        if metric == f"expulsion_flights_to_haiti_from_{city}":
            flights = {**by, "flights": "expulsion", "to": "HTI", "from": city.replace("_", " ")}
            return "removal_flights", "reported", flights, {"place": "USA"}
    if metric == "expulsion_flights_to_haiti_per_day_max":
        return "removal_flights_per_day", "reported", {**by, "what": "maximum", "to": "HTI"}, {"place": "USA"}
    if metric.startswith("ice_air_"):
        kinds = {
            "ice_air_removal_flights": {"flights": "removal"},
            "ice_air_removal_flights_to_haiti": {"flights": "removal", "to": "HTI"},
            "ice_air_flights_all_types": {"flights": "all types"},
        }
        return "removal_flights", "reported", {**by, **kinds[metric]}, {"place": "USA"}
    if metric in {"persons_expelled_to_haiti", "persons_expelled_to_haiti_in_day"}:
        return "returns_to_haiti", "reported", {**by, "from": "USA"}, {"place": "HTI", "nationality": "HTI"}
    raise ValueError(f"{CUSTODY}: unknown metric {metric!r}; say in facts_us.py what it measures")
