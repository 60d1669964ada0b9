"""An answer in a terminal: sentences, tables with numbered sources, caveats; or one JSON document.

Results go to standard output, progress and messages to standard error, so that a pipe carries results alone.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    import pandas as pd

    from vado.answer import Answer

#: Rows of a table that are printed before the rest is left to ``--json`` and ``--out``.
ROWS_SHOWN = 24

#: A pipe has no width; this one keeps the tables of an answer on one line a row.
PIPE_WIDTH = 200

#: Characters of a cell that are printed; longer text is cut.
WIDEST = 44


class _Results(Console):
    """A console that leaves it to the command line to end well when the reader of a pipe has had enough."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def console() -> Console:
    """Return a console for results: coloured in a terminal, plain and wide in a pipe."""
    if sys.stdout.isatty():
        return _Results(highlight=False)
    return _Results(highlight=False, no_color=True, width=PIPE_WIDTH)


def say(message: str) -> None:
    """Print one line for the person, on standard error."""
    Console(stderr=True, highlight=False).print(escape(message), soft_wrap=True)


def progress(message: str) -> None:
    """Print a line of progress if a person is watching, else nothing."""
    if sys.stderr.isatty():
        Console(stderr=True, highlight=False).print(f"[dim]{escape(message)}[/dim]", soft_wrap=True)


@contextlib.contextmanager
def progress_bar(what: str, first: str = "") -> Iterator[Callable[[int, int], None]]:
    """Give a function that is told how many of how many are done, and shows them if a person is watching.

    Parameters
    ----------
    what
        What is counted.
    first
        A line to print before the bar, when the work begins.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    task = None

    def told(done: int, total: int) -> None:
        nonlocal task
        if task is None:
            if first:
                say(first)
            bar.start()
            task = bar.add_task(what, total=total)
        bar.update(task, completed=done)

    try:
        yield told
    finally:
        bar.stop()


def show(answer: Answer, *, tables: Sequence[str] | None = None, rows: int = ROWS_SHOWN) -> None:
    """Print an answer.

    Parameters
    ----------
    answer
        What to show.
    tables
        Names of the tables to print, in this order; None for all.
    rows
        Rows of each table that are printed.
    """
    out = console()
    out.print(f"[bold]{escape(answer.question)}[/bold]  (as of {answer.as_of:%Y-%m-%d})")
    for sentence in answer.summary:
        out.print(escape(sentence))
    numbers: dict[str, int] = {}
    for name in tables if tables is not None else answer.tables:
        out.print()
        print_table(name.replace("_", " "), answer.tables[name], numbers, rows, out)
    _print_notes("Assumed, since nobody published it", (_assumption(item) for item in answer.assumed), out)
    _print_notes("Read this first", answer.caveats, out)
    sources = {str(source["source_id"]): source for source in answer.sources}
    _print_notes("Sources", (f"[{number}] {_source(sources[key])}" for key, number in numbers.items()), out)


def print_table(title: str, table: pd.DataFrame, numbers: dict[str, int], rows: int, out: Console) -> None:
    """Print one table, its sources as numbers that are added to ``numbers`` in the order of their appearance."""
    import pandas as pd

    head = table.head(rows)
    cells = {str(name): [format_cell(cell, str(name)) for cell in head[name]] for name in table.columns}
    if "source_id" in cells:
        cells["source_id"] = [
            " ".join(f"[{numbers.setdefault(key, len(numbers) + 1)}]" for key in str(ids).split(";"))
            for ids in head["source_id"]
        ]
    shown = _columns_that_fit(cells, out.width)
    grid = Table(title=escape(title), title_justify="left", header_style="bold", box=None, pad_edge=False)
    for name in shown:
        numeric = pd.api.types.is_numeric_dtype(table[name]) and not pd.api.types.is_bool_dtype(table[name])
        grid.add_column(_heading(name), justify="right" if numeric else "left", no_wrap=True, max_width=WIDEST)
    for line in zip(*(cells[name] for name in shown), strict=True):
        grid.add_row(*map(escape, line))
    out.print(grid)
    hidden = [_heading(name) for name in cells if name not in shown]
    if hidden:
        out.print(f"(columns left out here: {escape(', '.join(hidden))})")
    if len(table) > rows:
        out.print(f"… and {len(table) - rows:,} more rows: --json prints all, --out writes them")


def print_overview(title: str, table: pd.DataFrame) -> None:
    """Print a table of sentences whole, wrapped to the width of the screen."""
    out = console()
    grid = Table(title=escape(title), title_justify="left", header_style="bold", show_lines=True)
    for column, ratio in zip(table.columns, (2, 5), strict=True):
        grid.add_column(_heading(str(column)), ratio=ratio)
    for line in table.itertuples(index=False, name=None):
        grid.add_row(*map(escape, map(str, line)))
    out.print(grid)


def _columns_that_fit(cells: Mapping[str, Sequence[str]], width: int) -> list[str]:
    """Return the leading columns that fit on a line, and the sources whatever happens."""
    sizes = {name: min(max(map(len, (_heading(name), *texts))), WIDEST) + 2 for name, texts in cells.items()}
    left = width - sizes.get("source_id", 0)
    shown = []
    for name, size in sizes.items():
        if name == "source_id":
            shown.append(name)
        elif size <= left:
            shown.append(name)
            left -= size
        else:
            left = 0
    return shown


def _heading(name: str) -> str:
    return "source" if name == "source_id" else name.replace("_", " ")


def format_cell(cell: Any, column: str = "") -> str:
    """Return a cell as a person reads it: 1,234 for counts, three digits for ratios, a day for a date.

    >>> format_cell(1234.0), format_cell(0.91234), format_cell(None), format_cell(2021, "year")
    ('1,234', '0.912', '', '2021')
    """
    if cell is None or cell != cell:
        return ""
    if hasattr(cell, "strftime"):
        return str(cell.strftime("%Y-%m-%d"))
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return str(cell)
    if column == "year" or column.endswith("_year"):
        return f"{cell:.0f}"
    return f"{cell:,.0f}" if float(cell).is_integer() or abs(cell) >= 1000 else f"{cell:,.3g}"


def _assumption(item: Mapping[str, Any]) -> str:
    unit = f" {item['unit']}" if item.get("unit") else ""
    note = f": {item['note']}" if item.get("note") else ""
    return f"{item['name']} = {format_cell(item['value'])}{unit}{note}"


def _source(source: Mapping[str, Any]) -> str:
    parts = [source["publisher"], source["title"], source.get("attributed_to"), source.get("url")]
    return ". ".join(str(part) for part in parts if part and part == part)


def _print_notes(title: str, notes: Iterable[str], out: Console) -> None:
    lines = list(notes)
    if lines:
        out.print(f"\n[bold]{title}[/bold]")
    for line in lines:
        out.print(f"  {escape(line)}")
