"""Write ``corridors/us_mexico/derived.yaml``: where a fit begins, and whom expulsions reached, from the ledger.

Departures begin at the encounters of the half year over the chance of being encountered; attractions at the shares of
encounters by place over all months; the share expelled is that of Title 42 in Border Patrol encounters, half year by
half year, and zero where no one was.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from vado.forecast.targets import LOCATIONS, NATIONALITIES
from vado.ledger.codes import OTHER, PORTS
from vado.ledger.ledger import open_ledger

FILE = Path(__file__).parents[1] / "src" / "vado" / "corridors" / "us_mexico" / "derived.yaml"
ENCOUNTERED = 0.75
LEAST_SHARE = 0.0005


def main() -> None:
    """Read the ledger and write the file."""
    with open_ledger() as ledger:
        rows = ledger.observe("sw_encounters")
    rows["place"] = rows["place"].where(rows["component"] != PORTS, PORTS)
    rows["nationality"] = rows["nationality"].where(rows["nationality"].isin(NATIONALITIES), OTHER)
    ends = pd.to_datetime(rows["period_end"])
    rows["half"] = [f"{end.year}-{'01' if end.month <= 6 else '07'}-01" for end in ends]
    months = ends.groupby(rows["half"]).nunique()
    total = _table(rows, "half") / months
    # Months in which expulsions were in force from the first to the last day; before and after the lever is 0.
    patrol = rows[
        (rows["component"] != PORTS) & (ends < pd.Timestamp("2023-05-01")) & ~ends.between("2020-01-01", "2020-03-31")
    ]
    expelled = (_table(patrol[patrol["legal_authority"] == "title_42"], "half") / _table(patrol, "half")).fillna(0.0)
    shares = _table(rows, "place")
    shares = shares.div(shares.sum(axis=1), axis=0)
    lines = [
        "# Written by tools/build_us_mexico.py from the ledger; run it again after the ledger changes.",
        "parameters:",
    ]
    note = "People who set out: encounters over the chance of being encountered; a start for the fit."
    lines += _head("departures", "persons/month", 0, 500000, note)
    lines += [f"      {code}: {{steps: {{{_steps(total / ENCOUNTERED, code)}}}}}" for code in NATIONALITIES]
    note = "Share of Border Patrol encounters that ended in an expulsion under Title 42."
    lines += _head("expelled_share", "share", 0, 1, note)
    lines += [f"      {code}: {{steps: {{{_steps(expelled, code)}}}}}" for code in NATIONALITIES]
    for place in LOCATIONS:
        name = "ports" if place == PORTS else place.lower().replace(" ", "_")
        lines += _head(
            f"attraction_{name}", "1", 0.0001, 1, f"Weight of {place} in the choice; its share of encounters."
        )
        column = np.maximum(shares.loc[list(NATIONALITIES), place].to_numpy(float), LEAST_SHARE)
        lines += [f"      {code}: {_number(share)}" for code, share in zip(NATIONALITIES, column, strict=True)]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _table(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    return rows.pivot_table(index="nationality", columns=column, values="value", aggfunc="sum", fill_value=0.0)


def _head(name: str, unit: str, low: float, high: float, note: str) -> list[str]:
    about = f'    unit: "{unit}"\n    low: {low}\n    high: {high}\n    status: derived\n    source: cbp_swb_encounters'
    return [f"  {name}:", about, "    note: >-", f"      {note}", "    value:"]


def _steps(table: pd.DataFrame, code: str) -> str:
    row = table.loc[code].to_numpy(float)
    return ", ".join(f"{half}: {_number(value)}" for half, value in zip(table.columns, row, strict=True))


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


if __name__ == "__main__":
    main()
