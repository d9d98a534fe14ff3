"""Stories and services for the tests of alerts' wording: one hostile report, and each service's address on loopback."""

from __future__ import annotations

from alerts.snapshot import take_changes, take_snapshot
from alerts.stories import Story, read_story
from store.records import Evidence, Incident
from tests.alert_fakes import make_article, make_change, make_incident, make_mention

OVERRIDE = "\u202e"
HOSTILE = (
    f"<b>x</b> & [l](http://evil.example) *b* _i_ `c` ~s~ @everyone @here <!channel> <@U1> #general {OVERRIDE}RTL"
    " <at>chief@desk.example</at> <script>alert(1)</script> https://e.example |x| \\"
)
HOSTILE_TEXT = f"قال مصدر: {HOSTILE} إن صواريخ سقطت في القاعدة."  # a source said … that rockets fell on the base
HOSTILE_PLACE = "عين الأسد <i>*x*_y_"


def hostile_story(kind: str = "new", **values: object) -> Story:
    """A story whose headline, text and place carry all the markup and calls of HOSTILE."""
    incident = make_incident(place=HOSTILE_PLACE, killed=2, wounded=5, actor="ahl_al_kahf", claim="claimed", **values)
    return story_of(incident, kind=kind, title=HOSTILE, text=HOSTILE_TEXT)


def story_of(
    incident: Incident,
    before: Incident | None = None,
    *,
    kind: str = "new",
    fields: tuple[str, ...] = (),
    title: str | None = None,
    text: str | None = None,
) -> Story:
    """The story of an incident, as the payload of an outbox row gives it."""
    words = {name: value for name, value in (("title", title), ("text", text)) if value is not None}
    article = make_article(**words)
    start = article.text.index("صواريخ")  # rockets
    quote = Evidence(field="method", source="text", quote="صواريخ", start=start, end=start + 6)
    change = make_change(incident, before, article=article, mention=make_mention(incident, evidence=(quote,)))
    changes = take_changes(before, incident, fields) if before else []
    return read_story(kind, take_snapshot(change, changes))
