"""The camp under the bridge at Del Rio in September 2021: headcounts and what became of the people."""

from __future__ import annotations

import datetime as dt

from ledger_build.draft import Draft, Row
from ledger_build.facts import Facts, reading, short
from ledger_build.periods import span

FILE = "flows/del_rio_2021_camp_facts.csv"
_BRIDGE = "usa_del_rio_international_bridge_port_of_entry"
#: First day of the secretary's account, from which counts without a stated start run.
_START = dt.date(2021, 9, 9)
_FLIGHTS = dt.date(2021, 9, 19)
#: Figures that their page gives in hindsight.
_KNOWN_DAYS = {
    "2021-09-12 https://www.kdrv.com/content/news/12000-migrants-have-been-waiting-in-makeshift-camps-under-the-"
    "Del-Rio-bridge-in-Texas-575354671.html": dt.date(2021, 9, 19),
    "2021-09-30 https://reliefweb.int/report/haiti/migrant-returns-and-reception-assistance-haiti-air-and-sea-"
    "september-2022": dt.date(2022, 9, 30),
}

#: Metric: outcome, first day.
_OUTCOMES = {
    "moved_out_of_camp_cumulative": ("moved_out_of_camp", _START),
    "expelled_to_haiti_cumulative": ("expelled_to_haiti", _FLIGHTS),
    "moved_to_cbp_custody_or_other_sectors_cumulative": ("moved_to_custody_or_other_sectors", _FLIGHTS),
    "booked_into_usbp_system_since_sep18": ("registered_by_border_patrol", dt.date(2021, 9, 18)),
    "encountered_since_sep9": ("encountered", _START),
    "placed_before_immigration_judge": ("placed_before_immigration_judge", _START),
    "returned_to_mexico_voluntarily": ("returned_to_mexico", _START),
    "still_being_processed_by_dhs": ("still_being_processed", _START),
    "released_into_us": ("released", _START),
}
#: Metric: first day, attribute from.
_RETURNS = {
    "iom_assisted_returns_to_haiti_from_usa_cumulative_since_2021-02-01": (dt.date(2021, 2, 1), "USA"),
    "iom_assisted_returns_to_haiti_from_usa_cumulative_since_2021-09-19": (_FLIGHTS, "USA"),
    "iom_assisted_returns_to_haiti_all_countries_cumulative_since_2021-09-19": (_FLIGHTS, "all countries"),
    "iom_assisted_returns_to_haiti_all_countries_in_month": (dt.date(2021, 9, 1), "all countries"),
    "iom_assisted_returns_to_haiti_all_countries_calendar_year": (dt.date(2021, 1, 1), "all countries"),
}
_FLIGHT_COUNTS = {
    "expulsion_flights_to_haiti_departed",
    "expulsion_flights_cumulative",
    "flights_to_haiti_from_usa_cumulative_since_2021-09-19",
}
#: Metric: name of the event, unit.
_EVENTS = {
    "port_of_entry_closed": ("port_of_entry_closed", None),
    "agents_surged": ("agents_sent", "staff"),
    "staff_surged": ("staff_sent", "staff"),
}
_PRESENT = {
    "haitians_left_in_ciudad_acuna": ("mex_ciudad_acuna", ""),
    "haitians_casa_indi_shelter_monterrey": ("mex_monterrey", "Casa Indi"),
}


def add_del_rio(draft: Draft) -> None:
    """Add headcounts, outcomes, flights and returns, and the happenings of those days."""
    facts = Facts(draft, FILE, _KNOWN_DAYS)
    events: list[Row] = []
    for row in draft.records(FILE):
        metric = row["metric"]
        if metric == "usbp_detainees_held_over_72h_four_facilities_del_rio_sector":
            draft.leave_out(FILE, "the inspection's figure of March 2022 is in us_repeat_and_gotaway_facts", 1)
        elif metric in _EVENTS:
            events.append(_event(draft, row))
        else:
            _figure(draft, facts, row)
    facts.finish()
    draft.add(FILE, "events", events)


def _figure(draft: Draft, facts: Facts, row: Row) -> None:
    metric, whose = row["metric"], short(row["attributed_to"])
    start, end, _ = span(row["date"])
    measure, attributes, place, nationality = "camp_headcount", {"whose": whose}, _BRIDGE, "ALL"
    if metric == "camp_headcount":
        attributes |= {"time": row["time_local"], "value_type": row["value_type"]}
    elif metric == "camp_peak":
        measure, start = "camp_peak_headcount", _START
    elif metric in _OUTCOMES:
        measure, place = "camp_outcomes", _BRIDGE
        attributes["outcome"], start = _OUTCOMES[metric]
    elif metric in _RETURNS:
        measure, place, nationality = "returns_to_haiti", "HTI", "HTI"
        start, attributes["from"] = _RETURNS[metric]
        if metric.endswith("in_month"):
            end = dt.date(2021, 9, 30)
    elif metric in _FLIGHT_COUNTS:
        measure, place, start = "removal_flights", "USA", _FLIGHTS
        attributes |= {"flights": "expulsion", "to": "HTI"}
    elif metric == "expulsion_flights_per_day_capacity":
        measure, place = "removal_flights_per_day", "USA"
        attributes |= {"what": "capacity", "to": "HTI"}
    elif metric == "in_detention_border_patrol_del_rio":
        measure, place = "usbp_in_custody", "Del Rio"
    elif metric == "arrivals_per_8h_shift":
        measure = "camp_arrivals_per_shift"
    elif metric == "haitians_arrived_ciudad_acuna_in_week":
        measure, place, nationality = "arrivals_reported", "mex_ciudad_acuna", "HTI"
        start = end - dt.timedelta(days=6)
    elif metric in _PRESENT:
        measure, nationality = "people_present", "HTI"
        place, attributes["shelter"] = _PRESENT[metric]
    else:
        raise ValueError(f"{FILE}: unknown metric {metric!r}; say in facts_del_rio.py what it measures")
    facts.add(
        measure,
        "reported",
        reading(row["value"], row["value_type"]),
        start=start,
        end=end,
        source_id=draft.page(row["source_url"], row["attributed_to"]),
        address=row["source_url"],
        note="; ".join(part for part in (_leaked(row["value_type"]), row["note"]) if part),
        attributes=attributes,
        place=place,
        nationality=nationality,
    )


def _leaked(value_type: str) -> str:
    return "leaked" if value_type == "leaked" else ""


def _event(draft: Draft, row: Row) -> Row:
    name, unit = _EVENTS[row["metric"]]
    return {
        "subject": "del_rio_camp_2021",
        "jurisdiction": "USA",
        "title": "Camp under the Del Rio International Bridge",
        "event": name,
        "date": row["date"],
        "date_precision": "day",
        "value": float(row["value"]) if unit else None,
        "unit": unit,
        "value_type": row["value_type"] if unit else "reported",
        "source_id": draft.page(row["source_url"], row["attributed_to"]),
        "note": row["note"],
    }
