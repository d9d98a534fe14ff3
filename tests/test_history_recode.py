"""A later coder's differences count once people accept them: nothing is told, nothing of people's own is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from extract.version import coder_mark
from history import recode as room
from history.recode import recode
from intake.judgements import judge
from intake.recoding import decide_recoding, undo_recoding
from store.articles import StoredArticle
from store.database import open_database
from store.judgements import Judgement
from store.recodings import count_recodings, find_recoding, list_recodings, read_coding, write_coding
from store.records import Coding, Evidence, Mention, Notice, Report
from tests.daemons import is_alive, kill_group, wait_until
from tests.marsad import marsad_environ, run_marsad
from tests.review_site import Reviewer, served
from tests.stories import Story, mention

NOW = datetime(2021, 3, 5, 12, tzinfo=UTC)
TOLD = {
    "نص أول": mention("hilla", "2021-03-01", killed=2),  # texts one, two, three
    "نص ثان": mention("erbil_airport", "2021-03-01", "rocket"),
    "نص ثالث": mention("baghdad", "2021-03-02", "drone"),
}


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    told = Story(open_database(tmp_path / "marsad.db"))
    for number, (text, one) in enumerate(TOLD.items()):
        told.tell(f"2021-03-02 1{number}:00", one, by=f"o{number}", text=text)
    yield told
    told.db.close()


def as_coded(text: str, **changes: object) -> Coding:
    return Coding(language="ar", mentions=(replace(TOLD[text], **changes),), coder_version="2")  # type: ignore[arg-type]


def later(report: Report) -> Coding:
    """A coder that counts three dead in Hilla, finds nothing in Erbil and one attack more in Baghdad."""
    if report.text == "نص أول":
        return as_coded(report.text, killed=3)
    if report.text == "نص ثان":
        return Coding(language="ar", coder_version="2")
    return replace(as_coded(report.text), mentions=(TOLD[report.text], mention("taji", "2021-03-02", "mortar")))


def run(story: Story, coder: str = "2-x") -> Counter[str]:
    return recode(story.db, coder, workers=1, seconds=20, clock=lambda: NOW, code=later)


def test_differences_wait_and_then_count_without_any_alert(story: Story) -> None:
    before, alerts = story.incidents(), story.alerts()
    assert run(story) == {"articles": 3, "proposed": 3}
    assert story.incidents() == before
    kinds = {row["title"]: [one["kind"] for one in row["differences"]] for row in list_recodings(story.db)}
    assert list(kinds.values()) == [["new"], ["gone"], ["changed"]]  # newest first
    for row in list_recodings(story.db):
        assert decide_recoding(story.db, row["article_id"], True, now=NOW, by="layla") == "accepted"
    after = {one.place: one for one in story.incidents()}
    assert after["الحلة"].killed == 3
    assert after["مطار أربيل"].standing == "retracted"
    assert after["معسكر التاجي"].method == "mortar"
    assert story.alerts() == alerts
    versions = story.db.execute("SELECT DISTINCT coder_version FROM articles").fetchall()
    assert versions == [("2",)]
    assert run(story, "3-y") == {"articles": 3, "same": 3}


def test_what_people_corrected_stays(story: Story) -> None:
    incident = next(one for one in story.incidents() if one.place == "الحلة")
    judge(story.db, Judgement(incident_id=incident.id, action="correct", reviewer="a", fields={"killed": "7"}), now=NOW)
    run(story)
    for row in list_recodings(story.db):
        decide_recoding(story.db, row["article_id"], True, now=NOW, by="layla")
    assert next(one for one in story.incidents() if one.place == "الحلة").killed == 7


def test_a_declined_proposal_is_not_made_again_and_an_edit_makes_one_void(story: Story) -> None:
    run(story)
    first = [row["article_id"] for row in reversed(list_recodings(story.db))]
    assert decide_recoding(story.db, first[0], False, now=NOW, by="a") == "declined"
    assert run(story, "3-y") == {"articles": 3, "declined": 1, "proposed": 2}
    story.db.execute("UPDATE articles SET revision = 2 WHERE id = ?", (first[1],))
    assert decide_recoding(story.db, first[1], True, now=NOW, by="a") == "stale"
    assert decide_recoding(story.db, first[0], True, now=NOW, by="a") == "gone"
    assert count_recodings(story.db) == {"declined": 1, "proposed": 1}


def test_it_goes_on_where_it_was_ended(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "BATCH", 1)
    seen: list[str] = []

    def code(report: Report) -> Coding:
        seen.append(report.text)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return later(report)

    with pytest.raises(KeyboardInterrupt):
        recode(story.db, "2-x", workers=1, seconds=20, clock=lambda: NOW, code=code)
    found = recode(story.db, "2-x", workers=1, seconds=20, clock=lambda: NOW, code=code)
    assert found == {"articles": 3, "proposed": 3}
    assert Counter(seen) == {"نص أول": 1, "نص ثان": 2, "نص ثالث": 1}


def code_or_die(stored: StoredArticle) -> Coding | None:
    """In a worker: the second article kills its process."""
    if stored.article.text == "نص ثان":
        os._exit(9)
    return as_coded(stored.article.text, killed=9)


def test_an_article_that_kills_its_worker_costs_itself_alone(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "code_in_worker", code_or_die)
    found = recode(story.db, "2-x", workers=2, seconds=60, clock=lambda: NOW)
    assert found == {"articles": 3, "broken": 1, "proposed": 2}


def test_workers_end_with_whoever_started_them(tmp_path: Path) -> None:
    """Killed in the midst, `recode` and `backfill` leave no process behind that holds a hundred megabytes."""
    log = tmp_path / "log"
    line = "import os, time; from history.local import start_pool; p = start_pool(1);"
    line += "print(p.submit(os.getpid).result(), flush=True); time.sleep(100)"
    with log.open("wb") as stream:
        child = subprocess.Popen(
            [sys.executable, "-c", line], stdout=stream, cwd=tmp_path, env=marsad_environ(), start_new_session=True
        )
    try:
        wait_until(lambda: log.read_text().endswith("\n"), "a worker")
        worker = int(log.read_text())
        assert is_alive(worker)
        child.kill()
        child.wait()
        wait_until(lambda: not is_alive(worker), "the worker's end")
    finally:
        kill_group(child)


def test_a_coding_is_read_as_it_was_written() -> None:
    evidence = Evidence(field="killed", source="text", quote="ثلاثة", start=3, end=8, rule="toll")  # three
    notice = Notice(kind="threat", quote="تهديد", source="title", start=0, end=5, date=NOW.date())  # a threat
    whole: Mention = replace(mention("hilla", "2021-03-01"), evidence=(evidence,))
    coding = Coding(language="ar", mentions=(whole,), notices=(notice,), coder_version="7")
    assert read_coding(write_coding(coding)) == coding


def test_what_was_accepted_can_be_taken_back(story: Story) -> None:
    before, alerts = {one.id: one for one in story.incidents()}, story.alerts()
    quotes = story.db.execute("SELECT field, quote FROM evidence ORDER BY 1, 2").fetchall()
    run(story)
    chosen = [row["article_id"] for row in list_recodings(story.db)]
    decided = [decide_recoding(story.db, one, True, now=NOW, by="layla") for one in chosen[:2]]
    decided.append(decide_recoding(story.db, chosen[2], False, now=NOW, by="layla"))
    assert decided == ["accepted", "accepted", "declined"]
    assert [undo_recoding(story.db, one, now=NOW) for one in chosen] == ["undone"] * 3
    after = {one.id: one for one in story.incidents()}
    for known in before.values():  # the same incidents under the same ids, the one that was retracted too
        again = after.pop(known.id)
        for name in ("standing", "place", "method", "killed", "date", "reports"):
            assert getattr(again, name) == getattr(known, name), (known.id, name)
    assert {one.standing for one in after.values()} == {"retracted"}  # what only the accepted coding told
    assert story.db.execute("SELECT field, quote FROM evidence ORDER BY 1, 2").fetchall() == quotes
    assert story.alerts() == alerts
    assert count_recodings(story.db) == {"proposed": 3}
    assert undo_recoding(story.db, chosen[0], now=NOW) == "gone"  # once is enough
    assert decide_recoding(story.db, chosen[0], True, now=NOW, by="layla") == "accepted"
    story.db.execute("UPDATE articles SET revision = 2 WHERE id = ?", (chosen[0],))
    assert undo_recoding(story.db, chosen[0], now=NOW) == "stale"


def test_taking_back_leaves_what_people_corrected_meanwhile(story: Story) -> None:
    run(story)
    article_id = list_recodings(story.db)[-1]["article_id"]
    decide_recoding(story.db, article_id, True, now=NOW, by="layla")
    incident = next(one for one in story.incidents() if one.place == "الحلة")
    judge(story.db, Judgement(incident_id=incident.id, action="correct", reviewer="a", fields={"killed": "7"}), now=NOW)
    assert undo_recoding(story.db, article_id, now=NOW) == "undone"
    assert next(one for one in story.incidents() if one.place == "الحلة").killed == 7


def test_the_mark_names_the_coder() -> None:
    assert coder_mark() == coder_mark()
    assert len(coder_mark().partition("-")[2]) == 12


def test_the_command_reads_what_is_new_and_lets_people_decide(story: Story, tmp_path: Path) -> None:
    words = ("--database", "marsad.db", "--json")
    first = json.loads(run_marsad("recode", *words, cwd=tmp_path).stdout)
    assert (first["articles"], first["proposed"], first["read_before"]) == (3, 3, 0)  # the texts tell of nothing
    again = json.loads(run_marsad("recode", *words, cwd=tmp_path).stdout)
    assert (again["articles"], again["read_before"], again["to_review"]) == (3, 3, 3)
    rows = json.loads(run_marsad("recode", "list", *words, cwd=tmp_path).stdout)
    declined = run_marsad("recode", "decline", rows[0]["article_id"], *words, cwd=tmp_path)
    assert json.loads(declined.stdout) == {"declined": 1}
    assert run_marsad("recode", "decline", rows[0]["article_id"], *words, cwd=tmp_path).returncode == 1
    assert json.loads(run_marsad("recode", "accept", "--all", *words, cwd=tmp_path).stdout) == {"accepted": 2}
    assert [one.standing for one in story.incidents()].count("retracted") == 2
    done = json.loads(run_marsad("recode", "list", "--state", "accepted", *words, cwd=tmp_path).stdout)
    assert json.loads(run_marsad("recode", "undo", done[0]["article_id"], *words, cwd=tmp_path).stdout) == {"undone": 1}
    assert [one.standing for one in story.incidents()].count("retracted") == 1
    assert run_marsad("recode", "undo", "nosuch", *words, cwd=tmp_path).returncode == 1


def test_the_page_shows_differences_and_decides(story: Story, tmp_path: Path) -> None:
    run(story)
    with served(tmp_path / "marsad.db") as site:
        layla = Reviewer(site)
        page = layla.get("/recoded?lang=en")
        assert page.count("<article") == 3
        assert "2 → 3" in page
        article_id = list_recodings(story.db)[-1]["article_id"]
        data = {"csrftoken": layla.client.cookies["ds_csrftoken"], "action": "accept"}
        headers = {"origin": site.url}
        answer = layla.client.post(f"/recoded/{article_id}", data=data, headers=headers)
        assert "did=accepted" in str(answer.url)
        answer = layla.client.post(f"/recoded/{article_id}", data={**data, "action": "undo"}, headers=headers)
        assert "did=undone" in str(answer.url)
        assert answer.text.count("<article") == 3
        layla.client.post(f"/recoded/{article_id}", data=data, headers=headers)
        assert 'value="undo"' in layla.get("/recoded?lang=en")
        layla.close()
    proposal = find_recoding(story.db, article_id)
    assert proposal is not None
    assert proposal.state == "accepted"
    who = story.db.execute("SELECT decided_by FROM recodings WHERE article_id = ?", (article_id,)).fetchone()
    assert who == ("layla",)
