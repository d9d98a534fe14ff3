"""Turns reports whose every incident was judged into what each of them should have been coded as."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlite_utils import Database

from store.incidents import family_of

Row = dict[str, Any]
CODED = (
    "role", "status", "method", "target", "date", "date_precision", "country", "admin1", "place", "lat", "lon",
    "munitions", "killed", "wounded", "actor", "claim",
)  # fmt: skip
_ARTICLES = """
SELECT a.id, a.outlet_id, a.url, a.published_at, a.published_precision, a.title, a.text FROM articles a
WHERE a.id IN (SELECT m.article_id FROM mentions m JOIN incidents i ON i.id = m.incident_id
    WHERE i.reviewed IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM mentions m LEFT JOIN incidents i ON i.id = m.incident_id
    WHERE m.article_id = a.id AND i.reviewed IS NULL)
ORDER BY a.number
"""


def each_judged(db: Database) -> Iterator[tuple[Row, list[Row]]]:
    """Every such report with its incidents as judged: rejected ones are gone, corrected fields are right.

    A correction is taken over where the report says what was corrected; a report that says otherwise keeps its word,
    because every field of a coding follows the report at hand.
    """
    for article in list(db.query(_ARTICLES)):
        mentions = db.query(
            "SELECT m.*, i.reviewed FROM mentions m JOIN incidents i ON i.id = m.incident_id WHERE m.article_id = ?"
            " ORDER BY m.position",
            [article["id"]],
        )
        incidents = []
        for mention in list(mentions):
            if mention["reviewed"] != "rejected":
                fixed = _read_corrections(db, mention["incident_id"])
                values = {name: mention[name] for name in CODED}
                for name, (old, new) in fixed.items():
                    if name in values and _text(values[name]) == old:
                        values[name] = _typed(name, new)
                incidents.append({"key": mention["incident_id"], **values})
        yield article, incidents


def _read_corrections(db: Database, incident_id: str) -> dict[str, tuple[str | None, str | None]]:
    """Field → what it was before anybody corrected it, and what it is now; those merged into it are heard, too."""
    fixed: dict[str, tuple[str | None, str | None]] = {}
    family = family_of(db, incident_id)
    rows = db.execute(
        f"SELECT field, old, new FROM reviews WHERE incident_id IN ({','.join('?' * len(family))})"
        " AND action = 'correct' AND id NOT IN (SELECT undoes FROM reviews WHERE undoes IS NOT NULL) ORDER BY id",
        family,
    )
    for field, old, new in rows:
        fixed[field] = (fixed[field][0] if field in fixed else old, new)
    return fixed


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _typed(name: str, text: str | None) -> Any:
    if text is None:
        return None
    if name in ("munitions", "killed", "wounded"):
        return int(text)
    return float(text) if name in ("lat", "lon") else text
