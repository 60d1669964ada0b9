"""The ledger that ships: totals that offices printed, and the rules every row keeps."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pytest

from vado.ledger.schema import DIMENSIONS, MEASURE_KINDS, PARAMETER_STATUS, SOURCE_KINDS, TABLES

FOLDER = Path(__file__).resolve().parent.parent / "src" / "vado" / "ledger" / "data"
TABLE_NAMES = [name for name in TABLES if name != "quarantine"]
#: Words that Vado does not use of people; sources' own titles and the texts of votes may.
BANNED = re.compile(r"illegal|\balien|unlawful|undocumented|invasion|\bflood|\bswarm|\bhorde|\binflux", re.IGNORECASE)
REQUIRED_MEASURES = {
    *("sw_encounters", "usbp_encounters", "darien_transits", "mx_events", "mx_returns", "hn_entries", "co_transits"),
    *("camp_headcount", "unauthorized_population", "migrant_deaths"),
}


@pytest.fixture(scope="module")
def ledger():
    connection = duckdb.connect(":memory:")
    for name in TABLE_NAMES:
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{FOLDER / name}.parquet')")
    yield connection
    connection.close()


def one(ledger, sql, *values):
    return ledger.execute(sql, list(values)).fetchone()[0]


#: measure, series, first and last day, further condition, expected, where it was printed
PUBLISHED = [
    ("sw_encounters", "cbp_monthly", "2019-10-01", "2020-09-30", "", 458_088),
    ("sw_encounters", "cbp_monthly", "2020-10-01", "2021-09-30", "", 1_734_686),
    ("sw_encounters", "cbp_monthly", "2021-10-01", "2022-09-30", "", 2_378_944),
    ("sw_encounters", "cbp_monthly", "2022-10-01", "2023-09-30", "", 2_475_669),
    ("sw_encounters", "cbp_monthly", "2021-09-01", "2021-09-30", "", 192_001),
    ("sw_encounters", "cbp_monthly", "2021-09-01", "2021-09-30", "nationality = 'HTI'", 17_638),
    (
        "sw_encounters",
        "cbp_monthly",
        "2021-09-01",
        "2021-09-30",
        "nationality = 'HTI' AND place = 'Del Rio' AND component = 'USBP'",
        15_951,
    ),
    ("sw_encounters", "cbp_monthly_fy2018_fy2019", "2017-10-01", "2018-09-30", "", 521_090),
    ("sw_encounters", "cbp_monthly_fy2018_fy2019", "2018-10-01", "2019-09-30", "", 977_509),
    ("sw_encounters", "first_report", "2022-04-01", "2022-04-30", "", 234_088),
    ("sw_encounters", "first_report", "2021-10-01", "2021-10-31", "", 164_303),
    ("usbp_encounters", "usbp_sector_exact", "1999-10-01", "2000-09-30", "SOUTHWEST", 1_643_679),
    ("usbp_encounters", "usbp_sector_exact", "2016-10-01", "2017-09-30", "SOUTHWEST", 303_916),
    ("usbp_encounters", "usbp_sector_exact", "2018-10-01", "2019-09-30", "SOUTHWEST", 851_508),
    ("usbp_encounters", "ins_yearbook", "1999-10-01", "2000-09-30", "", 1_676_438),
    ("us_encounters_nationwide", "cbp_state", "2022-10-01", "2023-09-30", "", 3_201_144),
    ("darien_transits", "snm_monthly", "2021-01-01", "2021-12-31", "", 133_726),
    ("darien_transits", "snm_monthly", "2022-01-01", "2022-12-31", "", 248_284),
    ("darien_transits", "snm_sex_age", "2022-01-01", "2022-12-31", "", 248_284),
    ("mx_events", "segob_monthly", "2021-01-01", "2021-12-31", "", 309_692),
    ("mx_events", "segob_sex_age", "2021-01-01", "2021-12-31", "", 309_692),
    ("mx_returns", "segob_monthly", "2021-01-01", "2021-12-31", "", 130_275),
    ("hn_entries", "inm_nationality", "2022-01-01", "2022-12-31", "", 188_858),
    ("irregular_border_detections_eu", "frontex_monthly", "2015-01-01", "2015-12-31", "", 1_822_102),
]


@pytest.mark.parametrize(("measure", "series", "start", "end", "condition", "expected"), PUBLISHED)
def test_the_rows_add_up_to_what_was_printed(ledger, measure, series, start, end, condition, expected):
    where = condition.replace("SOUTHWEST", "place IN (SELECT place FROM places WHERE parent = 'swb')") or "true"
    total = one(
        ledger,
        "SELECT sum(value) FROM observations WHERE measure = ? AND series = ? AND period_start >= CAST(? AS DATE)"
        f" AND period_end <= CAST(? AS DATE) AND {where}",
        *(measure, series, start, end),
    )
    assert total == expected


@pytest.mark.parametrize("name", TABLE_NAMES)
def test_a_table_has_its_columns_its_key_and_no_gap(ledger, name):
    table = TABLES[name]
    found = [row[0] for row in ledger.execute(f"DESCRIBE {name}").fetchall()]
    assert found == table.names
    key = ", ".join(table.key)
    assert one(ledger, f"SELECT count(*) FROM (SELECT {key} FROM {name} GROUP BY ALL HAVING count(*) > 1)") == 0
    for column in table.columns:
        if not column.optional:
            assert one(ledger, f"SELECT count(*) FROM {name} WHERE {column.name} IS NULL") == 0, column.name


@pytest.mark.parametrize(
    "name", [name for name in TABLE_NAMES if "source_id" in TABLES[name].names and name != "sources"]
)
def test_every_row_has_a_described_source(ledger, name):
    assert one(ledger, f"SELECT count(*) FROM {name} ANTI JOIN sources USING (source_id)") == 0


def test_no_source_is_idle(ledger):
    tables = [name for name in TABLE_NAMES if "source_id" in TABLES[name].names and name != "sources"]
    used = " UNION ".join(f"SELECT source_id FROM {name}" for name in tables)
    assert one(ledger, f"SELECT count(*) FROM sources WHERE source_id NOT IN ({used})") == 0


def test_measures_places_and_units_fit_the_rows(ledger):
    assert one(ledger, "SELECT count(*) FROM observations ANTI JOIN measures USING (measure, unit)") == 0
    assert one(ledger, "SELECT count(*) FROM measures ANTI JOIN observations USING (measure)") == 0
    assert one(ledger, "SELECT count(*) FROM observations ANTI JOIN places USING (place) WHERE place <> 'ALL'") == 0
    assert {row[0] for row in ledger.execute("SELECT measure FROM measures").fetchall()} >= REQUIRED_MEASURES
    missing = ledger.execute(
        "SELECT measure FROM measures WHERE default_series IS NOT NULL AND NOT EXISTS (SELECT 1 FROM observations AS o"
        " WHERE o.measure = measures.measure AND o.series = default_series)"
    ).fetchall()
    assert missing == []


def test_kinds_and_statuses_are_the_allowed_ones(ledger):
    for table, column, allowed in (
        ("sources", "kind", SOURCE_KINDS),
        ("measures", "kind", MEASURE_KINDS),
        ("parameters", "status", PARAMETER_STATUS),
    ):
        assert {row[0] for row in ledger.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall()} <= set(allowed)


def test_nothing_adds_up_that_must_not(ledger):
    for measure, kind, text in ledger.execute("SELECT measure, kind, additive_over FROM measures").fetchall():
        dimensions = {part for part in text.split(",") if part}
        assert dimensions <= {*DIMENSIONS, "time"}, measure
        assert not (kind == "stock" and "time" in dimensions), measure
        assert not (kind in {"share", "rate"} and dimensions), measure


def test_attributes_are_compact_json_with_sorted_keys(ledger):
    for (text,) in ledger.execute("SELECT DISTINCT attributes FROM observations").fetchall():
        content = json.loads(text)
        assert text == json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_nothing_is_published_before_it_began(ledger):
    assert one(ledger, "SELECT count(*) FROM observations WHERE published < period_start") == 0
    assert one(ledger, "SELECT count(*) FROM observations WHERE period_end < period_start") == 0
    known = one(
        ledger,
        "SELECT max(published) FROM observations WHERE measure = 'sw_encounters' AND series = "
        "'cbp_monthly' AND period_start = DATE '2021-09-01'",
    )
    assert "2021-10-01" < known.isoformat() < "2021-11-16"
    known = one(
        ledger,
        "SELECT max(published) FROM observations WHERE measure = 'sw_encounters' AND series = "
        "'cbp_monthly' AND period_start = DATE '2022-03-01'",
    )
    assert known.isoformat() < "2022-04-20"


def test_vintages_of_the_resident_population_stay_apart(ledger):
    rows = ledger.execute(
        "SELECT series, value FROM observations WHERE measure = 'unauthorized_population' AND place = 'USA'"
        " AND nationality = 'ALL' AND period_start = DATE '2010-01-01' ORDER BY series"
    ).fetchall()
    assert rows == [("DHS_2010base", 11_600_000.0), ("DHS_orig", 10_800_000.0)]


def test_rivals_for_one_constant_stand_side_by_side(ledger):
    assert one(ledger, "SELECT count(*) FROM parameters WHERE name = 'apprehension_probability'") == 3
    assert one(ledger, "SELECT count(DISTINCT source_id) FROM parameters WHERE name = 'irca_applicants_general'") == 2


def test_the_nine_sectors_are_the_southwest_border(ledger):
    sectors = {
        row[0] for row in ledger.execute("SELECT place FROM places WHERE parent = 'swb' AND kind = 'sector'").fetchall()
    }
    assert sectors == {
        *("San Diego", "El Centro", "Yuma", "Tucson", "El Paso", "Big Bend", "Del Rio", "Laredo", "Rio Grande Valley")
    }


def test_every_source_states_its_licence(ledger):
    assert one(ledger, "SELECT count(*) FROM sources WHERE licence IS NULL OR trim(licence) = ''") == 0


@pytest.mark.parametrize("name", TABLE_NAMES)
def test_no_path_of_a_machine_is_inside(ledger, name):
    texts = [column.name for column in TABLES[name].columns if column.type == "VARCHAR"]
    for column in texts:
        found = ledger.execute(
            f"SELECT {column} FROM {name} WHERE regexp_matches({column}, '(^|[ \"(])/(home|root|tmp|work|mnt)/')"
            f" OR {column} LIKE '%raw.githubusercontent%' OR {column} LIKE '../%' LIMIT 1"
        ).fetchall()
        assert found == [], column


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("measures", ("measure", "title", "unit", "description", "traps")),
        ("observations", ("measure", "series", "vintage", "attributes", "interval", "note")),
        ("parameters", ("name", "unit", "note")),
        ("events", ("subject", "title", "event", "unit", "note")),
        ("places", ("place", "name", "roles", "note")),
        ("sources", ("source_id", "publisher", "attributed_to")),
    ],
)
def test_own_wording_is_neutral(ledger, table, columns):
    for column in columns:
        for (text,) in ledger.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL").fetchall():
            assert not BANNED.search(text), f"{table}.{column}: {text}"


def test_the_ledger_is_small():
    assert sum((FOLDER / f"{name}.parquet").stat().st_size for name in TABLE_NAMES) < 8_000_000
