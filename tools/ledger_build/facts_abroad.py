"""Figures quoted for Mexico and the countries before it: asylum, first releases, states, and travel by air."""

from __future__ import annotations

import datetime as dt

from ledger_build.draft import Draft, Row
from ledger_build.facts import Facts, reading, short
from ledger_build.periods import span

COMAR = "flows/mx_comar_inm_published_facts.csv"
STATES = "flows/mx_irregular_events_by_state_facts.csv"
AIR = "flows/co_air_entry_facts.csv"

_STATE_CODES = {
    "Tabasco": "MX-TAB",
    "Chiapas": "MX-CHP",
    "Sonora": "MX-SON",
    "Chihuahua": "MX-CHH",
    "Tamaulipas": "MX-TAM",
    "Coahuila": "MX-COA",
}
#: The page says that its figures are those of July 2024.
_KNOWN_DAYS = {
    "https://mayacomunicacion.com.mx/honduras-lidera-solicitudes-de-refugio-en-mexico-con-172596-desde-2019": dt.date(
        2024, 7, 31
    )
}
#: Metric of the air file: measure, series, place (empty: that of the row), attributes.
_AIR: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "entries_by_air": ("air_entries", "segob_quoted", "", {}),
    "refused_at_airports": ("refused_entries_at_airports", "all_airports", "", {}),
    "refused_cancun_from_caracas_flights": (
        "refused_entries_at_airports",
        "cancun",
        "mex_cancun",
        {"flights_from": "Caracas"},
    ),
    "refused_cancun_airport": ("refused_entries_at_airports", "cancun", "mex_cancun", {}),
    "departures_from_ecuador_to_mexico": ("departures_to_mexico", "ministries_quoted", "ECU", {}),
    "flew_and_did_not_return": ("departures_without_return", "press_quoted", "ECU", {}),
    "flew_and_did_not_return_per_month": ("departures_without_return_per_month", "press_quoted", "ECU", {}),
    "border_patrol_detentions": ("usbp_encounters", "quoted", "USA", {}),
    "southwest_encounters": ("sw_encounters", "quoted", "swb", {}),
    "darien_crossings": ("darien_transits", "quoted", "darien", {}),
    "encounters_near_yuma": ("usbp_encounters", "quoted", "Yuma", {"nationalities": "BRA,VEN"}),
    "san_diego_sector_apprehensions": ("usbp_encounters", "quoted", "San Diego", {}),
    "managua_airport_arrivals": ("airport_passengers", "press_quoted", "nic_managua", {"direction": "arrivals"}),
    "managua_airport_departures": ("airport_passengers", "press_quoted", "nic_managua", {"direction": "departures"}),
    "tourist_entries": ("tourist_entries", "press_quoted", "NIC", {}),
    "one_way_fare_copa": ("air_fare", "press_quoted", "NIC", {"carrier": "Copa", "from": "CUB"}),
    "flights_per_day_from_cuba": ("flights_per_day", "press_quoted", "NIC", {"from": "CUB"}),
    "charter_flights_port_au_prince_managua": ("charter_flights", "press_quoted", "NIC", {"from": "HTI"}),
    "irregular_entries_from_nicaragua": ("hn_entries", "quoted_from_nicaragua", "HND", {"entered_from": "NIC"}),
}


def add_facts_abroad(draft: Draft) -> None:
    """Add the figures of the three files."""
    _comar_and_first_releases(draft)
    _states(draft)
    _air(draft)


def _comar_and_first_releases(draft: Draft) -> None:
    facts = Facts(draft, COMAR, _KNOWN_DAYS)
    for row in draft.records(COMAR):
        start, end = span(row["period_start"])[0], span(row["period_end"])[1]
        vintage = "as_quoted"
        if row["metric"] == "comar_asylum_applications":
            measure = "comar_asylum_applications"
            whole_year = start.month == 1 and end.month == 12
            series = "comar_annual" if whole_year else "comar_year_to_date"
            if row["nationality_iso3"] != "ALL":
                series += "_nationality"
        elif row["metric"] == "inm_persons_identified_irregular":
            measure, series = "mx_events", "inm_communique"
        else:
            measure, series, vintage = "mx_events", "first_report", "published"
        facts.add(
            measure,
            series,
            reading(row["value"], "reported"),
            start=start,
            end=end,
            source_id=draft.page(row["source_url"], row["note"]),
            address=row["source_url"],
            vintage=vintage,
            place="MEX",
            nationality=row["nationality_iso3"],
        )
    facts.finish()


def _states(draft: Draft) -> None:
    facts = Facts(draft, STATES)
    for row in draft.records(STATES):
        state, _, office = row["mexican_state"].partition(": ")
        if row["metric"] == "upmrip_events" and state == "ALL":
            draft.leave_out(STATES, "the national figure is in mx_comar_inm_published_facts", 1)
            continue
        measure, note = "mx_events", None
        if row["metric"] == "upmrip_events_share":
            measure, series = "mx_events_share", "first_report"
        elif row["metric"] == "inm_persons_identified_share":
            series = "inm_day" if state == "ALL" else "inm_day_state"
        else:
            series = "first_report_office" if office else "first_report_state"
            if state == "Coahuila" and not office:
                note = "the five offices of the same page add up to 6,616, a thousand less"
        facts.add(
            measure,
            series,
            reading(row["value"], "reported"),
            start=span(row["period_start"])[0],
            end=span(row["period_end"])[1],
            source_id=draft.page(row["source_url"], "INM or UPMRIP, Mexico"),
            address=row["source_url"],
            note=note,
            attributes={"office": office},
            place="MEX" if state == "ALL" else _STATE_CODES[state],
        )
    facts.finish()


def _air(draft: Draft) -> None:
    facts = Facts(draft, AIR)
    for row in draft.records(AIR):
        metric = row["metric"]
        if metric == "regular_entries_all_modes":
            draft.leave_out(AIR, "sums of regular_entries, which is here in full", 1)
        elif metric == "example_itinerary_nights_in_cancun":
            draft.add(AIR, "events", [_itinerary(draft, row)])
        else:
            _air_figure(draft, facts, row)
    facts.finish()


def _air_figure(draft: Draft, facts: Facts, row: Row) -> None:
    measure, series, place, attributes = _AIR[row["metric"]]
    nationality = row["nationality_iso3"]
    if ";" in nationality:
        nationality = "ALL"
    if measure == "refused_entries_at_airports" and nationality == "ALL":
        series += "_total"
    if measure in {"charter_flights", "flights_per_day", "air_fare"}:
        nationality = "ALL"
    if measure == "air_entries" and row["attributed_to"] == "Por Esto":
        series = "press_quoted"
    dimensions = {"component": "USBP"} if measure == "usbp_encounters" else {}
    facts.add(
        measure,
        series,
        reading(row["value"], row["value_type"]),
        start=span(row["period_start"])[0],
        end=span(row["period_end"])[1],
        source_id=draft.page(row["source_url"], row["attributed_to"]),
        address=row["source_url"],
        note=row["note"],
        attributes=attributes | ({"whose": short(row["attributed_to"])} if series == "press_quoted" else {}),
        place=place or row["place_iso3"],
        nationality=nationality,
        **dimensions,
    )


def _itinerary(draft: Draft, row: Row) -> Row:
    return {
        "subject": "example_itinerary_colombia_2022",
        "jurisdiction": "MEX",
        "title": "A family's way from Colombia to the border by air",
        "event": "nights_in_cancun",
        "date": span(row["period_start"])[0],
        "date_precision": "month",
        "value": float(row["value"]),
        "unit": row["unit"],
        "value_type": row["value_type"],
        "source_id": draft.page(row["source_url"], row["attributed_to"]),
        "note": row["note"],
    }
