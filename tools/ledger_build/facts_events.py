"""Dated happenings: caravans, visa rules and policies; H-2 visas by year; distances that pages state."""

from __future__ import annotations

import datetime as dt

from ledger_build.draft import Draft, Row
from ledger_build.facts import Facts, joined, reading, short
from ledger_build.periods import date_in_address, span

CARAVANS = "flows/mx_caravan_facts.csv"
POLICIES = "flows/visa_and_policy_dates.csv"
DISTANCES = "flows/stated_travel_distances.csv"

_SIZES = {"departure_size": "departure", "caravan_size": "on the way", "size_at_dissolution": "dissolution"}
_VISA_SERIES = {
    "visas_issued_all_nationalities": ("fiscal_year", "ALL"),
    "visas_issued_mexicans": ("fiscal_year_mexico", "MEX"),
    "granted_to_mexicans_year_to_date": ("year_to_date_mexico", "MEX"),
    "visas_issued_month": ("month", "ALL"),
}
#: A distance does not change: where its page is not dated, the end of the year that most pages are of stands in.
_UNDATED = dt.date(2021, 12, 31)


def add_events(draft: Draft) -> None:
    """Add caravans, policies and distances."""
    _caravans(draft)
    _policies(draft)
    _distances(draft)


def _caravans(draft: Draft) -> None:
    facts = Facts(draft, CARAVANS)
    events: list[Row] = []
    for row in draft.records(CARAVANS):
        start, end, precision = span(row["date"])
        source = draft.page(row["source_url"], row["attributed_to"])
        unit, numbers = row["unit"], row["value"].split(";") if row["value"] else [""]
        value_type, note = row["value_type"], row["note"]
        if unit.startswith('share "'):
            unit, note = "", joined("nearly half", note)
        if row["metric"] in _SIZES:
            for place, number in enumerate(numbers, start=1):
                attributes = {
                    "caravan": row["caravan_id"],
                    "moment": _SIZES[row["metric"]],
                    "at": row["place"],
                    "whose": short(row["attributed_to"]),
                    "group": str(place) if len(numbers) > 1 else "",
                }
                facts.add(
                    "caravan_size",
                    "reported",
                    reading(number, value_type),
                    start=start,
                    end=end,
                    source_id=source,
                    address=row["source_url"],
                    note=note,
                    attributes=attributes,
                    place=row["country_iso3"],
                )
        for number, kind in _split_range(numbers, value_type):
            counted = bool(number) and unit != "event"
            events.append(
                {
                    "subject": f"caravan_{row['caravan_id']}",
                    "jurisdiction": row["country_iso3"],
                    "title": f"Caravan {row['caravan_id'].replace('_', ' ')}, at {row['place']}",
                    "event": row["metric"],
                    "date": start,
                    "date_precision": precision,
                    "value": float(number) if counted else None,
                    "unit": unit if counted else None,
                    "value_type": kind,
                    "source_id": source,
                    "note": joined(f"at {row['place']}", note),
                }
            )
    facts.finish()
    draft.add(CARAVANS, "events", events)


def _split_range(numbers: list[str], value_type: str) -> list[tuple[str, str]]:
    """Return one entry a number; a range becomes its two ends, since an event holds one value."""
    if value_type == "range" and "-" in numbers[0]:
        low, high = numbers[0].split("-")
        return [(low, "range_low"), (high, "range_high")]
    return [(number, value_type) for number in numbers]


def _policies(draft: Draft) -> None:
    facts = Facts(draft, POLICIES)
    events: list[Row] = []
    for row in draft.records(POLICIES):
        start, end, precision = span(row["date"])
        until = span(row["date_end"])[1] if row["date_end"] else None
        source = draft.page(row["source_url"])
        if row["event"] in _VISA_SERIES:
            series, nationality = _VISA_SERIES[row["event"]]
            facts.add(
                "temporary_work_visas",
                series,
                reading(row["value"], row["value_type"]),
                start=start,
                end=until or end,
                source_id=source,
                address=row["source_url"],
                note=row["note"],
                attributes={"class": {"h2a": "H-2A", "h2b": "H-2B"}[row["policy_id"]]},
                place="USA",
                nationality=nationality,
            )
            continue
        events.append(
            {
                "subject": row["policy_id"],
                "jurisdiction": row["jurisdiction"].partition("-")[0],
                "title": row["policy"],
                "event": row["event"],
                "date": start,
                "date_end": until,
                "date_precision": precision,
                "value": float(row["value"]) if row["value"] else None,
                "unit": row["unit"] or None,
                "value_type": row["value_type"],
                "source_id": source,
                "note": row["note"].replace("unlawful", "irregular"),
            }
        )
    facts.finish()
    draft.add(POLICIES, "events", events)


def _distances(draft: Draft) -> None:
    rows: list[Row] = []
    for row in draft.records(DISTANCES):
        published = date_in_address(row["source_url"])
        note = joined(
            row["mode"],
            f"{row['stated_hours']} hours" if row["stated_hours"] else None,
            f"great circle {row['great_circle_km']} km",
            row["note"],
        )
        rows.append(
            {
                "name": f"road_distance:{row['from_place_id']}:{row['to_place_id']}",
                "unit": "km",
                "value": float(row["stated_distance_km"]),
                "source_id": draft.page(row["source_url"]),
                "status": "quoted",
                "published": published[0] if published else _UNDATED,
                "published_is_assumed": published is None or not published[1],
                "note": note,
            }
        )
    draft.add(DISTANCES, "parameters", rows)
