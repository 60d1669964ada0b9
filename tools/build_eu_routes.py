"""Which figures of the corridor eu_routes come from the ledger? Writes them, to the byte the same each time.

::

    python tools/build_eu_routes.py

``origins.yaml`` holds the sources with the season of their departures, ``derived.yaml`` the parameters; all other files
of the corridor are written by hand. The rules stand in ``eu_routes_figures.py`` and in the parameters' notes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

import vado
from eu_routes_figures import (
    COASTS,
    DETOUR,
    HALF_YEARS,
    UNKNOWN_KM,
    WAYS,
    Derivation,
    Detections,
    fading_dates,
)
from vado.errors import BadFileError

FOLDER = Path(__file__).parents[1] / "src" / "vado" / "corridors" / "eu_routes"
HEADER = "# Written by tools/build_eu_routes.py from the ledger and parameters.yaml; change those and run it again.\n"


def rounded(number: float) -> str:
    """Return a number with three significant digits, as YAML writes it.

    >>> rounded(123456.0), rounded(0.12345), rounded(2.0)
    ('123000', '0.123', '2')
    """
    if number == 0:
        return "0"
    digits = 2 - math.floor(math.log10(abs(number)))
    return str(int(round(number, digits))) if digits <= 0 else f"{number:.{digits}f}".rstrip("0").rstrip(".")


def _dated(numbers: Mapping[dt.date, float], between: str = "steps") -> str:
    return f"{{{between}: {{{', '.join(f'{date}: {rounded(number)}' for date, number in numbers.items())}}}}}"


def _shares(shares: Mapping[dt.date, float]) -> str:
    """Write dated shares, those below 0.01 to a place more."""
    return _dated({date: round(share, 3 if share >= 0.01 else 4) for date, share in shares.items()})


def _wrapped(text: str, indent: str, more: str) -> list[str]:
    """Return lines that break between entries, never between a key and its number."""
    lines = textwrap.wrap(
        text.replace(": ", ":\0"), 120, initial_indent=indent, subsequent_indent=more, break_on_hyphens=False
    )
    return [line.replace("\0", " ") for line in lines]


def _entry(name: str, unit: str, value: str | Mapping[str, str], note: str, **more: str) -> str:
    lines = [f"  {name}:", f'    unit: "{unit}"', *(f"    {key}: {text}" for key, text in more.items())]
    lines += ["    note: >-", *textwrap.wrap(note, 120, initial_indent="      ", subsequent_indent="      ")]
    if isinstance(value, str):
        return "\n".join([*lines, *_wrapped(f"value: {value}", "    ", "      ")])
    rows = [line for key, text in value.items() for line in _wrapped(f"{key}: {text}", "      ", "        ")]
    return "\n".join([*lines, "    value:", *rows])


def origins(derivation: Derivation) -> str:
    """Return ``origins.yaml``: one source for each nationality."""
    lines = [
        f"{HEADER}# The season is the median share of each month in 2009 to 2013, moved back by the travel time.",
        "stations:",
    ]
    for name in derivation.seen.all_ways:
        season = ", ".join(f"{factor:g}" for factor in derivation.season_of_departure(name))
        lines += [
            f"  - id: from_{name}",
            "    kind: source",
            f"    place: {name if name in derivation.places else 'origins'}",
            f"    departures: {{{name}: departures}}",
            f"    season: [{season}]",
            "    dispersion: dispersion",
            "    dispersion_over: month",
            "    to: route_choice",
        ]
    return "\n".join(lines) + "\n"


def derived(d: Derivation) -> str:
    """Return ``derived.yaml``: the parameters that come from the ledger."""
    frontex = {"status": "derived", "source": "frontex_detections"}
    totals = {n: np.sum(list(ways.values()), axis=0) for n, ways in d.levels.items()}
    closure, statement = d.fall_of_march
    low, high = d.statement_range
    stop, stop_low, stop_high = d.closure_stop
    share_low, share, share_high = d.dispersion
    at_sea = d.seen.total(d.seen.sea, "2016-04", f"{d.returned_until:%Y-%m}")
    entries = [
        _entry(
            "departures",
            "persons/month",
            {n: _dated(dict(zip(HALF_YEARS, level, strict=True))) for n, level in totals.items()},
            "People who set out, one level for half a year: detections, moved back by the mean travel time, over the "
            "season and the chance of being detected under the assumed numbers and the levers in force. An index "
            "wherever that chance is assumed, which is everywhere.",
            **frontex,
        )
    ]
    for way in WAYS:
        entries.append(
            _entry(
                f"way_{way}",
                "1",
                {n: _shares(d.shares(n, way)) for n in d.seen.by_way[way]} | {"other": "0"},
                "Share of those who set out in a year, of OTH in half a year, that takes this way.",
                **frontex,
            )
        )
    entries += [
        _entry(
            name,
            "km",
            f"{{{', '.join(f'{n}: {d.km(n, place)}' for n in d.seen.all_ways)}}}",
            f"Great circle from the capital times {DETOUR}, to full 100 km; {UNKNOWN_KM} where no country is known.",
            status="assumed",
        )
        for name, place in COASTS.values()
    ]
    entries += [
        _entry(
            "by_sea",
            "1",
            {n: _shares(dict(zip(HALF_YEARS[::2], share.tolist(), strict=True))) for n, share in d.by_sea.items()},
            "Share of those in Türkiye who are ready to cross by sea, by year: detections by sea and by land over "
            "their chance of being detected; smaller nationalities have the share of all.",
            **frontex,
        ),
        _entry(
            "onward_share",
            "share",
            _dated(d.onward_share),
            "Share of those detected in Greece who go on north: Western Balkan detections of people from elsewhere "
            "over Eastern Mediterranean detections and over the chance of being detected again. From 2015 on it is "
            "that of March 2015 to February 2016, so that what happened later is left to the closure.",
            **frontex,
        ),
        _entry(
            "closure_stop",
            "share",
            rounded(stop),
            "How far the onward share of April 2016 to December 2019 lies below that of March 2015 to February 2016, "
            "as a probability for each attempt with repeats. Low and high are those of single years. An index.",
            low=rounded(stop_low),
            high=rounded(stop_high),
            **frontex,
        ),
        _entry(
            "deterrence",
            "share",
            _dated(fading_dates(closure, d.closure_day), "lines"),
            "Share of those ready to cross the Aegean who stay because the way north is closed. "
            "Seasonally adjusted daily detections by sea in January and February 2016 and in April to June give the "
            "rates before and after; March as a whole gives the rate between 9 and 20 March, and so the closure's "
            "part. That nothing else changed is assumed, and that the logarithm of the effect halves every year.",
            **frontex,
        ),
        _entry(
            "effect_of_statement",
            "share",
            _dated(fading_dates(statement, d.statement_day), "lines"),
            "Share of those ready to cross the Aegean who stay because of the statement: the rest of the fall, by the "
            "same rule. Low and high are for its first year: low, what is missing by sea in April 2016 to March 2017 "
            "against April 2014 to March 2015, if the wave had ended anyway; high, all of the fall is the statement's. "
            "The fading by half a year on year is assumed; without it those who would have come rise without end.",
            low=rounded(low),
            high=rounded(high),
            **frontex,
        ),
        _entry(
            "returned_share",
            "share",
            rounded(d.returned / at_sea),
            f"{d.returned} people returned until {d.returned_until} over detections by sea from April 2016 to that "
            "month; no later figure is in the ledger, so the share is held constant.",
            status="derived",
            source="avrupa_info_tr_d55a75",
        ),
        _entry(
            "dispersion",
            "1",
            rounded(share),
            "Variance of a month's detections around level x season beyond Poisson, relative, in 2009 to 2013: median "
            "over nationalities, and quartiles as low and high.",
            low=rounded(share_low),
            high=rounded(share_high),
            **frontex,
        ),
    ]
    return f"{HEADER}parameters:\n" + "\n\n".join(entries) + "\n"


def returned_people(events: pd.DataFrame) -> tuple[int, dt.date]:
    """Return how many people were returned under the statement until which day, from the ledger's events.

    Raises
    ------
    BadFileError
        If the ledger no longer says so.
    """
    for row in events[events["subject"] == "eu_turkey_statement"].itertuples():
        found = re.search(r"returns ([\d,]+)", str(row.note))
        if found:
            return int(found[1].replace(",", "")), pd.Timestamp(str(row.date)).date()
    raise BadFileError("events of the ledger: no note 'returns N' under eu_turkey_statement; add the row it came from")


def build(folder: Path = FOLDER) -> dict[str, str]:
    """Return file name → content of the derived files.

    Parameters
    ----------
    folder
        Where the hand-written YAML stands.
    """
    given: dict[str, Any] = {}
    for name in ("system", "places", "parameters", "levers"):
        given |= yaml.safe_load((folder / f"{name}.yaml").read_text("utf-8"))
    with vado.open_ledger() as ledger:
        seen = Detections(ledger.observe("irregular_border_detections_eu"), given["groups"]["nationalities"])
        derivation = Derivation(seen, given, *returned_people(ledger.read("events")))
    return {"origins.yaml": origins(derivation), "derived.yaml": derived(derivation)}


def main() -> None:
    """Write the derived files."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to")
    arguments = parser.parse_args()
    for name, content in build().items():
        (arguments.out / name).write_text(content, "utf-8")


if __name__ == "__main__":
    main()
