"""How well a news text is read: figures, measures, speakers, periods, verdicts on annotated passages, and two rivals.

Run with a file of annotated passages, and with ``--faults`` for every difference::

    python benchmarks/claims.py tests/passages/worked_with.yaml --faults

A figure counts as found if its place and its value are right. Measures and speakers are scored as pairs with it, so
that a figure too many or too few counts against them as well. A verdict is wrong if the annotation does not allow it;
"not comparable" and "no source in the ledger" abstain. quantulum3 (``pip install quantulum3``) and a plain expression
are scored on figures alone, since they read nothing else.
"""

from __future__ import annotations

import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

import vado
from vado.claims.article import read

ABSTAINED = ("not comparable", "no source in the ledger")
PLAIN = re.compile(r"\d[\d,]*(?:\.\d+)?(?:\s?(?:thousand|million|billion)\b)?(?:\s?(?:%|percent\b|per cent\b))?", re.I)
SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
Found = tuple[int, int, float, float | None]


def main(path: str, faults: bool) -> None:
    passages = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    ledger = vado.open_ledger()
    vado.check("Officials counted 1,000 encounters at the southwest border in May 2021.", ledger)
    counts: Counter[str] = Counter()
    verdicts: Counter[tuple[str, str]] = Counter()
    seconds = []
    for passage in passages:
        began = time.perf_counter()
        answer = vado.check(passage["text"], ledger, date=str(passage["date"]))
        seconds.append(time.perf_counter() - began)
        examine(passage, answer, counts, verdicts, faults)
    show(path, counts, verdicts, seconds, len(passages))
    for name, finder in (("a plain expression", plain), ("quantulum3", quantulum)):
        rival(name, finder, passages)


def examine(
    passage: dict[str, Any], answer: vado.Answer, counts: Counter[str], verdicts: Counter[tuple[str, str]], faults: bool
) -> None:
    """Add what was right and wrong of one passage to the counts."""
    table = answer.tables["figures"]
    listed = table[table["kind"] == "figure"].to_dict("records")
    rows = [{key: None if cell != cell else cell for key, cell in row.items()} for row in listed]
    text = read(passage["text"]).text
    gold = [{**one, "at": place(text, one)} for one in passage["figures"]]
    score(passage["id"], text, gold, rows, counts, verdicts, faults)
    if not gold:
        counts["verdicts on none"] += int((~table["verdict"].isin(ABSTAINED)).sum())
        counts["rows on none"] += len(table)


def place(text: str, one: dict[str, Any]) -> tuple[int, int]:
    at = -1
    for _ in range(one.get("occurrence") or 1):
        at = text.find(one["text"], at + 1)
    return at, at + len(one["text"])


def score(
    name: str,
    text: str,
    gold: list[dict[str, Any]],
    rows: list[dict[str, Any]],
    counts: Counter[str],
    verdicts: Counter[tuple[str, str]],
    faults: bool,
) -> None:
    places = located(text, rows)
    used: set[int] = set()
    for one in gold:
        start, end = one["at"]
        hits = [i for i, (a, b) in enumerate(places) if a < end and start < b and i not in used]
        if not hits:
            counts["missed"] += 1
            told(faults, name, "missed", one["text"], "", text[max(0, start - 40) : end + 40])
            continue
        row = rows[hits[0]]
        used.add(hits[0])
        right = same_value(row, one)
        counts["found" if right else "wrong value"] += 1
        if not right:
            told(faults, name, "value", f"{one['value']} {one['high']}", f"{row['value']} {row['high']}", row["text"])
        compare(name, one, row, right, counts, faults)
        allowed = [str(v) for v in one["verdicts"]]
        given = "matches" if row["verdict"].startswith("matches") else row["verdict"]
        verdicts[allowed[0], given] += 1
        counts["judged"] += given not in ABSTAINED
        counts["could be judged"] += allowed[0] not in ABSTAINED
        if given not in allowed and given not in ABSTAINED:
            counts["wrong verdict"] += 1
            told(faults, name, "VERDICT", str(allowed), given, f"{row['text']}: {row['reason']} | {one['why']}")
        elif given not in allowed:
            told(faults, name, "abstained", str(allowed), given, f"{row['text']}: {row['measure']} {row['reason']}")
    for index, row in enumerate(rows):
        if index not in used:
            counts["extra"] += 1
            told(faults, name, "extra", "", row["text"], "")


def located(text: str, rows: Sequence[dict[str, Any]]) -> list[tuple[int, int]]:
    """Find rows in the text again, in their order."""
    places, at = [], 0
    for row in rows:
        start = text.find(row["text"], at)
        start = start if start >= 0 else text.find(row["text"])
        places.append((start, start + len(row["text"])))
        at = start + 1
    return places


def same_value(row: dict[str, Any], one: dict[str, Any]) -> bool:
    def near(a: float | None, b: float | None) -> bool:
        missing = (a is None or a != a, b is None)
        return all(missing) if any(missing) else abs(abs(a) - abs(b)) <= 0.02 * abs(b) + 1e-9  # type: ignore[operator, arg-type]

    return near(row["value"], one["value"]) and near(row["high"], one["high"])


def compare(
    name: str, one: dict[str, Any], row: dict[str, Any], right: bool, counts: Counter[str], faults: bool
) -> None:
    period = [
        str(row[key])[:10] if row[key] is not None and row[key] == row[key] else None
        for key in ("period_start", "period_end")
    ]
    wanted = [str(one[key]) if one[key] else None for key in ("start", "end")]
    found = {
        "measure": row["measure"] == one["measure"],
        "speaker": same_name(row["speaker"], one["speaker"]),
        "bound": row["bound"] == one["bound"],
        "unit": row["unit"] == one["unit"],
        "period": period == wanted,
        "nationality": row["nationality"] == one["nationality"],
        "outlet": (row["outlet"] or None) == one["outlet"] or same_name(row["outlet"] or "", one["outlet"] or "-"),
    }
    for key, holds in found.items():
        counts[key] += right and holds
        if not holds:
            given = period if key == "period" else row.get(key)
            asked = wanted if key == "period" else one.get(key)
            told(faults, name, key, str(asked), str(given), f"{row['text']} | {row['measure']}")


def same_name(given: str, wanted: str) -> bool:
    def words(name: str) -> set[str]:
        plain = re.sub(r"[^\w\s]", " ", re.sub(r"['’]s\b", "", name.lower()))
        return set(plain.split()) - {"the", "u", "s", "us", "a", "of", "and", "university", "poll"}

    a, b = words(given), words(wanted)
    return bool(a and b) and (a <= b or b <= a)


def told(faults: bool, *cells: str) -> None:
    if faults:
        print(" | ".join(cell.replace("\n", " / ") for cell in cells))


def f1(right: int, counts: Counter[str]) -> float:
    stated = counts["found"] + counts["wrong value"] + counts["missed"]
    given = counts["found"] + counts["wrong value"] + counts["extra"]
    return 2 * right / (stated + given) if stated + given else float("nan")


def show(
    path: str, counts: Counter[str], verdicts: Counter[tuple[str, str]], seconds: list[float], passages: int
) -> None:
    stated = counts["found"] + counts["wrong value"] + counts["missed"]
    print(f"{path}: {passages} passages, {stated} figures")
    print(
        f"figures F1 {f1(counts['found'], counts):.3f} (missed {counts['missed']}, extra {counts['extra']}, "
        f"wrong value {counts['wrong value']})"
    )
    for key in ("measure", "speaker", "bound", "unit", "period", "nationality", "outlet"):
        print(f"{key} F1 {f1(counts[key], counts):.3f}")
    print(
        f"wrong verdicts {counts['wrong verdict']} of {stated}; "
        f"judged {counts['judged']} of {counts['could be judged']} that could be"
    )
    print(f"passages without a figure: {counts['rows on none']} rows, {counts['verdicts on none']} verdicts")
    print(f"seconds a passage: median {statistics.median(seconds):.2f}, most {max(seconds):.2f}")
    kinds = ["matches", "within the published range", "one source among several", "outside it", *ABSTAINED]
    print("| annotated \\ given | " + " | ".join(kinds) + " |\n" + "|---" * (len(kinds) + 1) + "|")
    for asked in kinds:
        if any(verdicts[asked, given] for given in kinds):
            print(f"| {asked} | " + " | ".join(str(verdicts[asked, given]) for given in kinds) + " |")


def plain(text: str) -> list[Found]:
    found = []
    for match in PLAIN.finditer(text):
        number = re.match(r"[\d,]*(?:\.\d+)?", match[0])
        assert number is not None
        scale = next((factor for word, factor in SCALES.items() if word in match[0].lower()), 1.0)
        found.append((match.start(), match.end(), float(number[0].replace(",", "") or 0) * scale, None))
    return found


def quantulum(text: str) -> list[Found] | None:
    try:
        from quantulum3 import parser
    except ImportError:
        return None
    return [(q.span[0], q.span[1], float(q.value), None) for q in parser.parse(text)]


def rival(name: str, finder: Callable[[str], list[Found] | None], passages: list[dict[str, Any]]) -> None:
    counts: Counter[str] = Counter()
    for passage in passages:
        text = read(passage["text"]).text
        found = finder(text)
        if found is None:
            print(f"{name}: not installed")
            return
        rows = [{"value": value, "high": high} for *_, value, high in found]
        used: set[int] = set()
        for one in passage["figures"]:
            start, end = place(text, one)
            hits = [i for i, (a, b, *_) in enumerate(found) if a < end and start < b and i not in used]
            right = [i for i in hits if same_value(rows[i], {**one, "high": None})]
            counts["found" if right else "wrong value" if hits else "missed"] += 1
            used.update(hits)
        counts["extra"] += len(found) - len(used)
    print(
        f"{name}: figures F1 {f1(counts['found'], counts):.3f} (extra {counts['extra']}, missed {counts['missed']}, "
        f"wrong value {counts['wrong value']})"
    )


if __name__ == "__main__":
    main(sys.argv[1], "--faults" in sys.argv)
