"""What the terminal prints of a table: numbers as people read them, sources as numbers, and what was left out."""

import os

import pandas as pd
import pytest
from rich.console import Console

from vado.terminal import PIPE_WIDTH, format_cell, print_overview, print_table


@pytest.mark.parametrize(
    ("cell", "column", "text"),
    [
        (17638.0, "value", "17,638"),
        (0.8462, "ratio", "0.846"),
        (2021, "fiscal_year", "2021"),
        (float("nan"), "value", ""),
        (None, "note", ""),
        (pd.Timestamp("2021-09-30"), "day", "2021-09-30"),
        (pd.NaT, "day", ""),
        (True, "after", "True"),
        ("[bold]", "note", "[bold]"),
    ],
)
def test_cells_are_readable(cell, column, text):
    assert format_cell(cell, column) == text


def printed(table, width, rows=10):
    out = Console(width=width, record=True, no_color=True, file=open(os.devnull, "w"))  # noqa: SIM115
    numbers = {}
    with out.file:
        print_table("t", table, numbers, rows, out)
    return out.export_text(), numbers


TABLE = pd.DataFrame(
    {"place": ["Del Rio"] * 3, "value": [1, 2, 3], "note": ["x" * 60] * 3, "source_id": ["a;b", "b", "c"]}
)


def test_sources_become_numbers_in_the_order_they_appear():
    text, numbers = printed(TABLE, PIPE_WIDTH)
    assert numbers == {"a": 1, "b": 2, "c": 3}
    assert "[1] [2]" in text
    assert "left out" not in text


def test_a_narrow_screen_keeps_the_sources_and_says_what_is_left_out():
    text, _ = printed(TABLE, 40)
    assert "source" in text
    assert "(columns left out here: note)" in text


def test_long_tables_say_how_many_rows_more():
    text, _ = printed(TABLE, PIPE_WIDTH, rows=1)
    assert "and 2 more rows" in text


def test_markup_in_data_is_printed_not_obeyed():
    text, _ = printed(TABLE.assign(place="[red]x[/red]"), PIPE_WIDTH)
    assert "[red]x[/red]" in text


def test_an_overview_prints_sentences_whole(capsys):
    sentence = "A sentence that is long enough to need several lines on any screen. " * 5
    print_overview("t", pd.DataFrame({"question": ["How many?"], "answer": [sentence]}))
    assert " ".join(capsys.readouterr().out.replace("│", " ").split()).count("A sentence that") == 5
