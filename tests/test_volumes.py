"""Volumes on the map are sums of the ledger's rows, each over the place's own last twelve months."""

import pandas as pd
import pytest

import vado
from vado.errors import BadValueError
from vado.forecast.volumes import volumes


@pytest.fixture(scope="module")
def ledger():
    with vado.open_ledger() as opened:
        yield opened


def test_a_fiscal_year_of_sectors_and_ports_adds_up_to_the_published_total(ledger):
    table = volumes(ledger).tables["volumes"]
    border = table[table["measure"] == "sw_encounters"]
    assert border["value"].sum() == 2_475_669
    assert len(border) == 13
    assert (border["kind"] == "events").all()


def test_calendar_year_2021_on_the_way(ledger):
    table = volumes(ledger, as_of="2022-01-16").tables["volumes"].set_index("measure")
    assert table.loc["darien_transits", "value"] == 133_726
    assert table.loc["darien_transits", "first_day"] == pd.Timestamp("2021-01-01").date()
    assert table.loc["sw_encounters", "last_day"].unique().tolist() == [pd.Timestamp("2021-11-30").date()]


def test_every_place_has_coordinates(ledger):
    table = volumes(ledger).tables["volumes"]
    assert table[["latitude", "longitude"]].notna().all().all()
    assert table["latitude"].between(5, 35).all()


def test_before_anything_was_counted(ledger):
    with pytest.raises(BadValueError, match="nothing on the way had been published by 1990-01-01"):
        volumes(ledger, as_of="1990-01-01")
