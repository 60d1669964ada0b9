"""Where people were counted: the last twelve months at every place that reports, for a map.

Each place reports what it sees: encounters at a border are events, transits are people passing. The volumes stand side
by side and are not added, since one person is counted at several places on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vado.answer import Answer, Chart, cited, rows_of
from vado.errors import BadValueError
from vado.ledger.dates import Day, add_months, day
from vado.provenance import made_by

if TYPE_CHECKING:
    import pandas as pd

    from vado.ledger.ledger import Ledger

QUESTION = "Where were people counted on the way north over the last twelve months?"
MONTHS = 12


@dataclass(frozen=True)
class Stop:
    """A measure on the map: its name for people, and the place row that stands for it (None: the row's own place)."""

    measure: str
    label: str
    at: str | None = None


STOPS = (
    Stop("darien_transits", "irregular transits, Darién (persons)", "darien"),
    Stop("hn_entries", "irregular entries, Honduras (persons)", "HND"),
    Stop("mx_events", "irregular situation, Mexico (events)", "MEX"),
    Stop("sw_encounters", "encounters, US southwest border (events)"),
)


def volumes(ledger: Ledger | None = None, *, as_of: Day | None = None, command: str = "vado.volumes()") -> Answer:
    """Return what each place on the way counted over the twelve months that were last published.

    Parameters
    ----------
    ledger
        The ledger to read; None for the packaged one.
    as_of
        Leave out what was published later; None for all.
    command
        What the answer says it was made by.

    Returns
    -------
    Answer
        Table ``volumes``: one row a place with its coordinates, ``value`` over ``first_day`` to ``last_day``, the unit
        and whether it is persons or events; a map.
    """
    import pandas as pd

    from vado.ledger.ledger import open_ledger

    ledger = ledger or open_ledger()
    parts = [part for stop in STOPS if (part := _volume(ledger, stop, as_of)) is not None]
    if not parts:
        raise BadValueError(f"nothing on the way had been published by {as_of}; use a later date")
    table = pd.concat(parts, ignore_index=True)
    encounters = table[table["measure"] == "sw_encounters"]
    shown = encounters if len(encounters) else table
    top = shown.sort_values("value").iloc[-1]
    return Answer(
        question=QUESTION,
        as_of=day(as_of, "as_of") if as_of is not None else table["last_day"].max(),
        summary=[
            f"The busiest place of the southwest border was {top['name']} with {top['value']:,.0f} {top['unit']} "
            f"from {top['first_day']:%B %Y} to {top['last_day']:%B %Y}."
        ],
        tables={"volumes": table},
        charts=[
            Chart(
                kind="map",
                table="volumes",
                title="Counted over twelve months, by place",
                columns={
                    "latitude": "latitude",
                    "longitude": "longitude",
                    "size": "value",
                    "color": "counted",
                    "label": "name",
                },
                unit="persons or events, see colour",
                note="A sector is drawn at the town of its headquarters, a country's register at its capital. "
                "Volumes of different places must not be added: one person is counted at several.",
            )
        ],
        sources=rows_of(ledger.sources(cited(table))),
        assumed=[],
        caveats=[
            "An encounter or a Mexican event is an event: one person can cause several.",
            "Each place's twelve months end with its own last published month.",
        ],
        made_by=made_by(command, ledger),
    )


def _volume(ledger: Ledger, stop: Stop, as_of: Day | None) -> pd.DataFrame | None:
    """Return the twelve-month sums of one measure, a row a place; None if nothing had been published."""
    import datetime as dt

    rows = ledger.observe(stop.measure, as_of)
    if rows.empty:
        return None
    last = rows["period_end"].max().date()
    first = add_months(last, -MONTHS) + dt.timedelta(days=1)
    by = [] if stop.at else ["place"]
    sums = ledger.total(stop.measure, by=by, as_of=as_of, start=first, end=last)
    if stop.at:
        sums["place"] = stop.at
    places = ledger.read("places")[["place", "name", "latitude", "longitude"]]
    found = sums.merge(places, on="place", how="left", validate="many_to_one")
    about = ledger.measure(stop.measure)
    return found.assign(measure=stop.measure, counted=stop.label, kind=about["kind"], first_day=first, last_day=last)[
        [
            "place",
            "name",
            "measure",
            "counted",
            "value",
            "unit",
            "kind",
            "first_day",
            "last_day",
            "latitude",
            "longitude",
            "source_id",
        ]
    ]
