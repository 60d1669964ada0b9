"""The ledger against published totals, against the calendar, and against sums that mean nothing."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vado
from vado.errors import BadFileError, KindError, UnknownNameError, VadoError
from vado.ledger.codes import NAMED_NATIONALITIES, SOUTHWEST_SECTORS
from vado.ledger.sums import total

#: Published by US Customs and Border Protection for the southwest land border, by fiscal year.
FISCAL_YEARS = {2020: 458_088, 2021: 1_734_686, 2022: 2_378_944, 2023: 2_475_669}


@pytest.fixture(scope="module")
def ledger():
    with vado.open_ledger() as opened:
        yield opened


@pytest.mark.parametrize(("year", "published"), FISCAL_YEARS.items())
def test_fiscal_year_totals_are_the_published_ones(ledger, year, published):
    rows = ledger.observe("sw_encounters", start=f"{year - 1}-10-01", end=f"{year}-09-30")
    assert rows["value"].sum() == published
    assert ledger.total("sw_encounters", by="fiscal_year").set_index("fiscal_year").loc[year, "value"] == published


def test_september_2021_haiti(ledger):
    september = {"start": "2021-09-01", "end": "2021-09-30", "nationality": "HTI"}
    assert ledger.observe("sw_encounters", **september)["value"].sum() == 17_638
    assert ledger.observe("sw_encounters", place="Del Rio", **september)["value"].sum() == 15_951


def test_as_of_the_day_of_the_article(ledger):
    rows = ledger.observe("sw_encounters", as_of="2021-11-16")
    assert (rows["published"] <= "2021-11-16").all()
    assert rows.loc[rows["period_end"] == "2021-09-30", "value"].sum() == 192_001
    assert rows["period_end"].max() == pd.Timestamp("2021-09-30")
    assert ledger.observe("sw_encounters", as_of="2021-10-01")["period_end"].max() == pd.Timestamp("2021-08-31")
    assert ledger.observe("sw_encounters", as_of="2022-04-20")["period_end"].max() == pd.Timestamp("2022-03-31")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_nothing_is_known_before_it_was_published(ledger, data):
    measure = data.draw(st.sampled_from(sorted(ledger.measures.index)))
    day = data.draw(st.dates(dt.date(1990, 1, 1), dt.date(2026, 1, 1)))
    rows = ledger.observe(measure, as_of=day, series="all")
    assert (rows["published"].dt.date <= day).all()
    later = ledger.observe(measure, as_of=day + dt.timedelta(days=400), series="all")
    assert len(later) >= len(rows) or not ledger.measure(measure)["missing_is_zero"]


def test_codes_that_stand_for_others(ledger):
    month = {"start": "2022-03-01", "end": "2022-03-31"}
    everyone = ledger.observe("sw_encounters", **month)["value"].sum()
    by_nationality = [
        ledger.observe("sw_encounters", nationality=code, **month)["value"].sum()
        for code in (*NAMED_NATIONALITIES, "OTH")
    ]
    by_place = [
        ledger.observe("sw_encounters", place=code, **month)["value"].sum() for code in (*SOUTHWEST_SECTORS, "OFO")
    ]
    assert sum(by_nationality) == sum(by_place) == everyone
    assert ledger.observe("sw_encounters", place="swb", nationality="ALL", **month)["value"].sum() == everyone
    ports = ledger.observe("sw_encounters", place="OFO", **month)
    assert set(ports["component"]) == {"OFO"}
    assert not {"swb", "OFO"} & set(ports["place"])


def test_attributes_filter(ledger):
    rows = ledger.observe("mx_returns", start="2021-01-01", end="2021-12-31")
    part = ledger.observe("mx_returns", start="2021-01-01", end="2021-12-31", attributes={"return_type": "deportation"})
    assert 0 < part["value"].sum() < rows["value"].sum() == 130_275


def test_default_series_never_mixes(ledger):
    for name, row in ledger.measures.iterrows():
        if isinstance(row["default_series"], str) and row["default_series"]:
            assert set(ledger.observe(name)["series"]) == {row["default_series"]}, name


def test_every_row_names_a_source_that_is_there(ledger):
    used = ledger.store.query("SELECT DISTINCT source_id FROM observations")["source_id"]
    sources = ledger.sources()
    assert set(used) <= set(sources["source_id"])
    assert sources["licence"].str.len().gt(0).all()


def test_leaves_only_total_has_no_rows_of_its_own(ledger):
    rows = ledger.observe("sw_encounters")
    assert not {"ALL", "OTH"} & set(rows["nationality"])
    assert not {"ALL", "swb", "OFO"} & set(rows["place"])


def test_events_are_not_added_to_persons(ledger):
    with pytest.raises(KindError, match="events, of which one person can cause several"):
        ledger.total(["sw_encounters", "darien_transits"], start="2021-09-01", end="2021-09-30")


def test_stocks_are_not_added_to_flows(ledger):
    with pytest.raises(KindError, match="what is present on a day"):
        ledger.total(["unauthorized_population", "sw_encounters"])


def test_a_stock_is_not_added_over_time(ledger):
    chosen = {"series": "Pew_2011", "nationality": "ALL"}
    assert len(ledger.observe("unauthorized_population", **chosen)) > 1
    with pytest.raises(KindError, match="over time"):
        ledger.total("unauthorized_population", **chosen)
    by_year = ledger.total("unauthorized_population", by="year", **chosen).set_index("year")["value"]
    assert by_year[2007] == 12_000_000


def test_a_total_beside_its_parts_is_not_added_to_them(ledger):
    rows = ledger.observe("sw_encounters", start="2021-09-01", end="2021-09-30").head(2).copy()
    rows["nationality"] = ["ALL", "MEX"]
    with pytest.raises(KindError, match="would count twice"):
        total([ledger.measure("sw_encounters")], [rows], [])


def test_rival_series_are_not_added(ledger):
    with pytest.raises(KindError, match="rival accounts"):
        ledger.total("unauthorized_population", start="2010-01-01", end="2010-12-31")


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda x: x.observe("sw_encounter"), "did you mean 'sw_encounters'"),
        (lambda x: x.observe("sw_encounters", nationality="Haiti"), "did you mean 'HTI'"),
        (lambda x: x.observe("sw_encounters", nationality="HTJ"), "did you mean 'HTI'"),
        (lambda x: x.observe("sw_encounters", place="Del Roi"), "did you mean 'Del Rio'"),
        (lambda x: x.observe("sw_encounters", series="cbp"), "unknown series of sw_encounters"),
        (lambda x: x.observe("sw_encounters", sector="Del Rio"), "unknown filter 'sector'"),
        (lambda x: x.observe("sw_encounters", as_of="2021-13-01"), "did you mean 2021-12-01?"),
        (lambda x: x.observe("sw_encounters", start="Sept 2021"), "start 'Sept 2021' is not a day"),
        (lambda x: x.total("sw_encounters", by=["sector"]), "unknown column to total by 'sector'"),
        (lambda x: x.sources(["cpb"]), "unknown source"),
        (lambda x: x.parameters("nothing_like_it"), "unknown parameter"),
    ],
)
def test_bad_input_is_one_line_with_the_mend(ledger, call, expected):
    with pytest.raises(VadoError) as caught:
        call(ledger)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_ledger_at_a_path(tmp_path):
    with pytest.raises(BadFileError, match="no ledger at"):
        vado.open_ledger(tmp_path / "missing.duckdb")


def test_another_file_is_not_a_ledger(tmp_path):
    path = tmp_path / "notes.duckdb"
    path.write_text("not a database")
    with pytest.raises(BadFileError, match="not a DuckDB ledger"):
        vado.open_ledger(path)


def test_unknown_names_suggest_the_nearest(ledger):
    with pytest.raises(UnknownNameError, match="did you mean 'darien_transits'"):
        ledger.observe("darien_transit")
