"""Write the pages of the documentation that are made from the program itself.

``docs/reference-ledger.md`` lists every table, column and measure; ``docs/reference-cli.md`` holds the help of every
command; ``docs/reference-network.md`` lists every attribute of the network language. A test compares them with what
this program would write, so that they never fall behind.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import vado
from network_page import network_page
from vado.cli import app
from vado.forecast.predict import forecast
from vado.ledger.schema import TABLES, Table
from vado.report.images import png

DOCS = Path(__file__).parents[1] / "docs"


def commands() -> list[tuple[str, ...]]:
    """Return every command of the program as its words, those of ``vado data`` after it."""
    found: list[tuple[str, ...]] = [()]
    for command in app.registered_commands:
        found.append((command.name or str(getattr(command.callback, "__name__", "")),))
    for group in app.registered_groups:
        name = str(group.name)
        inner = group.typer_instance.registered_commands if group.typer_instance else []
        found += [(name,), *((name, str(command.name)) for command in inner)]
    return found


def ledger_page() -> str:
    """Return the reference of tables and measures as Markdown."""
    parts = [
        "# The ledger: tables and measures",
        "Written by `make docs` from `src/vado/ledger/schema.py` and the embedded ledger; do not edit.",
        *(_table(table) for table in TABLES.values()),
        "## Measures of the embedded ledger",
        "A measure without a default series has rivals that stand side by side. `lag` is the number of days after the "
        "end of a period on which a row counts as published where the day is not known.",
    ]
    with vado.open_ledger() as ledger:
        for row in ledger.measures.to_dict("records"):
            said = {key: "" if value is None or value != value else str(value) for key, value in row.items()}
            default = f"`{said['default_series']}`" if said["default_series"] else "none: rivals"
            zero = "means zero" if row["missing_is_zero"] else "means not known"
            parts.append(f"### `{said['measure']}`")
            parts.append(
                f"{said['title']}. Kind {said['kind']}, unit {said['unit']}, lag {said['lag_days']} days, "
                f"default series {default}, a missing row {zero}; "
                f"adds up over {said['additive_over'].replace(',', ', ') or 'nothing'}."
            )
            parts.append(said["description"])
            if said["traps"]:
                parts.append(f"Trap: {said['traps']}")
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    lines = [
        f"## `{table.name}`",
        "",
        table.description,
        "",
        f"Key: {', '.join(f'`{name}`' for name in table.key)}.",
        "",
    ]
    lines += ["| column | type | may be empty | meaning |", "|---|---|---|---|"]
    lines += [f"| `{c.name}` | {c.type} | {'yes' if c.optional else ''} | {c.description} |" for c in table.columns]
    return "\n".join(lines)


def cli_page() -> str:
    """Return the help of every command as Markdown."""
    parts = ["# Commands", "Written by `make docs` from the program's own help; do not edit."]
    for words in commands():
        command = [sys.executable, "-m", "vado.cli", *words, "--help"]
        # A fixed width, so that the page does not depend on the terminal that wrote it.
        environment = {"COLUMNS": "100", "PATH": "", "TERM": "dumb"}
        shown = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
        parts.append(f"## `{' '.join(['vado', *words])}`\n\n```text\n{shown.rstrip()}\n```")
    return "\n\n".join(parts) + "\n"


def picture() -> bytes:
    """Return the picture of the README: a forecast of the past, with what came after it, misses included."""
    answer = forecast(origin="2022-09", months=12)
    return png(answer.charts[0], answer.tables)


PAGES = {"reference-ledger.md": ledger_page, "reference-cli.md": cli_page, "reference-network.md": network_page}


def main() -> None:
    """Write all pages into ``docs/``, or the folder that is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=DOCS)
    out = parser.parse_args().out
    for name, page in PAGES.items():
        (out / name).write_text(page(), encoding="utf-8")
    (out / "picture.png").write_bytes(picture())


if __name__ == "__main__":
    main()
