"""Names that stand as labels before what they say: "Chief Ortiz at the podium: 12,662", "Lower: Gallup. 41 percent"."""

from __future__ import annotations

from vado.claims.antecedents import Source
from vado.claims.names import Mention
from vado.claims.quotation import SECTIONS
from vado.claims.source_words import ORGANISATION_WORDS, TITLES, bare, word_set
from vado.claims.sources import Sources

#: Tags of finite verbs: a label has none.
FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
#: Words of a label that says where a vote was or what a part of the text is, rather than who says so.
_NO_LABEL = SECTIONS | word_set("house senate congress parliament court")


class Labels:
    """Finds the names that stand as labels.

    Parameters
    ----------
    sources
        The text's sources.
    """

    def __init__(self, sources: Sources) -> None:
        self.sources, self.doc, self.names = sources, sources.doc, sources.names
        self.bounds = sources.phrases.bounds

    def at(self, i: int) -> tuple[Source, int] | None:
        """Return whose label ends at word ``i``, a colon or a full stop, and the word before which their words end.

        Parameters
        ----------
        i
            The word.

        Returns
        -------
        tuple or None
            The source and the end; None where no label ends there.
        """
        token, (opening, closing) = self.doc[i], self.bounds[i]
        if token.text == ":":
            mention = self._alone(opening, i, first=True)
            return (self.sources.antecedents.named(mention), closing) if mention else None
        last = token.text == "." and i + 1 < len(self.doc) and closing <= i + 2 and i - opening <= 6
        mention = self._alone(opening, i, first=False) if last and "\n" not in self.doc[closing - 1].text else None
        if mention is None or opening == 0 or self.names.kind(mention) != "organisation":
            return None
        end = self.bounds[closing][1] if closing < len(self.doc) else closing
        numbers = any(t.like_num for t in self.doc[closing:end][:3])
        return (self.sources.antecedents.named(mention), end) if numbers else None

    def _alone(self, low: int, high: int, *, first: bool) -> Mention | None:
        """Return the name of a person or body that stands without a verb at the head, or the end, of these words."""
        words = self.doc[low:high]
        if any(t.tag_ in FINITE or t.pos_ == "AUX" for t in words if self.names.at(t.i) is None):
            return None
        named = [m for m in map(self.names.at, range(low, high)) if m]
        mention = (named[0] if first else named[-1]) if named else None
        if mention is None or self.names.kind(mention) == "place" or _NO_LABEL.intersection(mention.parts):
            return None
        if not self._sure(mention):
            return None
        if not first:
            return mention if mention.end == high and (mention.start > low or self.doc[low - 1].text == ":") else None
        ahead = " ".join(t.lower_ for t in self.doc[low : mention.start] if t.is_alpha and len(t) > 1)
        clock = all(bare(t.text) in {"am", "pm", *TITLES} or not t.is_alpha for t in self.doc[low : mention.start])
        follows = self.doc[mention.end]
        opens = follows.text in {":", ",", "("} or follows.pos_ in {"ADP", "ADV"}
        titled = bool(mention.title) and mention.title.lower().startswith(ahead)
        return mention if opens and high - mention.end <= 10 and (clock or not ahead or titled) else None

    def _sure(self, mention: Mention) -> bool:
        """Whether a name at the head of a line is one, and no heading's capital: "Encounters in May: 239,416"."""
        last = self.doc[mention.end - 1]
        if mention.title or ORGANISATION_WORDS.intersection(mention.parts) or (last.text.isupper() and len(last) > 1):
            return True
        if len(mention.parts) > 1:
            return last.tag_ not in {"NNS", "NNPS"}
        again = sum(self.names.full(m) == self.names.full(mention) for m in self.names.mentions)
        return again > 1 and last.tag_ not in {"NNS", "NNPS"}
