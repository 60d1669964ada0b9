"""Places: towns and crossings of the list, and the aggregates in which offices count."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pycountry

from ledger_build.draft import Draft, Row
from ledger_build.facts import joined
from ledger_build.transit import route_place

FILE = "flows/places.csv"
OWN_LIST = "vado_place_list"

#: Sector to the town of its headquarters.
_HEADQUARTERS = {
    "San Diego": "usa_chula_vista",
    "El Centro": "usa_el_centro",
    "Yuma": "usa_yuma",
    "Tucson": "usa_tucson",
    "El Paso": "usa_el_paso",
    "Big Bend": "usa_marfa",
    "Del Rio": "usa_del_rio",
    "Laredo": "usa_laredo",
    "Rio Grande Valley": "usa_edinburg",
}
_OTHER_SECTORS = {
    "northern": ("Blaine", "Buffalo", "Detroit", "Grand Forks", "Havre", "Houlton", "Spokane", "Swanton"),
    "coastal": ("Livermore", "Miami", "New Orleans", "Ramey"),
}
_FIELD_OFFICES = {
    "San Diego Field Office": "usa_san_diego",
    "Tucson Field Office": "usa_tucson",
    "El Paso Field Office": "usa_el_paso",
    "Laredo Field Office": "usa_laredo",
}
_REGIONS = (
    ("swb", "Southwest land border of the United States", "USA", "nine sectors and four field offices"),
    ("northern", "Northern land border of the United States", "USA", "eight Border Patrol sectors"),
    ("coastal", "Coastal Border Patrol sectors", "USA", "Livermore, Miami, New Orleans and Ramey"),
    ("OFO", "All ports of entry of the southwest border together", "USA", "computed from the field offices"),
)
#: GeoNames' code of a Mexican state to ISO 3166-2.
_MEXICAN_ADMIN = {
    **{"02": "BCN", "05": "CHP", "06": "CHH", "07": "COA", "09": "CMX", "10": "DUR", "11": "GUA", "14": "JAL"},
    **{"15": "MEX", "16": "MIC", "19": "NLE", "20": "OAX", "21": "PUE", "23": "ROO", "24": "SLP", "25": "SIN"},
    **{"26": "SON", "27": "TAB", "28": "TAM", "30": "VER", "32": "ZAC"},
}
#: Capitals whose role in the list is another one.
_CAPITALS = {"MEX": "mex_mexico_city", "PAN": "pan_panama_city", "CRI": "cri_san_jose"}
_SOURCES = {"GeoNames": "geonames", "IOM": "iom_incident_points", "rfcku": "ports_of_entry_points"}


def add_places(draft: Draft) -> None:
    """Add towns and crossings, sectors, field offices, regions, states, routes and countries.

    Countries, states and routes are those that the observations and events name, so this comes last.
    """
    known = {row["place_id"]: row for row in draft.records(FILE)}
    draft.add(FILE, "places", [_town(row) for row in known.values()])
    draft.add("(own list)", "places", _aggregates(known))
    draft.add("(own list)", "places", _countries_and_states(draft, known))


def _town(row: Row) -> Row:
    roles = row["roles"].split(";")
    crossing = {"port_of_entry", "border_river_point"} & set(roles)
    parent, facing = None, None
    if row["country_iso3"] == "USA":
        parent = row["usbp_sector"] or (f"US-{row['admin1_code']}" if row["admin1_code"] else None)
    elif row["country_iso3"] == "MEX" and row["admin1_code"]:
        parent = f"MX-{_MEXICAN_ADMIN[row['admin1_code']]}"
        facing = f"faces Border Patrol sector {row['usbp_sector']}" if row["usbp_sector"] else None
    source = next((code for name, code in _SOURCES.items() if row["coordinate_source"].startswith(name)), OWN_LIST)
    # The list writes 0 where GeoNames has no count.
    population = float(row["population"]) if row["population"] not in {"", "0"} else None
    return {
        "place": row["place_id"],
        "name": row["name"],
        "kind": "crossing" if crossing else "town",
        "parent": parent,
        "country": row["country_iso3"],
        "latitude": float(row["latitude"]),
        "longitude": float(row["longitude"]),
        "population": population,
        "roles": row["roles"],
        "approximate": row["approximate"] == "1",
        "source_id": source,
        "note": joined(facing, row["note"]),
    }


def _aggregate(place: str, name: str, kind: str, **rest: Any) -> Row:
    return {"place": place, "name": name, "kind": kind, "approximate": False, "source_id": OWN_LIST, **rest}


def _at(known: dict[str, Row], town: str, what: str) -> Row:
    row = known[town]
    return {
        "latitude": float(row["latitude"]),
        "longitude": float(row["longitude"]),
        "note": f"coordinates are those of {row['name']}, {what}",
    }


def _aggregates(known: dict[str, Row]) -> list[Row]:
    rows = [_aggregate(code, name, "region", country=country, note=note) for code, name, country, note in _REGIONS]
    for sector, town in _HEADQUARTERS.items():
        at = _at(known, town, "the town of its headquarters")
        rows.append(_aggregate(sector, f"{sector} Sector", "sector", parent="swb", country="USA", **at))
    for region, sectors in _OTHER_SECTORS.items():
        rows += [
            _aggregate(sector, f"{sector} Sector", "sector", parent=region, country="USA", note="no coordinates")
            for sector in sectors
        ]
    for office, town in _FIELD_OFFICES.items():
        at = _at(known, town, "the town of the office")
        rows.append(_aggregate(office, office, "field_office", parent="swb", country="USA", **at))
    gap = _at(known, "pan_bajo_chiquito", "the first community on the Panamanian side")
    rows.append(
        _aggregate("darien", "Darién Gap", "crossing", parent="PAN", country="PAN", **gap) | {"approximate": True}
    )
    return rows


def _countries_and_states(draft: Draft, known: dict[str, Row]) -> list[Row]:
    observed = draft.table("observations")
    used = set(observed["place"]) | set(observed["nationality"])
    used |= {str(row["country_iso3"]) for row in known.values()}
    events = pd.DataFrame(draft.rows.get("events", []))
    used |= set(events["jurisdiction"].dropna()) if "jurisdiction" in events else set()
    parents = {f"US-{row['admin1_code']}" for row in known.values() if row["country_iso3"] == "USA"}
    used |= {code for code in parents if len(code) == 5}
    used |= {f"MX-{code}" for code in _MEXICAN_ADMIN.values()}
    capitals = {
        str(row["country_iso3"]): town for town, row in known.items() if "origin_capital" in row["roles"].split(";")
    } | _CAPITALS
    states = {state.code: state.name for state in pycountry.subdivisions if state.code[:3] in {"US-", "MX-"}}
    rows = []
    for code in sorted(used):
        if country := pycountry.countries.get(alpha_3=code):
            at = _at(known, capitals[code], "its capital") if code in capitals else {}
            name = getattr(country, "common_name", country.name)
            rows.append(_aggregate(code, name, "country", country=code, **at))
        elif code == "XKX":
            rows.append(_aggregate(code, "Kosovo", "country", country=code, note="code of the sources, not ISO 3166"))
        elif code in states:
            iso = {"US": "USA", "MX": "MEX"}[code[:2]]
            rows.append(_aggregate(code, states[code], "state", parent=iso, country=iso))
        elif code.startswith("frontex_"):
            name = _route_name(code)
            rows.append(_aggregate(code, name, "region", note="route as Frontex names it"))
    return rows


def _route_name(code: str) -> str:
    name = code.removeprefix("frontex_").replace("_", " ").title().replace(" From ", " from ").replace(" To ", " to ")
    if route_place(name) != code:
        raise ValueError(f"route {code} does not come back from its name {name!r}; name it by hand in places.py")
    return name
