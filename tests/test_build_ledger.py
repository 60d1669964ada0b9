"""The ledger that ships is what its builder makes from the official figures, to the byte."""

from __future__ import annotations

import datetime as dt
import doctest
import importlib
import sys
from pathlib import Path

import pandas as pd
import pytest

from vado.errors import BadFileError
from vado.ledger.schema import TABLES

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
EMBEDDED = ROOT / "src" / "vado" / "ledger" / "data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the official figures are not beside this checkout")
TABLE_NAMES = [name for name in TABLES if name != "quarantine"]


@pytest.fixture(scope="module", autouse=True)
def _tools_on_path():
    tools = str(ROOT / "tools")
    sys.path.insert(0, tools)
    yield
    sys.path.remove(tools)


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory):
    builder = importlib.import_module("build_ledger")
    folder = tmp_path_factory.mktemp("ledger")
    builder.build(DATA, folder)
    return folder


@pytest.mark.shared
@needs_data
@pytest.mark.parametrize("name", TABLE_NAMES)
def test_a_rebuild_gives_the_committed_bytes(rebuilt, name):
    made, shipped = (folder / f"{name}.parquet" for folder in (rebuilt, EMBEDDED))
    assert made.read_bytes() == shipped.read_bytes(), f"{name} differs; run tools/build_ledger.py and commit the result"


@pytest.mark.shared
@needs_data
def test_every_input_file_is_used_or_left_out_with_a_reason():
    builder = importlib.import_module("build_ledger")
    draft = builder.make_draft(DATA)
    seen = {file for file, *_ in draft.used} | {file for file, *_ in draft.left_out}
    files = {
        f"{path.parent.name}/{path.name}"
        for part in ("flows", "stock", "politics")
        for path in DATA.glob(f"{part}/*.csv*")
    }
    assert files - seen == set()


def test_a_folder_without_the_figures_is_refused_by_name(tmp_path):
    builder = importlib.import_module("build_ledger")
    with pytest.raises(BadFileError, match=r"flows/us_cbp_swb_encounters_monthly\.csv\.gz is missing"):
        builder.build(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("module", ["periods", "draft", "facts", "transit", "stock", "politics"])
def test_examples_in_docstrings_hold(module):
    result = doctest.testmod(importlib.import_module(f"ledger_build.{module}"))
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize(
    ("value", "value_type", "expected"),
    [
        ("400", "approx", (400.0, None, None, None)),
        ("9000", "lower_bound", (9000.0, 9000.0, None, "lower bound")),
        ("12000", "upper_bound", (12000.0, None, 12000.0, "upper bound")),
        ("55-85", "range", (None, 55.0, 85.0, "range stated")),
        ("2500", "approx_range_2000_3000", (None, 2000.0, 3000.0, "range stated")),
    ],
)
def test_a_figure_reads_as_value_interval_or_bound(value, value_type, expected):
    figure = importlib.import_module("ledger_build.facts").reading(value, value_type)
    assert (figure.value, figure.low, figure.high, figure.interval) == expected


@pytest.mark.parametrize(
    ("publication", "expected"),
    [
        ("MPI 13 Sep 2023", dt.date(2023, 9, 13)),
        ("Baker & Rytina, January 2012 (Mar 2013)", dt.date(2013, 3, 31)),
        ("Baker, January 2014 (2017)", dt.date(2017, 12, 31)),
        ("Warren 2025 (2M increase 2020-23)", dt.date(2025, 12, 31)),
        ("as cited by Capps et al. 2018 (PLOS ONE 0204199)", dt.date(2018, 12, 31)),
        ("Hoefer, Rytina & Baker, January 2007", dt.date(2008, 3, 26)),
    ],
)
def test_the_day_of_a_publication_is_read_from_its_text(publication, expected):
    stock = importlib.import_module("ledger_build.stock")
    assert stock.publication_day(publication, dt.date(2007, 1, 1), 450)[0] == expected


@pytest.mark.parametrize(
    ("address", "end", "expected"),
    [
        ("https://example.org/2021/08/13/july", dt.date(2021, 7, 31), (dt.date(2021, 8, 13), False)),
        ("https://example.org/2021/09/camp.html", dt.date(2021, 9, 21), (dt.date(2021, 9, 30), True)),
        ("https://example.org/2021/08/13/july", dt.date(2021, 8, 31), (None, True)),
        ("https://example.org/no-date", dt.date(2021, 8, 31), (None, True)),
    ],
)
def test_a_page_is_dated_by_its_address_but_never_before_what_it_tells(address, end, expected):
    assert importlib.import_module("ledger_build.draft").published_with_page(address, end) == expected


def test_broken_rules_are_named_with_their_row():
    checks = importlib.import_module("ledger_build.checks")
    source = {"source_id": "office", "publisher": "", "title": "Report", "licence": "not stated", "kind": "press"}
    found = checks.problems({"sources": pd.DataFrame([source, source])})
    assert any("publisher is empty in 2 rows" in line for line in found)
    assert any("2 rows share their key, first source_id=office" in line for line in found)
