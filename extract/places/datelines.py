"""Turns a place's position in a text into whether it only says where the report was written."""

from __future__ import annotations

import re
from collections.abc import Container

# What follows a dateline's place: its country; the day; CNN's mark, a dash or slash, or an agency's name (in brackets).
_AFTER = re.compile(
    r"\s{0,2}(?:[,،]\s{0,2}[^\W\d_]+(?: [^\W\d_]+){0,3}\s{0,2})?"
    r"(?:[,،]?\s{0,2}\d{1,2} [^\W\d_]{3,7}(?: [^\W\d_]{3,7})?(?: \d{4})?\s{0,2}(?=\())?"
    r"(?:\([^()\n]{2,40}\)\s{0,2}(?=[:\u2013\u2014-]))?"
    r"(?P<mark>\(cnn|--|[-/\u2013\u2014]|:(?=[\s\w])|(?=[\s(]{1,3}(?P<agency>\w+(?: \w+){0,2})))"
)
_LINE_HEAD = 3  # characters that may stand before a dateline's place
_BYLINE = re.compile(r"\s*(?:[^\W\d_]+ ){0,3}[^\W\d_]+ ?[-/|\u2013\u2014] ?$")  # an outlet's name and a dash
_BYLINE_WITHIN = 300  # characters from the head of a text


class Datelines:
    """The datelines of a text, read from `start`: `folded`, and `text`, which has spaces for all white space."""

    def __init__(self, text: str, folded: str, start: int, agencies: Container[str]) -> None:
        self._text, self._folded, self._start, self._agencies = text, folded, start, agencies

    def holds(self, begin: int, end: int, *, doubtful: bool) -> bool:
        """Whether the place named there heads or ends such a line; `doubtful` names are common words too.

        "بغداد/", "عمان، الأردن (CNN)--", "أربيل (كوردستان24)-"; and, in a line of its own, "شفق نيوز - بغداد".
        """
        if self._ends_byline(begin, end):
            return True
        after = _AFTER.match(self._text, end)
        if after is None:
            return False
        if after["mark"] in ("(cnn", "--"):
            return True
        at_head = begin - self._start <= _LINE_HEAD
        before = self._folded[max(self._start, begin - _LINE_HEAD) : begin]
        if before.rpartition("\n")[2].strip() or not (at_head or "\n" in before):
            return False
        if after["mark"] == ":":  # else a speaker of that name; further down it heads a list of towns
            return not doubtful and at_head
        return bool(after["mark"]) or self._names_agency(after["agency"] or "")

    def _ends_byline(self, begin: int, end: int) -> bool:
        """Whether a place closes a line behind an outlet's name, at the head of a text."""
        if begin - self._start > _BYLINE_WITHIN or self._folded[end : end + 2].strip(" \r")[:1] not in ("\n", ""):
            return False
        line = self._folded.rfind("\n", self._start, begin) + 1
        return _BYLINE.match(self._folded[max(line, self._start) : begin]) is not None

    def _names_agency(self, words: str) -> bool:
        parts = words.split(" ")
        return any(" ".join(parts[:count]) in self._agencies for count in range(1, len(parts) + 1))
