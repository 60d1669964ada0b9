"""Loading files: good rows are taken, bad rows are kept with their reason, and nothing vanishes."""

import csv
import json

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import vado
from vado.errors import BadFileError
from vado.ledger.load import load

HEADER = ["measure", "place", "nationality", "period_start", "period_end", "value", "source_id"]
SOURCE = "my_office"


@pytest.fixture(scope="module")
def source_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("sources") / "sources.csv"
    path.write_text("source_id,publisher,title,licence,kind\nmy_office,My office,My table,CC0,official_statistics\n")
    return path


@pytest.fixture(scope="module")
def filled(tmp_path_factory, source_file):
    """A ledger file with the source, copied by the tests so that the embedded ledger is unpacked once."""
    path = tmp_path_factory.mktemp("ledger") / "mine.duckdb"
    load(source_file, path, "sources")
    return path


@pytest.fixture
def mine(filled, tmp_path):
    path = tmp_path / "mine.duckdb"
    path.write_bytes(filled.read_bytes())
    return path


def write(path, rows, header=HEADER):
    with path.open("w", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(header)
        writer.writerows(rows)
    return path


GOOD = ["sw_encounters", "Del Rio", "HTI", "2023-10-01", "2023-10-31", "12", SOURCE]


def row(**changes):
    return [changes.get(name, value) for name, value in zip(HEADER, GOOD, strict=True)]


def test_a_loaded_row_is_there_and_apart_from_the_default_series(mine, tmp_path):
    result = load(write(tmp_path / "october.csv", [GOOD]), mine)
    assert (result.taken, result.set_aside) == (1, ())
    with vado.open_ledger(mine) as ledger, vado.open_ledger() as embedded:
        assert ledger.observe("sw_encounters").equals(embedded.observe("sw_encounters"))
        rows = ledger.observe("sw_encounters", series="october")
        assert rows["value"].tolist() == [12]
        assert rows["published"].dt.strftime("%Y-%m-%d").tolist() == ["2023-11-18"]
        assert rows["published_is_assumed"].tolist() == [True]
        assert ledger.content_hash != embedded.content_hash


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row(measure="sw_encounter"), "did you mean 'sw_encounters'"),
        (row(place="Del Roi"), "place 'Del Roi' is not in the ledger"),
        (row(nationality="Haiti"), "did you mean 'HTI'"),
        (row(period_start="31/10/2023"), "is not a day"),
        (row(period_end="2023-09-30"), "before it starts"),
        (row(value="1,234"), "is not a number"),
        (row(value="nan"), "is not a number"),
        (row(value="-3"), "is negative"),
        (row(value=""), "neither a value nor an interval"),
        (row(source_id="nobody"), "load its row first with --table sources"),
        ([*GOOD, "extra"], "has 8 cells where the header has 7"),
        (GOOD[:-1], "has 6 cells"),
    ],
)
def test_a_bad_row_is_set_aside_with_its_reason_and_the_rest_is_taken(mine, tmp_path, bad, reason):
    result = load(write(tmp_path / "mixed.csv", [GOOD, bad, row(nationality="CUB")]), mine)
    assert result.taken == 2
    ((line, why),) = result.set_aside
    assert line == 3
    assert reason in why
    with vado.open_ledger(mine) as ledger:
        kept = ledger.read("quarantine")
    assert kept[["file", "line"]].to_numpy().tolist() == [["mixed.csv", 3]]
    assert json.loads(kept["content"].iloc[0])["measure"] == bad[0]


def test_the_same_row_twice_is_set_aside(mine, tmp_path):
    file = write(tmp_path / "twice.csv", [GOOD, GOOD])
    assert [line for line, _ in load(file, mine).set_aside] == [3]
    assert load(file, mine).taken == 0


def test_unit_that_does_not_fit(mine, tmp_path):
    file = write(tmp_path / "unit.csv", [[*GOOD, "persons"]], [*HEADER, "unit"])
    assert "convert the values" in load(file, mine).set_aside[0][1]


def test_wrong_encoding_reaches_quarantine(mine, tmp_path):
    file = tmp_path / "latin.csv"
    good = ",".join(GOOD).encode()
    file.write_bytes(",".join(HEADER).encode() + b"\n" + good + b"\n" + good.replace(b"Del Rio", b"Del R\xedo") + b"\n")
    result = load(file, mine)
    assert result.taken == 1
    assert "not UTF-8" in result.set_aside[0][1]


def test_parquet_is_taken_as_csv_is(mine, tmp_path):
    file = tmp_path / "october.parquet"
    frame = pd.DataFrame([GOOD, row(nationality="CUB", value="x")], columns=HEADER)
    frame.to_parquet(file)
    result = load(file, mine)
    assert (result.taken, len(result.set_aside)) == (1, 1)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.csv", None, "no file"),
        ("table.xlsx", b"PK", "neither .csv nor .parquet"),
        ("empty.csv", b"", "is empty"),
        ("short.csv", b"measure,value\n", "lacks the column 'period_start'"),
        ("typo.csv", b"mesure,value\n", "did you mean 'measure'"),
        ("double.csv", (",".join([*HEADER, "value"])).encode(), "twice"),
        ("broken.parquet", b"nothing", "cannot be read as Parquet"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(mine, tmp_path, name, content, message):
    before = mine.read_bytes()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BadFileError, match=message) as caught:
        load(tmp_path / name, mine)
    assert "\n" not in str(caught.value)
    assert mine.read_bytes() == before


def test_a_revision_replaces_the_whole_month_where_missing_means_zero(mine, tmp_path):
    header = [*HEADER, "series", "vintage", "published"]
    first = [*GOOD, "cbp_monthly", "2023-11-18", "2023-11-18"]
    other = [*row(nationality="CUB"), "cbp_monthly", "2023-11-18", "2023-11-18"]
    revised = [*row(value="15"), "cbp_monthly", "2024-02-01", "2024-02-01"]
    load(write(tmp_path / "releases.csv", [first, other, revised], header), mine)
    with vado.open_ledger(mine) as ledger:
        october = {"start": "2023-10-01", "end": "2023-10-31"}
        then = ledger.observe("sw_encounters", as_of="2023-12-01", **october)
        now = ledger.observe("sw_encounters", **october)
    assert sorted(then["value"]) == [12, 12]
    assert now["value"].tolist() == [15]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=9), max_size=6))
def test_no_row_vanishes_whatever_the_file_holds(filled, tmp_path_factory, cells):
    folder = tmp_path_factory.mktemp("any")
    ledger = folder / "mine.duckdb"
    ledger.write_bytes(filled.read_bytes())
    file = folder / "any.csv"
    with file.open("w", newline="", encoding="utf-8", errors="surrogatepass") as text:
        csv.writer(text, quoting=csv.QUOTE_ALL).writerows([HEADER, *cells])
    result = load(file, ledger)
    assert result.taken + len(result.set_aside) == len(cells)
