"""Turns what a report did to an incident into the plain JSON values that the wording of an alert needs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from store.records import Article, Change, Evidence, Incident, Mention, Notice, Outlet

QUOTE_LENGTH = 280
# How much a sentence says of why this is an attack, by what rests on it.
_TELLING = {"status": 3, "target": 3, "killed": 3, "place": 2, "wounded": 2, "actor": 2, "date": 1}
_SENTENCE_END = re.compile(r"[.!?؟…]\s|\n")  # full stop, question marks, ellipsis, line end


def plain(value: object) -> object:
    """A time or day as ISO 8601 text, anything else as it is."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def take_incident(incident: Incident) -> dict[str, object]:
    """Every field of the incident by name."""
    return {item.name: plain(getattr(incident, item.name)) for item in fields(Incident)}


def take_source(article: Article, outlet: Outlet) -> dict[str, object]:
    """Who reports it, with the link to the report."""
    return {
        "outlet": outlet.id, "name_ar": outlet.name_ar, "name_en": outlet.name_en, "ownership": outlet.ownership,
        "publisher": outlet.publisher, "title": article.title, "url": article.url,
        "published_at": plain(article.published), "published_precision": article.published_precision,
    }  # fmt: skip


def take_changes(before: Incident, after: Incident, names: Iterable[str]) -> list[dict[str, Any]]:
    """The values before and after of those of the named fields that differ."""
    return [
        {"field": name, "old": plain(getattr(before, name)), "new": plain(getattr(after, name))}
        for name in names
        if getattr(before, name) != getattr(after, name)
    ]


def take_snapshot(change: Change, changes: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    """The payload of an alert on an incident."""
    return {
        "incident": take_incident(change.incident),
        "changes": list(changes),
        "source": take_source(change.article, change.outlet),
        "official": change.mention.official,
        "quote": choose_quote(change.mention, change.article, [str(one["field"]) for one in changes]),
        "blames": change.mention.actor == change.incident.actor,
    }


def take_notice(notice: Notice, article: Article, outlet: Outlet) -> dict[str, object]:
    """The payload of an alert on a threat, a warning or an unexplained explosion."""
    return {
        "notice": {item.name: plain(getattr(notice, item.name)) for item in fields(Notice)},
        "source": take_source(article, outlet),
        "quote": shorten(notice.quote, QUOTE_LENGTH),
    }


def choose_quote(mention: Mention, article: Article, changed: Collection[str] = ()) -> str | None:
    """The report's own sentence that the coding rests on; None where there is no evidence.

    A sentence on what `changed` goes first, then the one that most of what is told rests on.
    """
    bases: dict[str, set[str]] = {}
    ranked: list[tuple[bool, int, str]] = []
    for evidence in mention.evidence:
        sentence = _find_sentence(evidence, article)
        bases.setdefault(sentence, set()).add(evidence.field)
        ranked.append((evidence.source == "title", evidence.start, sentence))
    if not ranked:
        return None
    best = min(ranked, key=lambda row: (-len(bases[row[2]] & set(changed)), row[0], *_rank(bases[row[2]]), row[1]))
    return shorten(best[2], QUOTE_LENGTH)


def _find_sentence(evidence: Evidence, article: Article) -> str:
    """The sentence around the evidence; the evidence alone where the article does not have it there."""
    whole = (article.title or "") if evidence.source == "title" else article.text
    if whole[evidence.start : evidence.end] != evidence.quote:
        return evidence.quote
    starts = [0, *(found.end() for found in _SENTENCE_END.finditer(whole, 0, evidence.start))]
    stop = _SENTENCE_END.search(whole, evidence.end)
    return whole[starts[-1] : stop.start() + 1 if stop else len(whole)].strip()


def _rank(fields: Collection[str]) -> tuple[bool, int]:
    """What names the deed comes first, then what most rests on."""
    return "method" not in fields, -sum(weight for field, weight in _TELLING.items() if field in fields)


def shorten(text: str, length: int) -> str:
    """`text` in one line of at most `length` code points, cut between words with an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    head = line[: length - 1]
    cut = head.rfind(" ")
    return head[: cut if cut > length // 2 else len(head)].rstrip(" ،,؛;:-") + "…"
