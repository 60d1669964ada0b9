"""Published estimates: rivals apart, figures as their publishers printed them, and nothing before its day."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vado
from vado.errors import BadValueError


@pytest.fixture(scope="module")
def ledger():
    with vado.open_ledger() as opened:
        yield opened


@pytest.fixture(scope="module")
def everything(ledger):
    return vado.stock(ledger, method="published")


#: Series, year and million persons as printed: DHS (three levels), Pew, CMS, MPI, and the 2018 paper.
PRINTED = [
    ("DHS_orig", 2010, 10.8),
    ("DHS_2010base", 2010, 11.6),
    ("DHS_2010base", 2015, 12.0),
    ("DHS_2021rev", 2015, 11.4),
    ("DHS_2024", 2022, 11.0),
    ("Pew_2011", 2007, 12.0),
    ("Pew_2019", 2007, 12.2),
    ("CMS", 2019, 10.4),
    ("MPI", 2021, 11.2),
    ("FZFK_conservative", 2000, 13.3),
    ("FZFK_conservative", 2016, 16.7),
    ("FZFK_mean", 2016, 22.1),
]


@pytest.mark.parametrize(("series", "year", "million"), PRINTED)
def test_estimates_are_as_printed(everything, series, year, million):
    rows = everything.tables["estimates"]
    found = rows[(rows["series"] == series) & (rows["year"] == year)]["million"]
    assert found.tolist() == [million]


def test_intervals_are_as_printed_also_without_a_point(everything):
    rows = everything.tables["estimates"].set_index("series")
    assert rows.loc["FZFK_mean", ["low_million", "high_million"]].tolist() == [16.2, 29.5]
    simulated = rows.loc["VanHook2021"].sort_values("low_million")
    assert simulated["million"].isna().all()
    assert simulated[["low_million", "high_million"]].to_numpy().tolist() == [[7.0, 15.7], [9.1, 12.2]]


def test_ranges_are_those_of_the_estimates(everything):
    estimates = everything.tables["estimates"].dropna(subset=["million"])
    for row in everything.tables["range_by_year"].to_dict("records"):
        same_year = estimates[estimates["year"] == row["year"]]
        assert (row["lowest_million"], row["highest_million"]) == (
            same_year["million"].min(),
            same_year["million"].max(),
        )
        assert row["estimates"] == len(same_year)


def test_methods_are_told_apart(everything):
    families = everything.tables["estimates"].groupby("series")["family"].first()
    assert families["DHS_orig"] == families["Pew_2011"] == families["CMS"] == "residual"
    assert families["FZFK_mean"] == "inflow-outflow"
    assert families["BearStearns_2005"] == "other"


def test_parts_stand_apart_from_totals(everything):
    parts = everything.tables["by_country_of_birth"]
    mexico = parts[(parts["series"] == "DHS_2010base") & (parts["country_of_birth"] == "Mexico")]
    assert mexico["million"].tolist() == [6.72]
    assert everything.tables["estimates"]["million"].min() > 1.5


@settings(max_examples=20, deadline=None)
@given(as_of=st.dates(dt.date(2008, 1, 1), dt.date(2026, 1, 1)))
def test_nothing_is_shown_before_it_was_published(ledger, as_of):
    answer = vado.stock(ledger, as_of=as_of, method="published")
    assert (answer.tables["estimates"]["published"] <= pd.Timestamp(as_of)).all()
    assert answer.as_of == as_of


def test_before_the_first_estimate(ledger):
    with pytest.raises(BadValueError, match="no estimate had been published by 1980-01-01; the first in the ledger"):
        vado.stock(ledger, as_of="1980-01-01")
