"""Build the ledger that ships inside the package from the folder of official figures.

Reads the tables under ``flows``, ``stock`` and ``politics``, writes one Parquet file a table, and prints which
input went where and what was left out. It stops, and writes nothing, if a rule of the schema is broken or a total
that an office printed is not met::

    python tools/build_ledger.py --data ../shared/data --out src/vado/ledger/data
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ledger_build import (
    measures_border,
    measures_context,
    measures_transit,
    official_sources,
    parquet,
)
from ledger_build.border import add_border
from ledger_build.checks import problems
from ledger_build.context import add_context
from ledger_build.draft import Draft
from ledger_build.facts_abroad import add_facts_abroad
from ledger_build.facts_del_rio import add_del_rio
from ledger_build.facts_events import add_events
from ledger_build.facts_us import add_us_facts
from ledger_build.mexico import add_mexico
from ledger_build.places import add_places
from ledger_build.politics import add_politics
from ledger_build.stock import add_stock
from ledger_build.stock_inputs import add_stock_inputs
from ledger_build.stock_parameters import add_stock_parameters
from ledger_build.transit import add_transit
from vado.errors import BadFileError, VadoError
from vado.ledger.schema import TABLES

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
OUT = ROOT / "src" / "vado" / "ledger" / "data"


def make_draft(data: Path) -> Draft:
    """Read everything under ``data`` into a draft of the ledger."""
    draft = Draft(data)
    for module in (measures_border, measures_transit, measures_context):
        draft.add_measures(module.MEASURES)
    for source in official_sources.SOURCES:
        draft.add_source(source)
    for add in (
        *(add_border, add_transit, add_mexico, add_context),
        *(add_us_facts, add_del_rio, add_facts_abroad, add_events),
        *(add_stock, add_stock_inputs, add_stock_parameters, add_politics),
        add_places,
    ):
        add(draft)
    return draft


def build(data: Path, out: Path) -> tuple[Draft, dict[str, int]]:
    """Build the ledger into ``out``; return the account of it and the sizes of its files [bytes].

    Raises
    ------
    BadFileError
        If an input file is missing, or the result breaks a rule; the message lists up to twenty of them.
    """
    draft = make_draft(data)
    frames: dict[str, pd.DataFrame] = {name: draft.table(name) for name in TABLES if name != "quarantine"}
    if found := problems(frames):
        more = f"\n… and {len(found) - 20} more" if len(found) > 20 else ""
        raise BadFileError("the ledger breaks these rules:\n" + "\n".join(found[:20]) + more)
    tables = {name: parquet.typed(TABLES[name], rows) for name, rows in frames.items()}
    return draft, parquet.write_all(out, tables)


def account(draft: Draft, data: Path, sizes: dict[str, int]) -> str:
    """Return the account of a build as text."""
    lines = [f"{'file':58} {'measure or table':34} {'series':32} {'rows':>7}"]
    lines += [f"{file:58} {name:34} {series:32} {count:7,}" for file, name, series, count in sorted(draft.used)]
    lines.append("\nleft out")
    reasons: dict[tuple[str, str], int] = {}
    for file, reason, count in draft.left_out:
        reasons[file, reason] = reasons.get((file, reason), 0) + count
    lines += [
        f"{file}: {reason}{f' ({count} rows)' if count else ''}" for (file, reason), count in sorted(reasons.items())
    ]
    seen = {file for file, *_ in draft.used} | {file for file, *_ in draft.left_out}
    for folder in ("flows", "stock", "politics"):
        for path in sorted((data / folder).glob("*.csv*")):
            if f"{folder}/{path.name}" not in seen:
                lines.append(f"{folder}/{path.name}: not read by any module")
    lines.append("\n" + "\n".join(f"{name:14} {size:10,} bytes" for name, size in sizes.items()))
    lines.append(f"{'together':14} {sum(sizes.values()):10,} bytes")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="folder with flows, stock and politics")
    parser.add_argument("--out", type=Path, default=OUT, help="folder for the Parquet files")
    options = parser.parse_args(arguments)
    try:
        draft, sizes = build(options.data, options.out)
    except VadoError as error:
        print(error, file=sys.stderr)
        return 2
    print(account(draft, options.data, sizes))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
