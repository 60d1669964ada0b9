"""The command that holds a text's figures against the ledger: check."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vado.cli.app import AsOf, Json, LedgerPath, OutFolder, app, opened_ledger, show, typed, write_out

if TYPE_CHECKING:
    import pandas as pd

    from vado.answer import Answer


@app.command()
def check(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="An English news text, plain or HTML; - for standard input.")
    ],
    date: Annotated[
        str | None, typer.Option("--date", metavar="DAY", help="The day of the text; by default read from it.")
    ] = None,
    as_of: AsOf = None,
    url: Annotated[str | None, typer.Option("--url", help="Address of the text, for ClaimReview.")] = None,
    claim_review: Annotated[
        Path | None,
        typer.Option("--claim-review", metavar="FILE", help="Also write schema.org ClaimReview (JSON-LD)."),
    ] = None,
    text: Annotated[
        bool, typer.Option("--text/--no-text", help="Whether the report that --out writes shows the text, marked up.")
    ] = True,
    out: OutFolder = None,
    ledger: LedgerPath = None,
    json: Json = False,
) -> None:
    """Is this number in the news right? Every checkable figure and ranking of a text, held against the ledger."""
    from vado.claims.check import check as ask
    from vado.terminal import print_overview

    content = _content(file)
    with opened_ledger(ledger) as opened:
        answer = ask(content, opened, date=date, as_of=as_of, keep_text=out is not None and text, command=typed())
    if claim_review is not None:
        _write_reviews(answer, claim_review, url)
    write_out(answer, out)
    if json:
        # The text is in the report that was asked for, and nowhere else.
        show(_without_text(answer), json=True, written=claim_review)
        return
    show(_brief(answer), json=False, written=claim_review)
    if not answer.tables["figures"].empty:
        print_overview("Why", _reasons(answer))


def _without_text(answer: Answer) -> Answer:
    """Return an answer without the text that a report shows."""
    from dataclasses import replace

    return replace(answer, tables={k: v for k, v in answer.tables.items() if k != "marked"}, charts=[])


def _brief(answer: Answer) -> Answer:
    """Return an answer with what fits on a line of a terminal for each figure."""
    from dataclasses import replace

    table = answer.tables["figures"]
    short = table[["number", "text", "measure", "date", "speaker", "verdict"]]
    short = short.assign(text=short["text"].str.slice(0, 40), source_id=[_nearest(answer, n) for n in short["number"]])
    kept = {"verdicts": short, **{name: answer.tables[name] for name in ("no_response",) if name in answer.tables}}
    return replace(answer, tables=kept, charts=[])


def _nearest(answer: Answer, number: int) -> str:
    """Return the sources that count the same as a figure, at most three; else the text itself."""
    rivals = answer.tables.get("rivals")
    if rivals is None:
        return "text_checked"
    rows = rivals[(rivals["number"] == number) & (rivals["counts"] == "same")]
    ids = list(dict.fromkeys(part for cell in rows["source_id"] for part in cell.split(";")))
    return ";".join(ids[:3]) or "text_checked"


def _reasons(answer: Answer) -> pd.DataFrame:
    """Return each figure with its reason, trap and what a model says, as sentences to be printed whole."""
    import pandas as pd

    rows = answer.tables["figures"].to_dict("records")
    told = [
        " ".join(str(row[key]) for key in ("reason", "trap", "model") if row[key] and row[key] == row[key])
        for row in rows
    ]
    return pd.DataFrame(
        {"figure": [f"{row['number']}. {row['text'][:90]}: {row['verdict']}" for row in rows], "reason": told}
    )


def _content(file: str) -> bytes:
    from vado.errors import BadFileError

    if file == "-":
        return sys.stdin.buffer.read()
    path = Path(file)
    if path.is_dir():
        raise BadFileError(f"{file} is a folder; name a file with one text")
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadFileError(
            f"{file} cannot be read ({error.strerror}); name a text file, or - for standard input"
        ) from error


def _write_reviews(answer: Answer, path: Path, url: str | None) -> None:
    import json

    from vado.claims.claim_review import claim_reviews
    from vado.errors import BadFileError

    try:
        path.write_text(
            json.dumps(claim_reviews(answer, url=url), indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    except OSError as error:
        raise BadFileError(
            f"{path} cannot be written ({error.strerror}); name a file in a folder that exists"
        ) from error
