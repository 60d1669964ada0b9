"""Congress: nothing later is read, known models are found again, rules of the chambers hold."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vado
from vado.errors import BadValueError, UnknownNameError
from vado.politics import chambers, passage
from vado.politics.chambers import QUESTIONS, Absences, tally
from vado.politics.congress import BILLS, S1639, congress
from vado.politics.congress_record import MODEL, PARTY_LINE, RULES, cut_point, rules, wilson
from vado.politics.legalization import regularized
from vado.politics.members import Positions
from vado.politics.roll_calls import AMENDMENTS, CLOTURE, DOUBTED, KINDS, ballots, directed, needed

SCORES = ["nokken_poole_dim1", "nokken_poole_dim2", "nominate_dim1", "nominate_dim2"]


@pytest.fixture(scope="module")
def ledger():
    with vado.open_ledger() as opened:
        yield opened


@pytest.fixture(scope="module")
def answer(ledger):
    return congress(ledger, bill="compromise", congress=110, as_of="2007-12-31", draws=300)


class Later:
    """A ledger to which rows are added that nobody could know, and in which scores are wrong that must not be read."""

    def __init__(self, ledger, congress, date):
        self.inner, self.congress, self.date = ledger, congress, date

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def read(self, table, as_of=None):
        rows = self.inner.read(table, as_of)
        if table == "members":
            rows[["nominate_dim1", "nominate_dim2"]] = 9.0
            rows.loc[rows["congress"] >= self.congress, SCORES] = -9.0
            newer = rows[rows["congress"] == self.congress].assign(congress=self.congress + 1)
            return pd.concat([rows[rows["congress"] <= self.congress], newer])
        after = self.inner.read("roll_calls").sort_values("date").iloc[[-1]]
        after = after.assign(
            vote_id="later", date=pd.Timestamp(self.date) + pd.Timedelta(days=1), congress=self.congress
        )
        if table == "roll_calls" and (as_of is None or after["date"].iloc[0].date() <= as_of):
            return pd.concat([rows, after])
        if table == "votes":
            return pd.concat([rows, rows[rows["vote_id"] == rows["vote_id"].iloc[0]].assign(vote_id="later")])
        return rows


def synthetic(seed, calls=30, members=120):
    """Ballots from a known model: side, position within it, a level a bill and one a member."""
    random = np.random.default_rng(seed)
    people = pd.DataFrame({"bioguide_id": [f"m{n:03}" for n in range(members)]})
    people["side"] = np.where(np.arange(members) % 2, 1.0, -1.0)
    people["within1"] = random.normal(0, 0.25, members)
    people["within2"], people["state"], people["chamber"] = 0.0, "OH", "House"
    people["dim1"] = 0.4 * people["side"] + people["within1"]
    own = random.normal(0, 0.8, members)
    frames = []
    for n in range(calls):
        logit = -1.5 * people["side"] - 4.0 * people["within1"] + own + random.normal(0, 0.7)
        chance = 1 / (1 + np.exp(-logit))
        frame = people.assign(vote_id=f"v{n:02}", family=f"b{n // 2}", kind=KINDS[n % 3], congress=105 + n // 3)
        frame = frame.assign(yea_direction=1, mover="both", cloture=False, to_proceed=False, truth=chance)
        frames.append(frame.assign(open=(random.random(members) < chance) * 1.0))
    return pd.concat(frames, ignore_index=True)


# What is coded


def test_every_roll_call_with_a_direction_is_coded_and_carried_as_recorded(ledger):
    calls = directed(ledger.read("roll_calls"))
    assert len(calls) == 45
    assert calls["carried"].sum() == 28
    assert (calls["carried"] == calls["result"].str.contains("Passed|Agreed to")).all()
    assert set(calls["kind"]) <= set(KINDS)
    assert not calls["family"].str.contains("of Congress").any()
    assert {*DOUBTED, *AMENDMENTS} <= set(calls["vote_id"])


def test_a_roll_call_that_is_not_coded_is_a_bill_of_its_own(ledger):
    rows = ledger.read("roll_calls").iloc[[0]].assign(bill="hr9999", label="A farm labor bill", yea_direction=1)
    new = directed(rows.assign(vote_id="x")).iloc[0]
    assert (new["family"], new["kind"], new["mover"]) == ("hr9999 of Congress 118", "farm_workers", "both")


@given(st.integers(0, 435), st.integers(0, 435))
def test_more_than_half_two_thirds_and_sixty(yeas, nays):
    assert (yeas >= needed("1/2", yeas, nays)) == (yeas > nays)
    assert (yeas >= needed("2/3", yeas, nays)) == (3 * yeas >= 2 * (yeas + nays))
    assert needed("3/5", yeas, nays) == CLOTURE


def test_an_unknown_rule_is_refused():
    with pytest.raises(BadValueError, match="4/5"):
        needed("4/5", 1, 1)


# Where members stood


def test_a_member_stands_where_the_last_congress_left_him_and_a_newcomer_with_party_and_state():
    def row(congress, who, party, state, dim1):
        scores = {"nokken_poole_dim1": dim1, "nokken_poole_dim2": 0.1, "nominate_dim1": 7.0, "nominate_dim2": 7.0}
        return {"congress": congress, "chamber": "House", "member_id": who, "bioguide_id": who} | {
            "party": party, "state": state, "district": "1", "source_id": "s", **scores
        }  # fmt: skip

    old = [row(100, "a", "D", "OH", -0.4), row(100, "b", "D", "TX", -0.2), row(100, "c", "R", "OH", 0.4)]
    placed = Positions(pd.DataFrame([*old, row(101, "a", "D", "OH", 5.0)])).place(
        pd.DataFrame({"bioguide_id": ["a", "new", "ind"], "party": ["D", "D", "I"], "state": ["OH", "TX", "VT"]}), 101
    )
    assert placed["dim1"].tolist() == pytest.approx([-0.4, -0.3 + 0.1 / 4, -0.3])
    assert placed["newcomer"].tolist() == [False, True, True]
    assert placed["side"].tolist() == [-1.0, -1.0, -1.0]


def test_who_sits_is_one_a_seat_before_a_roll_call_and_its_list_after(ledger):
    positions, calls, votes = Positions(ledger.read("members")), ledger.read("roll_calls"), ledger.read("votes")
    for chamber, size in (("House", 435), ("Senate", 100)):
        first = positions.sitting(117, chamber, calls.iloc[:0], votes)
        assert len(first) == size
        assert not first["bioguide_id"].duplicated().any()
    listed = positions.sitting(117, "Senate", calls, votes)
    assert len(listed) == 100
    assert str(listed["listed"].iloc[0].date()) == "2021-08-11"


# The model


def test_a_known_model_is_found_again():
    frame = synthetic(1)
    new = frame["family"].isin(["b13", "b14"])
    fitted = passage.fit(frame[~new])
    assert fitted.converged
    assert 0.5 < fitted.spreads["member"] < 1.1
    # Of bills not seen the chances miss the bill's own level alone: within a roll call they are nearly the truth.
    said = fitted.chance(frame[new])
    for _, own in frame[new].assign(said=said).groupby("vote_id"):
        assert own["said"].corr(own["truth"]) > 0.9
    drawn = fitted.draw(frame[new], 2000, np.random.default_rng(2)).mean(axis=0)
    assert np.abs(drawn - said).max() < 0.06


def test_the_mode_is_where_the_penalised_likelihood_is_flat():
    frame = synthetic(3, calls=8, members=40)
    fitted = passage.fit(frame)
    shaken = passage.fit(frame.sample(frac=1.0, random_state=1))
    assert shaken.names == fitted.names
    np.testing.assert_allclose(shaken.mode, fitted.mode, atol=1e-6)
    rest = frame["open"] - 1 / (1 + np.exp(-_logit(fitted, frame)))
    # Priors hold what is not pulled: of a coefficient with prior sd s, the slope of the likelihood is mode / s².
    slope = float((rest * frame["side"]).sum())
    at = fitted.names.index("side")
    assert slope == pytest.approx(fitted.mode[at] / passage.PRIOR_MAIN**2, abs=0.02)


def _logit(fitted, frame):
    known, fresh = fitted._design(frame)
    assert not fresh
    return known @ fitted.mode + fitted.member_mode[fitted.members.get_indexer(pd.Index(frame["bioguide_id"]))]


def test_votes_of_one_sort_alone_are_refused():
    with pytest.raises(BadValueError, match="both sorts"):
        passage.fit(synthetic(1, calls=2).assign(open=1.0))


# The chambers


class Certain:
    """A model that knows: the left votes to expand status and the right does not."""

    def draw(self, frame, draws, random):
        return np.tile((frame["side"] < 0).to_numpy(float), (draws, 1))


@pytest.mark.parametrize(("direction", "left", "carried"), [(1, 60, True), (1, 59, False), (-1, 40, True)])
def test_sixty_of_the_whole_senate_close_a_debate(direction, left, carried):
    senate = pd.DataFrame({"bioguide_id": range(100), "side": [-1.0] * left + [1.0] * (100 - left)})
    put = chambers.put({"House": senate, "Senate": senate}, 117, direction, "dreamers", "D")
    none_absent = Absences({"House": 0.0, "Senate": 0.0}, {"House": 0.0, "Senate": 0.0})
    found = tally(Certain(), put, {q.name: q.required for q in QUESTIONS}, none_absent, 50, np.random.default_rng(1))
    yeas = left if direction > 0 else 100 - left
    assert found["Senate cloture"].yeas.max() == yeas
    assert found["Senate cloture"].carried.any() == carried
    assert not (found["Senate cloture"].carried & (found["Senate cloture"].yeas < 60)).any()


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(-9, 9), st.booleans()), min_size=1, max_size=30))
def test_no_cut_point_does_better(members):
    at, opened = np.array([float(a) for a, _ in members]), np.array([float(o) for _, o in members])
    right = lambda cut: ((at <= cut) == (opened > 0.5)).sum()  # noqa: E731
    # Members at one position cannot be parted, which the count of the best cut point does not know.
    if len(set(at)) == len(at):
        assert right(cut_point(at, opened)) == max(right(cut) for cut in [-np.inf, *at])


def test_the_rules_use_what_they_learn_from_alone():
    train = pd.DataFrame({"side": [-1, -1, 1, 1], "dim1": [-0.5, -0.3, 0.2, 0.6], "yea_direction": 1})
    train["open"] = [1.0, 1.0, 1.0, 0.0]
    said = rules(train, train.assign(open=np.nan))
    assert said["one cut point"].tolist() == [1, 1, 1, 0]
    assert said["party line"].tolist() == [1, 1, 0, 0]


def test_wilson_holds_the_share():
    low, high = wilson(45, 45)
    assert low == pytest.approx(45 / (45 + 1.959964**2), rel=1e-6)
    assert high == pytest.approx(1.0)


# The answer


def test_later_rows_change_nothing_to_the_bit(ledger):
    asked = {"bill": "dreamers", "congress": 109, "as_of": "2006-06-01", "draws": 200}
    plain = congress(ledger, **asked).tables
    later = congress(Later(ledger, 109, "2006-06-01"), **asked).tables
    assert plain.keys() == later.keys()
    for name, table in plain.items():
        pd.testing.assert_frame_equal(table, later[name], check_exact=True)


def test_chances_are_of_one_another(answer):
    chance = answer.tables["chambers"].set_index("question")["chance"]
    assert 0 <= chance["both chambers"] <= min(chance["House passage"], chance["Senate, both questions"]) <= 1
    yeas = answer.tables["yeas"].groupby("question")["chance"].sum()
    np.testing.assert_allclose(yeas, 1.0)
    assert "name" not in answer.tables["pivotal"]


def test_the_failed_cloture_of_2007_has_its_table(answer):
    table = answer.tables["s1639"]
    every = table[table["party"] == "all"]
    assert (every["actual_yeas"] == 46).all()
    assert (every["voting"] == 99).all()
    parts = table[table["party"] != "all"].groupby("scheme")["actual_yeas"].sum()
    assert (parts == 46).all()
    assert S1639 in set(answer.tables["roll_calls"]["vote_id"])


def test_the_record_stands_beside_the_rules(answer):
    record = answer.tables["record"]
    best = record[record["predictor"].isin(RULES)].groupby("scheme")["votes_right"].max()
    ours = record[record["predictor"] == MODEL].set_index("scheme")
    np.testing.assert_allclose(ours["gain_over_best"], 100 * (ours["votes_right"] - best)[ours.index])
    lines = record[record["predictor"] == PARTY_LINE].set_index("scheme")["outcomes_right"]
    assert (ours["party_line_outcomes_right"] == lines[ours.index]).all()
    for said, scheme in zip(answer.summary[2:], ours.index, strict=True):
        assert f"party line {100 * lines[scheme]:.0f} %" in said
        beaten = ours.loc[scheme, "outcomes_right"] > lines[scheme]
        assert ("does not beat the party line" in said) == (not beaten)
    assert (ours["low_95"] <= ours["outcomes_right"]).all()
    assert (ours["outcomes_right"] <= ours["high_95"]).all()


def test_people_regularized_count_the_chance_in(ledger):
    people = congress(ledger, bill="dreamers", congress=109, as_of="2006-06-01", draws=300)
    # Nobody had published how many a bill of 2021 would reach.
    assert "legalization" not in people.tables
    assert any("regularize is left out" in said for said in people.caveats)


def test_the_chance_of_passage_multiplies_people(ledger):
    keys = ["take_up_as", "year"]

    def counted(passed):
        table, _ = regularized(ledger, "legalization", 117, passed)
        by_case = {case: own.set_index(keys) for case, own in table.groupby("case")}
        return by_case["if it passes"], by_case["chance counted in"]

    half = np.arange(200) % 2 == 0
    given, sure = counted(np.ones(200, dtype=bool))
    assert (given["mean"] > 0).all()
    assert (sure[["mean", "low_80", "median", "high_80"]] == given[["mean", "low_80", "median", "high_80"]]).all(
        axis=None
    )
    assert (sure["chance"] == 1).all()
    same, never = counted(np.zeros(200, dtype=bool))
    assert (never[["mean", "low_80", "median", "high_80"]] == 0).all(axis=None)
    assert (same["mean"] == given["mean"]).all()
    one, other = (counted(passed)[1] for passed in (half, ~half))
    assert (one["chance"] == 0.5).all()
    assert (one["low_80"] == 0).all()
    np.testing.assert_allclose(one["mean"] + other["mean"], given["mean"])


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"bill": "dreamer"}, UnknownNameError, "dreamers"),
        ({"congress": 98}, BadValueError, "100 to 118"),
        ({"congress": 117, "as_of": "2019-01-01"}, BadValueError, "2021-01-03"),
        ({"draws": 0}, BadValueError, "draws"),
        ({"seed": -1}, BadValueError, "from 0 on"),
        ({"congress": 101, "as_of": "1989-06-01"}, BadValueError, "fewer than two"),
    ],
)
def test_what_cannot_be_used_is_said(ledger, asked, error, says):
    with pytest.raises(error, match=says):
        congress(ledger, **asked)


def test_every_sort_of_bill_is_coded():
    assert {one.kind for one in BILLS.values()} == set(KINDS)


def test_who_did_not_vote_has_no_outcome(ledger):
    calls = directed(ledger.read("roll_calls")).tail(3)
    frame = ballots(calls, ledger.read("votes"), Positions(ledger.read("members")))
    assert frame["open"].isna().equals(~frame["vote"].isin(["Yea", "Nay"]))
    assert frame[["dim1", "dim2", "within1", "within2"]].notna().all().all()
