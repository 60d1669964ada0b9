"""An answer that breaks its rules cannot be made, and what it says survives as JSON."""

import datetime as dt
import json

import pandas as pd
import pytest

from vado.answer import Answer, Chart, MadeBy, cited
from vado.errors import BadValueError

SOURCES = [{"source_id": "a", "publisher": "A", "title": "T", "url": None, "licence": "not stated"}]


def answer(table, charts=(), sources=SOURCES):
    return Answer(
        question="How many?",
        as_of=dt.date(2021, 11, 16),
        summary=["Some."],
        tables={"t": table},
        charts=charts,
        sources=sources,
        assumed=[],
        caveats=[],
        made_by=MadeBy("vado stock", 1, {"vado": "0"}),
    )


TABLE = pd.DataFrame(
    {
        "day": [pd.Timestamp("2021-09-30"), pd.NaT],
        "value": [1.5, float("nan")],
        "whole": [1, 2],
        "text": ["x", None],
        "source_id": ["a", "a"],
    }
)


def test_json_has_the_agreed_keys_and_plain_values():
    read = json.loads(answer(TABLE, [Chart("bar", "t", "Title", {"x": "day", "y": "value"})]).to_json())
    assert list(read) == [
        "question",
        "as_of",
        "summary",
        "tables",
        "charts",
        "sources",
        "assumed",
        "caveats",
        "made_by",
    ]
    assert read["tables"]["t"][0] == {"day": "2021-09-30", "value": 1.5, "whole": 1, "text": "x", "source_id": "a"}
    assert read["tables"]["t"][1] == {"day": None, "value": None, "whole": 2, "text": None, "source_id": "a"}
    assert read["charts"][0]["kind"] == "bar"
    assert read["made_by"] == {"command": "vado stock", "seed": 1, "versions": {"vado": "0"}}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (TABLE.drop(columns="source_id"), "no column source_id"),
        (TABLE.assign(source_id=["a", None]), "row without a source_id"),
        (TABLE.assign(source_id=["a", ""]), "row without a source_id"),
        (TABLE.assign(source_id=["a", "a;b"]), "sources that the answer does not list: \\['b'\\]"),
    ],
)
def test_a_number_without_a_source_is_refused(table, message):
    with pytest.raises(BadValueError, match=message):
        answer(table)


@pytest.mark.parametrize(
    ("chart", "message"),
    [
        (Chart("bar", "u", "T", {"x": "day", "y": "value"}), "draws table 'u'"),
        (Chart("bar", "t", "T", {"x": "day"}), "needs"),
        (Chart("bar", "t", "T", {"x": "day", "y": "value", "size": "whole"}), "may have"),
        (Chart("bar", "t", "T", {"x": "day", "y": "volume"}), "asks for columns \\['volume'\\]"),
        (Chart("bar", "t", "T", {"x": "day", "y": "value"}, where={"place": "x"}), "asks for columns \\['place'\\]"),
    ],
)
def test_a_chart_of_what_is_not_there_is_refused(chart, message):
    with pytest.raises(BadValueError, match=message):
        answer(TABLE, [chart])


def test_cited_takes_apart_what_is_joined():
    assert cited(pd.DataFrame({"source_id": ["b;a", "a"]}), pd.DataFrame({"source_id": ["c"]})) == ["a", "b", "c"]
