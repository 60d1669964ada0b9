"""Figures held against the ledger: known numbers, what they are mistaken for, and laws that hold for every figure."""

import datetime as dt
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vado.claims.agreement import fit, significant_digits
from vado.claims.evidence import gather
from vado.claims.figure import Claim, Figure, Period, Reading
from vado.claims.polls import average, by_pollster
from vado.claims.qualitative_evidence import qualitative
from vado.claims.rivals import FRAME_COLUMNS, NO_SOURCE, NOT_COMPARABLE, ONE_OF_SEVERAL, OUTSIDE, WITHIN, Rival
from vado.claims.verdict import judge
from vado.ledger.dates import add_months, fiscal_year
from vado.ledger.ledger import open_ledger

LEDGER = open_ledger()
CBP = "matches US Customs and Border Protection"
ARTICLE = "2023-01-31"


def figure(value, bound="exact", unit="count", step=None, high=None):
    if step is None:
        step = 1.0 if unit != "count" or value != int(value) else float(10 ** _zeros(int(value)))
    return Figure(0, 1, f"{value:,}", f"{value:,}", float(value), bound, unit, step, high)


def _zeros(value):
    return len(str(value)) - len(str(value).rstrip("0")) if value else 0


def day(text):
    return dt.date.fromisoformat(text) if text else None


def period(words, kind=None):
    """Read "2021-09", "FY2021", "2021", "2021-09-18", "2021-01-01/2021-08-31", "/2009-12-31" or "" as a period."""
    if not words:
        return Period(None, None, "unstated")
    if words.startswith("FY"):
        return Period(*fiscal_year(int(words[2:])), kind or "fiscal_year")
    if "/" in words:
        first, last = words.split("/")
        return Period(day(first), day(last), kind or ("range" if first else "before"))
    if len(words) == 4:
        return Period(dt.date(int(words), 1, 1), dt.date(int(words), 12, 31), kind or "year")
    if len(words) == 7:
        first = dt.date.fromisoformat(words + "-01")
        return Period(first, add_months(first, 0), kind or "month")
    return Period(day(words), day(words), kind or "day")


def reading(measure, *, place=None, of="", household=None, confidence=0.9, whole=None, **attributes):
    return Reading(
        measure,
        confidence,
        place,
        tuple(of.split()),
        household,
        {k.rstrip("_"): v for k, v in attributes.items()},
        whole,
    )


def said(stated, when, article=ARTICLE, **read):
    meant, days = reading(**read), period(when)
    return judge(stated, meant, days, gather(LEDGER, stated, meant, days, day(article)))


SW, BP, MX = {"measure": "sw_encounters"}, {"measure": "usbp_encounters"}, {"measure": "mx_events"}
STOCK = {"measure": "unauthorized_population"}
OUTCOME = {"measure": "camp_outcomes", "outcome": "encountered"}
CAMP = {"measure": "camp_headcount"}


@pytest.mark.parametrize(
    ("stated", "when", "read", "verdict", "number"),
    [
        # Events, exactly, rounded and bounded.
        (figure(192_001), "2021-09", SW, CBP, "192,001"),
        (figure(17_638), "2021-09", SW | {"of": "HTI"}, CBP, "17,638"),
        (figure(1_734_686), "FY2021", SW, CBP, "1,734,686"),
        (figure(1_730_000), "FY2021", SW, CBP, "1,734,686"),
        (figure(1_740_000), "FY2021", SW, OUTSIDE, "1,734,686"),
        (figure(56_000, "about"), "2022-12", SW | {"place": "El Paso"}, CBP, "55,769"),
        (figure(200_000, "more than"), "2021-08", SW, CBP, "209,840"),
        (figure(200_000, "more than"), "2021-09", SW, OUTSIDE, "192,001"),
        (figure(200_000, "less than"), "2021-09", SW, CBP, "192,001"),
        (figure(150_000, "between", high=200_000), "2021-09", SW, CBP, "192,001"),
        (figure(100_000, "at least"), "2021-08", SW, CBP, "far from it"),
        (figure(1_000, "more than"), "2021-08", SW, NOT_COMPARABLE, "209,840"),
        (figure(6_400, unit="per_day", step=100), "2021-09", SW, CBP, "6,400"),
        (figure(885_386), "2015", {"measure": "irregular_border_detections_eu",
                                   "place": "frontex_eastern_mediterranean_route"}, "matches Frontex", "885,386"),
        (figure(131_418), "2021", {"measure": "asylum_applications", "place": "MEX"}, "matches UNHCR", "131,418"),
        (figure(129_329), "2021", {"measure": "asylum_applications", "place": "MEX"}, "matches COMAR", "129,329"),
        (figure(438_421), "FY2013", {"measure": "removals"}, "matches US Department of Homeland Security", "438,421"),
        # The first report of a month, and the file of today.
        (figure(208_887), "2021-08", SW, "matches CBP monthly operational update, first report", "208,887"),
        # One count under two names.
        (figure(1_659_206), "FY2021", BP | {"place": "swb"}, CBP, "1,659,206"),
        (figure(479_371), "FY2014", BP | {"place": "swb"}, CBP, "479,371"),
        (figure(414_397), "FY2013", SW, CBP, "414,397"),
        # Mistaken for something else: what the text may mean is not comparable, what it rules out is outside.
        (figure(1_734_686), "2021", SW, NOT_COMPARABLE, "fiscal year 2021"),
        (figure(1_700_000, step=1e5), "2021", SW, NOT_COMPARABLE, "fiscal year 2021"),
        (figure(1_659_206), "FY2021", SW, NOT_COMPARABLE, "Border Patrol alone"),
        (figure(1_956_519), "FY2021", SW, NOT_COMPARABLE, "nationwide"),
        (figure(142_710), "2021-09", SW, NOT_COMPARABLE, "different people"),
        (figure(17_638), "2021-09", SW, NOT_COMPARABLE, "Haiti"),
        (figure(209_840), "2021-09", SW, OUTSIDE, "August 2021"),
        (figure(192_001), "2021-09", SW | {"of": "HTI"}, OUTSIDE, "17,638"),
        (figure(192_001), "2021-09", SW | {"place": "Del Rio"}, NOT_COMPARABLE, "at the southwest land border"),
        (figure(53_503), "2022", {"measure": "guatemalans_returned", "returned_from": "USA"}, NOT_COMPARABLE, "Mexico"),
        (figure(248_284), "2022", {"measure": "darien_transits", "of": "VEN"}, OUTSIDE, "150,327"),
        # As near as two releases of one source.
        (figure(191_801), "2021-09", SW, NOT_COMPARABLE, "0.1 per cent"),
        # What the ledger cannot show.
        (figure(17_638), "", SW | {"of": "HTI"}, NOT_COMPARABLE, "September 2021"),
        (figure(5_000), "2021-09-20", SW, NOT_COMPARABLE, "by month"),
        (figure(5_000), "2021-09", MX | {"of": "MEX"}, NOT_COMPARABLE, "foreigners"),
        (figure(5_000), "1990-05", SW, NOT_COMPARABLE, "May 1990"),
        (figure(5_000), "2021-09", SW | {"place": "frontex_other"}, NOT_COMPARABLE, "not counted for"),
        (figure(5_000), "2021-09", SW | {"confidence": 0.1}, NOT_COMPARABLE, "not certain"),
        (figure(5_000), "2021-09", {"measure": None}, NO_SOURCE, "nothing"),
        (figure(900_000), "2019-06", {"measure": "court_backlog"}, NO_SOURCE, "court_backlog"),
        # Shares and changes.
        (figure(61, unit="percent"), "FY2021", SW | {"legal_authority": "title_42"}, CBP, "61.3 per cent"),
        (figure(41, unit="percent"), "FY2021", SW | {"legal_authority": "title_42"}, OUTSIDE, "61.3 per cent"),
        (figure(50, "more than", "percent", 10), "FY2014", BP | {"place": "Rio Grande Valley"}, CBP, "53.5 per cent"),
        (figure(50, unit="percent", step=1),
         "2021-09", SW | {"of": "HTI", "household": "family_unit_individual"}, CBP, "50.3 per cent"),
        (figure(41, unit="percent"), "FY2021", SW, NOT_COMPARABLE, "which part"),
        (figure(233, unit="change_percent"), "2021-09", SW, CBP, "57,674"),
        (figure(8.5, unit="change_percent", step=0.1), "2021-09", SW | {"direction": "down"}, CBP, "209,840"),
        (figure(8.5, unit="change_percent", step=0.1), "2021-09", SW | {"direction": "up"}, OUTSIDE, "192,001"),
        (figure(8.5, unit="change_percent", step=0.1), "2021-09", SW | {"against": "year"}, NOT_COMPARABLE, "fell by"),
        # Estimates, by publisher, release and day.
        (figure(11e6, step=1e6), "/2009-12-31", STOCK | {"publisher": "Department of Homeland Security"},
         "matches DHS OIS", "10.8 million"),
        (figure(11.4e6, step=1e5), "2018-01", STOCK | {"publisher": "the homeland security department"},
         "matches DHS OIS", "11.4 million"),
        (figure(10.8e6, step=1e5), "2010", STOCK | {"publisher": "DHS"}, "matches DHS OIS", "10.8 million"),
        (figure(10.5e6, step=1e5), "2017", STOCK | {"publisher": "Pew"}, "matches Pew Research Center", "10.5 million"),
        (figure(10.5e6, step=1e5), "2017", STOCK, ONE_OF_SEVERAL, "10.5 million"),
        (figure(6e6, step=1e6), "2017", STOCK, OUTSIDE, "million"),
        (figure(16.2e6, "between", high=29.5e6, step=1e5), "2016", STOCK, ONE_OF_SEVERAL, "29.5 million"),
        (figure(2.8e6, step=1e5), "2012", STOCK | {"place": "US-CA"}, "matches DHS OIS", "California"),
        (figure(50, unit="percent", step=10), "2018-01", STOCK | {"of": "MEX"}, "matches DHS OIS", "50 per cent"),
        # Headcounts and statements.
        (figure(10_503), "2021-09-16", CAMP | {"whose": "Mayor Bruno Lozano"}, "matches Del Rio mayor", "10,503"),
        (figure(10_503), "2021-09-16", CAMP, "matches Del Rio mayor B. Lozano", "8,200"),
        (figure(12_662), "2021-09-19", CAMP, "matches USBP Chief R. Ortiz", "12,662"),
        (figure(30_000, "about"), "2021-09-17", CAMP, OUTSIDE, "12,000"),
        (figure(15_000, "about"), "2021-09", CAMP, "matches", "18 September 2021"),
        (figure(3_000, step=100), "2021-09", CAMP, NOT_COMPARABLE, "which day"),
        (figure(30_000, "about"), "2021-09", OUTCOME | {"of": "HTI"}, "matches DHS Sec. Mayorkas", "30,000"),
        (figure(15_000), "2021-10-23", {"measure": "caravan_size"}, OUTSIDE, "2,000"),
        (figure(298_336), "FY2022", {"measure": "temporary_work_visas", "class_": "H-2A"}, "matches", "298,336"),
        (figure(600_000, "about"), "FY2022", {"measure": "known_gotaways"}, "matches", "599,000"),
        (figure(1.2e6, step=1e5), "FY2022", {"measure": "known_gotaways"}, OUTSIDE, "637,170"),
        (figure(80_000), "2021-12", {"measure": "us_releases"}, NOT_COMPARABLE, "open"),
        (figure(26, unit="percent"), "2021-09", {"measure": "repeat_encounter_share"}, "matches CBP", "26 per cent"),
        (figure(50, unit="percent", step=10), "", {"measure": "repeat_encounter_share"}, OUTSIDE, "30 per cent"),
        (figure(26), "2021-09", {"measure": "repeat_encounter_share"}, NOT_COMPARABLE, "per cent"),
        (figure(6_038), "2023-06-15", {"measure": "children_in_custody", "agency": "hhs"}, "matches", "6,038"),
    ],
    ids=str,
)  # fmt: skip
def test_a_known_number_has_its_verdict(stated, when, read, verdict, number):
    article = None if read["measure"] == "children_in_custody" else ARTICLE
    found = said(stated, when, article, **read)
    assert found.verdict.startswith(verdict), found
    assert number in found.reason
    assert not found.reason[0].islower() or "." in found.reason.split()[0]
    assert found.reason.endswith(".")


def test_thirty_million_is_where_a_published_interval_ends_and_forty_is_not():
    article = "2021-11-16"
    high = said(figure(30e6, "at most", step=1e6), "", article, **STOCK)
    assert high.verdict == WITHIN
    assert "Yale" in high.reason
    assert "29.5 million" in high.reason
    assert said(figure(40e6, "at most", step=1e6), "", article, **STOCK).verdict == OUTSIDE
    assert said(figure(11e6, step=1e6), "", article, **STOCK).verdict == ONE_OF_SEVERAL
    assert said(figure(11e6, step=1e6), article, article, **STOCK).verdict == ONE_OF_SEVERAL


def test_a_revised_estimate_and_a_first_report_say_so():
    assert "later revised" in said(figure(10.8e6, step=1e5), "2010", **STOCK, publisher="DHS").trap
    assert "209,840" in said(figure(208_887), "2021-08", **SW).trap
    assert "not people" in said(figure(192_001), "2021-09", **SW).trap
    assert "142,710 different people" in said(figure(192_001), "2021-09", **SW).trap


def test_who_made_it_to_a_camp_is_neither_its_headcount_nor_the_border_s_encounters():
    found = said(figure(18_000), "2021-09", "2021-11-16", **OUTCOME, of="HTI")
    assert found.verdict in (NOT_COMPARABLE, OUTSIDE)
    for number in ("30,000", "15,000", "17,638"):
        assert number in found.reason
    assert said(figure(18_000), "2021-09", "2021-11-16", **OUTCOME).verdict == OUTSIDE


def test_a_count_of_everybody_says_so_where_a_text_names_some():
    assert "all nationalities" in said(figure(30_000, "about"), "2021-09", **OUTCOME, of="HTI").trap


def test_a_running_year_ends_with_the_last_month_that_was_out():
    half = LEDGER.total("sw_encounters", start="2021-10-01", end="2022-04-30")["value"].iloc[0]
    assert said(figure(half), "FY2022", "2022-05-20", **SW).verdict == CBP
    assert said(figure(1.2e6, step=1e5), "FY2022", "2022-05-20", **SW).verdict == NOT_COMPARABLE
    since = judge_since("2021-10-01", figure(1_000_000, "more than"), "2022-05-20")
    assert since.verdict == CBP


def judge_since(start, stated, article):
    days, meant = Period(day(start), None, "since"), reading(**SW)
    return judge(stated, meant, days, gather(LEDGER, stated, meant, days, day(article)))


def test_days_within_months_bound_a_sum():
    found = said(figure(1_600_000, "at least"), "2021-01-20/2021-10-31", **SW)
    assert found.verdict == CBP
    assert said(figure(1_800_000, "more than"), "2021-01-20/2021-10-31", **SW).verdict == OUTSIDE


@pytest.mark.parametrize(
    ("value", "read", "verdict", "words"),
    [
        (
            38,
            {"pollster": "USA TODAY/Suffolk University Poll"},
            "matches Suffolk",
            "37.8 per cent of registered voters",
        ),
        (45, {"pollster": "USA TODAY/Suffolk University Poll"}, OUTSIDE, "37.8"),
        (43, {}, WITHIN, "polls"),
        (20, {}, OUTSIDE, "polls"),
        (38, {"pollster": "Nobody & Sons"}, NO_SOURCE, "Nobody"),
        (38, {"topic": "immigration"}, NO_SOURCE, "between"),
        (38, {"population": "independents"}, NO_SOURCE, "independents"),
    ],
)
def test_a_poll_is_found_by_its_pollster_and_stands_beside_the_mean(value, read, verdict, words):
    found = said(figure(value, unit="percent"), "", "2021-11-16", measure="approval", **read)
    assert found.verdict.startswith(verdict)
    assert words in found.reason
    if verdict.startswith("matches"):
        assert "the mean of" in found.reason
        assert "One poll" in found.trap


def test_the_mean_counts_each_pollster_once():
    import pandas as pd

    end = pd.Timestamp("2021-11-10")
    rows = [("A", "a", 40.0), ("A", "rv", 60.0), ("A2", "a", 44.0), ("B", "lv", 50.0)]
    polls = pd.DataFrame(
        {
            "poll_id": [poll for poll, _, _ in rows],
            "pollster": [poll[0] for poll, _, _ in rows],
            "population": [population for _, population, _ in rows],
            "approve": [value for _, _, value in rows],
            "end_date": end,
        }
    )
    assert average(polls, dt.date(2021, 11, 10)) == ((42.0 + 50.0) / 2, 3)
    mean, count = average(polls, dt.date(2021, 12, 10))
    assert np.isnan(mean)
    assert count == 0


def test_a_pollster_is_known_by_its_words():
    polls = LEDGER.read("polls")
    for asked, name in (
        ("Quinnipiac University", "Quinnipiac"),
        ("the Washington Post-ABC News poll", "ABC"),
        ("Reuters/Ipsos", "Ipsos"),
        ("NPR/PBS NewsHour/Marist", "Marist"),
    ):
        found = by_pollster(polls, asked)
        assert not found.empty
        assert found["pollster"].str.contains(name).all(), asked
    assert by_pollster(polls, "a poll of the university").empty


@pytest.mark.parametrize(
    ("yeas", "nays", "when", "read", "verdict"),
    [
        (228, 197, "2021-03-18", {"bill": "H.R. 6", "chamber": "House"}, "matches House roll call 91, H.R. 6"),
        (228, 197, "2021-03-18", {}, "matches House roll call 91, H.R. 6"),
        (237, 187, "2019-06", {"bill": "Dream and Promise Act"}, "matches House roll call 240, H.R. 6"),
        (230, 197, "2021-03-18", {"bill": "H.R. 6", "chamber": "House"}, OUTSIDE),
        (62, 36, "2013", {"chamber": "Senate"}, OUTSIDE),
        (62, 36, "", {"chamber": "Senate"}, "matches Senate roll call 157, S. 2611"),
        (301, 99, "2021-03-18", {"bill": "H.R. 9999"}, NO_SOURCE),
    ],
)
def test_a_vote_is_a_roll_call(yeas, nays, when, read, verdict):
    stated = figure(yeas, "vote", "vote", 1.0, nays)
    assert said(stated, when, measure="votes", **read).verdict.startswith(verdict)


@pytest.mark.parametrize(
    ("kind", "direction", "words", "when", "article", "read", "verdict", "number"),
    [
        ("ranking", 1, "the top drivers", "", "2021-11-16", SW | {"of": "MEX GTM HND SLV"}, CBP, "El Salvador 33,446"),
        ("ranking", 1, "the top drivers", "", "2021-11-16", SW | {"of": "MEX GTM HND HTI"}, OUTSIDE, "El Salvador"),
        ("ranking", 1, "the busiest", "2022-12", "2023-01-24", SW | {"place": "El Paso"}, CBP, "55,769"),
        ("ranking", 1, "busiest month", "2022-10", "2023-02-14", MX, "matches SEGOB", "52,218"),
        ("ranking", 1, "busiest month", "2022-03", "2023-02-14", MX, OUTSIDE, "52,218"),
        ("share", 1, "largely", "", "2021-11-16", MX | {"of": "HTI GTM HND SLV"}, "matches SEGOB", "80.8 per cent"),
        ("share", 1, "mostly", "", "2021-11-16", MX | {"of": "VEN"}, OUTSIDE, "per cent"),
        ("share", 1, "mostly", "", "2021-11-16", MX | {"of": "MEX"}, NOT_COMPARABLE, "foreigners"),
        ("trend", -1, "sinking", "", "2021-11-16", {"measure": "approval"}, "matches FiveThirtyEight", "42.8"),
        ("trend", 1, "rising", "", "2021-11-16", {"measure": "approval"}, OUTSIDE, "42.8"),
        ("trend", -1, "slipping", "", "2021-11-16",
         {"measure": "approval", "topic": "immigration"}, NO_SOURCE, "polls"),
        ("trend", 1, "surged", "", "2021-11-16", SW, OUTSIDE, "164,837"),
        ("trend", -1, "fewer", "", "2023-06-16",
         {"measure": "children_in_custody", "agency": "hhs"}, "matches", "6,629"),
        ("record", 1, "a record", "2022-12", "2023-01-24", SW, CBP, "since October 2019"),
        ("record", 1, "a record", "2021-09", "2021-11-06", SW, OUTSIDE, "213,593"),
        ("record", 1, "the most in thirteen years", "2019-05", "2019-06-07", BP | {"place": "swb"}, CBP, "114,137"),
        ("record", 1, "the most in thirty years", "2019-05", "2019-06-07",
         BP | {"place": "swb"}, NOT_COMPARABLE, "1999"),
        ("trend", 1, "rising", "", "2021-11-16", {"measure": "unauthorized_population"}, NOT_COMPARABLE, "counts"),
    ],
)  # fmt: skip
def test_claims_without_a_figure(kind, direction, words, when, article, read, verdict, number):
    claim = Claim(0, len(words), words, kind, direction)
    found = qualitative(LEDGER, claim, reading(**read), period(when), day(article))
    assert found.verdict.startswith(verdict), found
    assert number in found.reason


SCOPES = [
    ("sw_encounters", None, "HTI"),
    ("sw_encounters", "Del Rio", ""),
    ("sw_encounters", None, "GTM HND SLV"),
    ("us_encounters_nationwide", None, ""),
    ("mx_events", None, "VEN"),
    ("mx_returns", None, ""),
    ("hn_entries", None, "CUB"),
    ("guatemalans_returned", None, ""),
    ("usbp_encounters", "Tucson", ""),
    ("homicides", None, ""),
]


@given(
    scope=st.sampled_from(SCOPES),
    first=st.integers(0, 11),
    months=st.integers(1, 12),
    off=st.floats(0.3, 3.0),
    sign=st.sampled_from((-1, 1)),
)
@settings(max_examples=40, deadline=None)
def test_a_figure_equal_to_the_total_matches_and_one_far_off_never_does(scope, first, months, off, sign):
    measure, place, nationalities = scope
    start = dt.date(2019 if measure == "usbp_encounters" else 2022, 1, 1)
    start = add_months(start, first - 12 if measure in ("usbp_encounters", "homicides") else first - 6).replace(day=1)
    end = add_months(start, months - 1)
    filters = {"nationality": nationalities.split()} if nationalities else {}
    filters |= {"place": place} if place else {}
    total = float(LEDGER.total(measure, start=start, end=end, **filters)["value"].iloc[0])
    when = f"{start}/{end}"
    read = {"measure": measure, "place": place, "of": nationalities}
    if total:
        assert said(figure(total, step=1.0), when, "2024-06-01", **read).verdict.startswith("matches")
    if total > 20:
        wrong = total * (1 + off) if sign > 0 else total * (1 - min(off, 0.9))
        assert not said(figure(round(wrong), step=1.0), when, "2024-06-01", **read).verdict.startswith("matches")


@given(value=st.floats(1e3, 1e6), truth=st.floats(1e3, 1e6), step=st.sampled_from((1.0, 10.0, 1e3, 1e4)))
def test_bounds_are_true_on_their_own_side_only(value, truth, step):
    today = dt.date(2021, 9, 30)
    rival = Rival("a", truth, None, None, "people", today, today, today, "s")
    at_least = fit(figure(value, "at least", step=step), rival)
    at_most = fit(figure(value, "at most", step=step), rival)
    assert (at_least == "differs") == (truth < value - 1e-6)
    assert (at_most == "differs") == (truth > value + 1e-6)
    exact = fit(figure(value, step=step), rival)
    assert (exact == "agrees") == (abs(truth - value) <= step / 2 + 1e-6)
    if exact == "agrees":
        assert fit(figure(value, "about", step=step), rival) == "agrees"


def test_digits_are_those_stated():
    assert [significant_digits(figure(v, step=s)) for v, s in ((17_638, 1), (18_000, 1_000), (1.7e6, 1e5), (5, 1))] == [
        5, 2, 2, 1
    ]  # fmt: skip


def test_the_evidence_shows_its_rows_and_as_of_hides_what_came_later():
    stated, meant, days = figure(17_638), reading(**SW, of="HTI"), period("2021-09")
    evidence = gather(LEDGER, stated, meant, days, day("2021-11-16"))
    assert tuple(evidence.frame.columns) == FRAME_COLUMNS
    assert evidence.frame["value"].sum() == 17_638
    assert {rival.source_id for rival in evidence.same} <= set(LEDGER.sources()["source_id"])
    early = gather(LEDGER, stated, meant, days, day("2021-11-16"), as_of="2021-10-01")
    assert judge(stated, meant, days, early).verdict == NOT_COMPARABLE


def test_a_figure_takes_less_than_a_tenth_of_a_second():
    stated, meant, days = figure(555_555), reading(**SW), period("2022-05")
    gather(LEDGER, stated, meant, days, day(ARTICLE))
    before = time.perf_counter()
    judge(stated, meant, days, gather(LEDGER, stated, meant, days, day(ARTICLE)))
    assert time.perf_counter() - before < 0.1
