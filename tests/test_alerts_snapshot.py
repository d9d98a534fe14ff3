"""Which of a report's sentences an alert quotes: the one that the most rests on, in an update one on what is new."""

from __future__ import annotations

from dataclasses import replace

from alerts.snapshot import choose_quote, take_snapshot
from alerts.stories import fold_stories, read_story, refresh_story
from store.records import Article, Evidence, Mention
from tests.alert_fakes import BASE, make_article, make_change, make_incident, make_mention
from tests.alert_wording import story_of

# "A drone was seen. A drone hit the base near Hilla and two were killed. Later the toll rose to three."
FIRST = "شوهدت طائرة مسيّرة."
WHOLE = "استهدفت طائرة مسيّرة قاعدة قرب الحلة وقُتل شخصان."
LATER = "وارتفع عدد القتلى لاحقاً إلى ثلاثة."
TEXT = f"{FIRST} {WHOLE} {LATER}"
TITLE = "طائرة مسيّرة تستهدف قاعدة"  # "drone hits base"


def evidence(field: str, words: str, within: str) -> Evidence:
    start = TEXT.index(within) + within.index(words)
    return Evidence(field=field, source="text", quote=words, start=start, end=start + len(words))


def report() -> tuple[Mention, Article]:
    title = Evidence(field="method", source="title", quote="طائرة مسيّرة", start=0, end=12)  # drone
    found = (
        title, evidence("method", "طائرة مسيّرة", FIRST), evidence("method", "طائرة مسيّرة", WHOLE),
        evidence("place", "الحلة", WHOLE), evidence("target", "قاعدة", WHOLE), evidence("killed", "ثلاثة", LATER),
    )  # fmt: skip
    return make_mention(make_incident(), evidence=found), make_article(title=TITLE, text=TEXT)


def test_the_sentence_on_which_most_rests_is_quoted() -> None:
    assert choose_quote(*report()) == WHOLE


def test_an_update_quotes_what_it_tells() -> None:
    assert choose_quote(*report(), ["killed"]) == LATER
    assert choose_quote(*report(), ["munitions"]) == WHOLE


def test_report_that_blames_nobody_is_not_said_to() -> None:
    incident = make_incident(actor="islamic_state", claim="attributed")
    mention = make_mention(make_incident())
    assert take_snapshot(make_change(incident, BASE, mention=mention), [])["blames"] is False
    assert take_snapshot(make_change(incident, BASE), [])["blames"] is True


def test_a_report_does_not_blame_whom_another_named_before_the_message_went() -> None:
    told = story_of(make_incident())
    blamed = {**(told.incident or {}), "actor": "islamic_state", "claim": "attributed"}
    assert told.blames
    assert not refresh_story(told, blamed, []).blames
    named = read_story("update", {"incident": blamed, "blames": True})
    assert refresh_story(named, blamed, []).blames
    folded = fold_stories([replace(told, incident=blamed), replace(named, incident=blamed)])
    assert [story.blames for story in folded] == [False]
