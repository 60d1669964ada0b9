"""Tables on disk: CSV, Parquet and workbook say what the answer says, run nothing, and replace nothing by half."""

import dataclasses
import datetime as dt
import json
import runpy
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vado.errors import BadFileError
from vado.report import folder as folder_module
from vado.report import write_csv, write_parquet, write_report, write_tables, write_workbook
from vado.report.names import answer_slugs, table_stems

openpyxl = pytest.importorskip("openpyxl")
SAMPLES = runpy.run_path(str(Path(__file__).with_name("report_samples.py")))
FORMULAS = ['=HYPERLINK("http://example.org")', "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1"]


@pytest.fixture
def risky():
    return pd.DataFrame({"=name": FORMULAS, "value": [-1.5, 2, 3, 4, 5, None], "source_id": "cbp"})


def report(folder, **settings):
    fixed = {"title": "T", "preamble": {}, "date": dt.date(2021, 10, 20), "pictures": False}
    return write_report(SAMPLES["answers"](), folder, **{**fixed, **settings})


def test_every_table_is_written_as_csv_and_parquet_and_comes_back(tmp_path):
    answers = SAMPLES["answers"]()
    assert len(write_tables(answers, tmp_path)) == 2 * sum(len(answer.tables) for answer in answers)
    forecast = answers[0].tables["forecast"]
    stem = tmp_path / "1-how-many-people-are-forecast"
    pd.testing.assert_frame_equal(pd.read_parquet(f"{stem}.parquet"), forecast, check_dtype=False)
    back = pd.read_csv(f"{stem}.csv", parse_dates=["target_end_date"])
    np.testing.assert_array_equal(back["median"], forecast["median"])
    assert back["target_end_date"].tolist() == forecast["target_end_date"].tolist()


def test_csv_defuses_formulas_in_text_and_leaves_numbers(tmp_path, risky):
    write_csv(risky, tmp_path / "t.csv")
    back = pd.read_csv(tmp_path / "t.csv")
    assert back["'=name"].tolist()[:4] == [f"'{text}" for text in FORMULAS[:4]]
    assert back["'=name"].tolist()[4:] == ["'\t=1", "'\n=1"]
    assert back["value"].tolist()[:2] == [-1.5, 2]


def test_parquet_keeps_text_and_takes_mixed_columns(tmp_path, risky):
    mixed = risky.assign(mixed=[1, "two", None, dt.date(2021, 9, 30), 2.5, "six"])
    mixed.attrs["engine"] = object()
    write_parquet(mixed, tmp_path / "t.parquet")
    back = pd.read_parquet(tmp_path / "t.parquet")
    assert back["=name"].tolist() == FORMULAS
    assert back["mixed"].tolist()[:2] == ["1", "two"]
    assert back["mixed"].tolist()[3] == "2021-09-30"


def test_the_workbook_has_a_typed_sheet_a_table_and_no_formula(tmp_path, risky):
    answer = SAMPLES["forecast_answer"]()
    answer = dataclasses.replace(answer, tables={**answer.tables, "risky": risky})
    book = openpyxl.load_workbook(write_workbook([answer, SAMPLES["stock_answer"]()], tmp_path / "t.xlsx"))
    assert book.sheetnames[:3] == ["contents", "1 forecast", "1 observed"]
    assert {"sources", "assumed", "caveats"} <= set(book.sheetnames)
    forecast = book["1 forecast"]
    assert forecast.freeze_panes == "A2"
    assert forecast["A2"].value == dt.datetime(2021, 10, 31)
    assert forecast["A2"].is_date
    assert forecast["C2"].value == pytest.approx(answer.tables["forecast"]["median"].iloc[0])
    assert forecast.max_row == 1 + len(answer.tables["forecast"])
    assert book["1 risky"]["B7"].value is None
    assert book["1 risky"]["A2"].value == FORMULAS[0]
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert book["sources"].max_row == 1 + 9
    book.close()


def test_sheet_names_fit_excel_and_differ(tmp_path):
    answer = SAMPLES["stock_answer"]()
    long = "a/table?with*a:very[long]name-and-more"
    tables = {**answer.tables, long: answer.tables["shares"], long + "2": answer.tables["shares"]}
    book = openpyxl.load_workbook(write_workbook([dataclasses.replace(answer, tables=tables)], tmp_path / "t.xlsx"))
    assert len({name.lower() for name in book.sheetnames}) == len(book.sheetnames) == 4 + 6
    assert max(map(len, book.sheetnames)) <= 31
    book.close()


def test_without_the_library_a_workbook_is_refused_with_the_mend(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(BadFileError, match=r"pip install 'vado\[excel\]'"):
        write_workbook(SAMPLES["answers"](), tmp_path / "t.xlsx")


def test_file_names_stay_in_their_folder_and_differ():
    answer = SAMPLES["stock_answer"]()
    shares = answer.tables["shares"]
    odd = dataclasses.replace(answer, tables={"../../etc": shares, "A": shares, "a": shares}, charts=[])
    stems = table_stems(answer_slugs([odd])[0], odd)
    assert len(set(stems.values())) == 3
    assert not any("/" in stem or "." in stem for stem in stems.values())


def test_a_report_has_all_its_files(tmp_path):
    page = report(tmp_path / "out" / "report", pictures=True)
    assert page == tmp_path / "out" / "report" / "report.html"
    names = {path.name for path in page.parent.iterdir()}
    assert names == {"report.html", "tables.xlsx", "answers.json", "tables", "charts"}
    pictures = sorted(path.name for path in (page.parent / "charts").iterdir())
    assert len(pictures) == 2 * 8
    assert pictures[0] == "1-how-many-people-are-1.png"
    answers = json.loads((page.parent / "answers.json").read_text(encoding="utf-8"))
    assert [answer["question"] for answer in answers] == [answer.question for answer in SAMPLES["answers"]()]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["report"]


def test_a_failed_run_leaves_the_earlier_report_and_no_rubbish(tmp_path, monkeypatch):
    page = report(tmp_path / "report")
    before = {path: path.read_bytes() for path in page.parent.rglob("*") if path.is_file()}

    def fail(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr(folder_module, "write_tables", fail)
    with pytest.raises(OSError, match="the disk is full"):
        report(tmp_path / "report", title="Another")
    assert {path: path.read_bytes() for path in page.parent.rglob("*") if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_move_that_fails_puts_the_earlier_report_back(tmp_path, monkeypatch):
    page = report(tmp_path / "report")
    real = Path.rename

    def rename(path, target):
        if path.suffix == ".new":
            raise OSError("no")
        return real(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(OSError, match="no"):
        report(tmp_path / "report", title="Another")
    assert "<h1>T</h1>" in page.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_second_report_replaces_the_first(tmp_path):
    report(tmp_path / "report", pictures=True)
    page = report(tmp_path / "report", title="Second")
    assert "<h1>Second</h1>" in page.read_text(encoding="utf-8")
    assert not (page.parent / "charts").exists()


@pytest.mark.parametrize("name", ["thesis.docx", "report.html"])
def test_a_folder_with_other_things_in_it_is_not_touched(tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(BadFileError, match="name another folder"):
        report(tmp_path)
    assert (tmp_path / name).read_text() == "mine"


def test_the_same_answers_make_the_same_files(tmp_path):
    first, second = report(tmp_path / "a").parent, report(tmp_path / "b").parent
    for path in first.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (second / path.relative_to(first)).read_bytes(), path.name
