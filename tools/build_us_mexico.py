"""Write ``corridors/us_mexico/derived.yaml``: where a fit begins, and what is read from the ledger and not fitted.

Departures begin at the encounters of the half year over the chance of being encountered; attractions at the shares of
encounters by place over all months; the share expelled is that of Title 42 in Border Patrol encounters, half year by
half year, and zero where no one was. Household kinds are those encountered, less repeat attempts. What a sector can
process in a day is its busiest month so far. Shares of Mexico's states stand for what no count tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from vado.forecast.fit.households import HOUSEHOLDS, departing_shares, expelled_shares
from vado.forecast.targets import LOCATIONS, NATIONALITIES
from vado.ledger.codes import OTHER, PORTS
from vado.ledger.ledger import Ledger, open_ledger

FILE = Path(__file__).parents[1] / "src" / "vado" / "corridors" / "us_mexico" / "derived.yaml"
ENCOUNTERED = 0.75
LEAST_SHARE = 0.0005
#: States of Mexico by the end of their parameter's name, in the order of the description.
STATES = {
    "michoacan": "MIC",
    "jalisco": "JAL",
    "guanajuato": "GUA",
    "zacatecas": "ZAC",
    "durango": "DUR",
    "guerrero": "GRO",
    "oaxaca_state": "OAX",
    "chiapas": "CHP",
    "puebla": "PUE",
    "veracruz_state": "VER",
    "state_of_mexico": "MEX",
}
#: The year of the states' figures.
YEAR = 2021
#: What each figure of a state counts for: remittances most, since they follow those who went before.
WEIGHTS = {"remittances": 0.6, "population": 0.2, "homicides": 0.2}


def main() -> None:
    """Read the ledger and write the file."""
    with open_ledger() as ledger:
        rows = ledger.observe("sw_encounters")
        states = state_shares(ledger)
    rows["place"] = rows["place"].where(rows["component"] != PORTS, PORTS)
    rows["nationality"] = rows["nationality"].where(rows["nationality"].isin(NATIONALITIES), OTHER)
    ends = pd.to_datetime(rows["period_end"])
    rows["half"] = [f"{end.year}-{'01' if end.month <= 6 else '07'}-01" for end in ends]
    halves = sorted(rows["half"].unique())
    months = ends.groupby(rows["half"]).nunique()
    total = _table(rows, "half") / months
    # Months in which expulsions were in force from the first to the last day; before and after the lever is 0.
    whole = rows[(ends < pd.Timestamp("2023-05-01")) & ~ends.between("2020-01-01", "2020-03-31")]
    expelled = expelled_shares(whole, "half", halves)
    departing = departing_shares(rows, "half", halves, expelled)
    shares = _table(rows, "place")
    shares = shares.div(shares.sum(axis=1), axis=0)
    lines = [
        "# Written by tools/build_us_mexico.py from the ledger; run it again after the ledger changes.",
        "parameters:",
    ]
    note = "People who set out: encounters over the chance of being encountered; a start for the fit."
    lines += _head("departures", "persons/month", 0, 500000, note)
    lines += [f"      {code}: {{steps: {{{_steps(total / ENCOUNTERED, code)}}}}}" for code in NATIONALITIES]
    note = "Share of Border Patrol encounters that ended in an expulsion under Title 42, by household kind."
    lines += _head("expelled_share", "share", 0, 1, note)
    lines += _by_group(expelled, halves)
    note = "Household kinds of those who set out: of those encountered, less repeat attempts; the same on the way."
    lines += _head("household_share", "1", 0, 1, note)
    lines += _by_group(departing, halves)
    for place in LOCATIONS:
        name = "ports" if place == PORTS else place.lower().replace(" ", "_")
        lines += _head(
            f"attraction_{name}", "1", 0.0001, 1, f"Weight of {place} in the choice; its share of encounters."
        )
        column = np.maximum(shares.loc[list(NATIONALITIES), place].to_numpy(float), LEAST_SHARE)
        lines += [f"      {code}: {_number(share)}" for code, share in zip(NATIONALITIES, column, strict=True)]
    for place in (p for p in LOCATIONS if p != PORTS):
        held = rows[(rows["place"] == place) & (rows["legal_authority"] == "title_8")]
        held = held.assign(days=pd.PeriodIndex(held["period_end"], freq="M").days_in_month)
        held = held.assign(value=held["value"] / held["days"])
        a_day = float(held.groupby("period_end")["value"].sum().max())
        note = f"Encounters not ended by expulsion in {place} in its busiest month, a day; taken as its capacity."
        name = f"processed_a_day_{place.lower().replace(' ', '_')}"
        lines += [*_head(name, "persons/day", 0, 10000, note)[:-1], f"    value: {_number(a_day)}"]
    for name, share in states.items():
        note = "Share of those of Mexico who come from there; from remittances, population and homicides. Assumed."
        head = _head(f"share_from_{name}", "share", 0, 1, note, status="assumed", source="banxico_remittances")
        lines += [*head[:-1], f"    value: {_number(share)}"]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def state_shares(ledger: Ledger) -> dict[str, float]:
    """Return the assumed share of each state of :data:`STATES`, a weighted geometric mean of three shares."""
    logs: list[pd.Series[Any]] = []
    for measure, series in (
        ("remittances", "banxico_state_quarterly"),
        ("population", "conapo_state"),
        ("homicides", "inegi"),
    ):
        rows = ledger.observe(measure, series=series, start=f"{YEAR}-01-01", end=f"{YEAR}-12-31")
        rows = rows[rows["place"].str.startswith("MX-")]
        sums = rows.groupby("place")["value"].sum()
        logs.append(WEIGHTS[measure] * np.log((sums / sums.sum()).clip(lower=1e-4)))
    mean = np.exp(sum(logs[1:], start=logs[0]))
    mean = mean / mean.sum()
    return {name: float(mean[f"MX-{code}"]) for name, code in STATES.items()}


def _table(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    return rows.pivot_table(index="nationality", columns=column, values="value", aggfunc="sum", fill_value=0.0)


def _by_group(tables: Mapping[str, pd.DataFrame], halves: list[str]) -> list[str]:
    """Return a line a nationality and household kind; tables by household kind, (half year, nationality)."""
    return [
        f"      {code}/{household}: {{steps: {{{_steps(tables[household].T[halves], code)}}}}}"
        for code in NATIONALITIES
        for household in HOUSEHOLDS
    ]


def _head(
    name: str,
    unit: str,
    low: float,
    high: float,
    note: str,
    status: str = "derived",
    source: str = "cbp_swb_encounters",
) -> list[str]:
    about = f'    unit: "{unit}"\n    low: {low}\n    high: {high}\n    status: {status}\n    source: {source}'
    return [f"  {name}:", about, "    note: >-", f"      {note}", "    value:"]


def _steps(table: pd.DataFrame, code: str) -> str:
    row = table.loc[code].to_numpy(float)
    return ", ".join(f"{half}: {_number(value)}" for half, value in zip(table.columns, row, strict=True))


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


if __name__ == "__main__":
    main()
