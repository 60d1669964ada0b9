"""An archive gives what its ledger gives, as of every day, older releases included."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vado.forecast.archive import Archive
from vado.forecast.targets import release_day
from vado.ledger.ledger import Ledger
from vado.ledger.store import DuckDBStore

KEYS = ["period_end", "place", "nationality", "household", "legal_authority", "component", "attributes", "vintage"]


@pytest.fixture(scope="module")
def revised(tmp_path_factory):
    """Return a ledger whose spring of 2022 was revised twice after it came out, once with a cell less."""
    store = DuckDBStore(tmp_path_factory.mktemp("ledger") / "revised.duckdb", create=True)
    with Ledger(store) as ledger:
        spring = ledger.observe("sw_encounters", start="2022-03-01", end="2022-05-31")
        for vintage, day, rows in (("z1", "2022-09-15", spring.iloc[1:]), ("z2", "2023-02-01", spring)):
            later = rows.assign(vintage=vintage, published=pd.Timestamp(day), value=rows["value"] + 1)
            store.append({"observations": later})
        yield ledger


def same(ledger, archive, **look):
    expected = ledger.observe("sw_encounters", **look).sort_values(KEYS).reset_index(drop=True)
    found = archive.observe("sw_encounters", **look).sort_values(KEYS).reset_index(drop=True)
    # A look that finds nothing has columns of no type.
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


@settings(max_examples=25, deadline=None)
@given(day=st.dates(dt.date(2019, 9, 1), dt.date(2024, 6, 1)), bounded=st.booleans())
def test_an_archive_is_its_ledger(revised, day, bounded):
    bounds = {"start": "2022-02-01", "end": "2022-10-31"} if bounded else {}
    same(revised, Archive(revised), as_of=day, **bounds)


def test_the_day_of_a_revision_and_the_day_before(revised):
    archive = Archive(revised)
    for day in ("2022-09-14", "2022-09-15", "2023-01-31", "2023-02-01", None):
        same(revised, archive, as_of=day)
    march = archive.observe("sw_encounters", as_of="2022-12-01", start="2022-03-01", end="2022-03-31")
    assert set(march["vintage"]) == {"z1"}
    haiti = archive.observe("sw_encounters", as_of="2022-12-01", nationality="HTI")
    assert set(haiti["nationality"]) == {"HTI"}


def test_the_first_release_counts_and_not_the_revision(revised):
    plain = release_day(revised, "2022-02")
    assert release_day(revised, "2022-03") > plain
    assert release_day(revised, "2022-03") < dt.date(2022, 6, 1)
    assert release_day(Archive(revised), "2022-03") == release_day(revised, "2022-03")
