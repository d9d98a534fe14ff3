"""The review's pages over a real loopback server: what is judged lasts, what is hostile or forged has no effect."""

from __future__ import annotations

import re
import threading
import time
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from store.incidents import living_id
from store.records import Evidence
from tests.review_site import NOW, Reviewer, Site, find_id, row_of, served
from tests.stories import Story, mention


def test_front_page_filters_by_its_address(layla: Reviewer) -> None:
    def ids(path: str) -> set[str]:
        return set(re.findall(r'id="i-([0-9a-z-]+)"', layla.get(path)))

    everything = ids("/")
    assert len(everything) == 6
    assert len(ids("/?method=rocket")) == 2
    assert len(ids("/?method=rocket&method=drone&country=IQ")) == 3
    assert ids("/?since=2021-03-02") < everything
    assert len(ids("/?admin1=IQ-BB")) == 2
    assert not ids("/?actor=nobody_at_all")
    assert ids("/?since=yesterday&publishers=many&order=none") == everything


def test_the_front_page_counts_what_is_new_and_what_awaits(layla: Reviewer, site: Site, story: Story) -> None:
    def counts() -> dict[str, list[int]]:
        tiles = re.findall(r'<div class="tile"><h2>(.*?)</h2>(.*?)</div>', layla.get("/?lang=en"), re.S)
        return {name: [int(n) for n in re.findall(r"<b>(\d+)</b>", rest)] for name, rest in tiles}

    assert counts() == {"New": [3, 6], "Updated": [0, 0], "Disputed": [0, 0], "Awaiting review": [6, 6]}
    layla.judge(find_id(story.db, "بغداد"), "confirm")
    assert counts()["Awaiting review"] == [5, 5]
    with served(site.path, tiles="https://map.example/{z}/{x}/{y}.png") as other:
        assert re.findall(r"<b>(\d+)</b>", httpx.get(f"{other.url}/").text)[:2] == ["3", "6"]


def test_map_and_bars_follow_the_same_filter(layla: Reviewer) -> None:
    found = layla.client.get("/map.json?method=rocket").json()
    assert sum(point["n"] for point in found["points"]) == 2
    assert {area["id"] for area in found["areas"]} == {"IQ-AR", "IQ-AN"}
    bars = layla.client.get("/bars.json").json()
    assert (bars["step"], sum(bar["n"] for bar in bars["bars"]), bars["undated"]) == ("day", 5, 1)
    facets = layla.client.get("/facets.json?method=rocket").json()
    assert {row["value"]: row["n"] for row in facets["method"]}["ied"] == 2  # its own list can be widened


def test_search_folds_and_marks(layla: Reviewer) -> None:
    page = layla.get("/?q=صواريخ")  # "rockets", written with the article and a preposition in the report
    assert 'class="hit"' in page
    assert "بالصواريخ" in page
    assert page == layla.get("/?q=صواريخ")
    assert layla.get("/?q=Baghdad").count('id="i-') == 1  # the report says it in Arabic alone
    assert layla.get("/?q=عبوه+ناسفه").count('id="i-') == 1
    assert layla.get('/?q="مقتل+شخصين"').count('id="i-') == 1
    assert layla.get("/?q=صواريخ+-بغداد").count('id="i-') == 0
    assert layla.get("/?q=%22%22*)(OR").count('id="i-') == 0


def test_incident_page_marks_its_evidence(site: Site, layla: Reviewer) -> None:
    page = layla.get(f"/incident/{find_id(site.open(), 'الحلة')}")
    assert '<mark class="evidence" data-fields="killed"' in page
    assert "بين 2 و3" in page  # the range of the dead
    assert "≠" in page  # the contradiction
    assert "الإسكندرية" in page or "iskandariya" in page  # the near incident


def test_confirm_reject_undo(site: Site, layla: Reviewer) -> None:
    db = site.open()
    incident_id = find_id(db, "بغداد")
    assert layla.judge(incident_id, "confirm").status_code == 200
    assert (row_of(db, incident_id)["reviewed"], row_of(db, incident_id)["reviewed_by"]) == ("confirmed", "layla")
    assert layla.judge(incident_id, "reject").status_code == 422  # why?
    answer = layla.judge(incident_id, "reject", why="threat", reason="لم يقع شيء")
    assert (row_of(db, incident_id)["reviewed"], row_of(db, incident_id)["standing"]) == ("rejected", "retracted")
    assert f'id="i-{incident_id}"' not in layla.get("/")
    review = re.search(r'name="review" value="(\d+)"', answer.text)
    assert review
    layla.judge(incident_id, "undo", review=review[1])
    assert (row_of(db, incident_id)["reviewed"], row_of(db, incident_id)["standing"]) == ("confirmed", "reported")
    db.close()


def test_a_correction_outlives_later_reports_which_become_a_proposal(site: Site, layla: Reviewer, story: Story) -> None:
    db = site.open()
    incident_id = find_id(db, "الحلة")
    answer = layla.judge(incident_id, "correct", f_killed="1", f_method="vehicle_bomb", f_target="coalition_convoy")
    assert answer.status_code == 200
    story.tell("2021-03-01 11:00", mention("hilla", "2021-03-01", target="coalition_convoy", killed=4), by="d")
    row = row_of(db, incident_id)
    assert (row["killed"], row["method"], row["reviewed"], row["publishers"]) == (1, "vehicle_bomb", "corrected", 3)
    page = layla.get(f"/incident/{incident_id}")
    assert 'id="proposals"' in page
    layla.judge(incident_id, "correct", f_killed="4")
    assert row_of(db, incident_id)["killed"] == 4
    db.close()


def test_a_corrected_place_brings_its_point_and_an_unknown_one_none(site: Site, layla: Reviewer) -> None:
    db = site.open()
    incident_id = find_id(db, "بغداد")
    layla.judge(incident_id, "correct", f_place="Nasiriyah")
    row = row_of(db, incident_id)
    assert (row["place"], row["admin1"], round(float(str(row["lat"])))) == ("الناصرية", "IQ-DQ", 31)
    layla.judge(incident_id, "correct", f_place="قرية لا يعرفها أحد")  # a village that nobody knows
    row = row_of(db, incident_id)
    assert (row["lat"], row["lon"], row["admin1"]) == (None, None, "IQ-DQ")
    db.close()


def test_wrong_values_are_refused_with_words(site: Site, layla: Reviewer) -> None:
    db = site.open()
    incident_id = find_id(db, "بغداد")
    for fields in (
        {"f_killed": "many"}, {"f_killed": "-1"}, {"f_method": "ray_gun"}, {"f_date": "2021-02-30"}, {"f_actor": "x"},
        {"f_lat": "91", "f_lon": "1"}, {"f_method": ""}, {"f_date_precision": "unknown", "f_date": "2021-03-02"},
    ):  # fmt: skip
        assert layla.judge(incident_id, "correct", **fields).status_code in (200, 422), fields
    assert layla.judge(incident_id, "correct", f_killed="many").status_code == 422
    assert layla.judge(incident_id, "merge", other="2021-01-01-nobody").status_code == 422
    assert db.execute("SELECT count(*) FROM reviews WHERE action = 'merge'").fetchone()[0] == 0
    db.close()


def test_merge_and_split_and_their_undoing(site: Site, layla: Reviewer, story: Story) -> None:
    db = site.open()
    one, other = find_id(db, "الحلة"), find_id(db, "الإسكندرية")
    answer = layla.judge(one, "merge", other=other)
    assert (living_id(db, other), row_of(db, one)["publishers"]) == (one, 3)
    review = re.search(r'name="review" value="(\d+)"', answer.text)
    assert review
    layla.judge(one, "undo", review=review[1])
    assert (living_id(db, other), row_of(db, one)["publishers"]) == (other, 2)
    second = story.tellings(one)[1].mention_id
    answer = layla.judge(one, "split", mention=str(second))
    new = db.execute("SELECT incident_id FROM mentions WHERE id = ?", (second,)).fetchone()[0]
    assert new not in (one, other)
    review = re.search(r'name="review" value="(\d+)"', answer.text)
    assert review
    layla.judge(one, "undo", review=review[1])
    assert living_id(db, new) == one
    db.close()


def test_two_reviewers_do_not_lose_each_others_work(site: Site, layla: Reviewer) -> None:
    db = site.open()
    incident_id = find_id(db, "الحلة")
    early = layla.seen(incident_id)
    layla.judge(incident_id, "correct", f_killed="5")
    late = layla.judge(incident_id, "correct", seen=early, f_wounded="7")
    assert late.status_code == 409
    assert 'name="f_wounded" value="7"' in late.text  # nothing that was typed is lost
    assert row_of(db, incident_id)["wounded"] is None
    layla.judge(incident_id, "correct", seen=early, f_wounded="7", anyway="1")
    assert (row_of(db, incident_id)["killed"], row_of(db, incident_id)["wounded"]) == (5, 7)
    db.close()


def test_a_rejected_incident_takes_later_reports_and_stays_rejected(site: Site, layla: Reviewer, story: Story) -> None:
    db = site.open()
    incident_id = find_id(db, "الحلة")
    layla.judge(incident_id, "reject", why="not_incident")
    story.tell("2021-03-01 11:00", mention("hilla", "2021-03-01", target="coalition_convoy", killed=4), by="d")
    assert row_of(db, incident_id)["standing"] == "retracted"
    assert db.execute("SELECT count(*) FROM incidents WHERE place = 'الحلة'").fetchone()[0] == 1
    db.close()


def test_addresses_that_are_none_are_missing_and_print_nothing(
    site: Site, layla: Reviewer, capfd: pytest.CaptureFixture[str]
) -> None:
    layla.get(f"/incident/{find_id(site.open(), 'الحلة')}")  # Hilla; a page with forms
    cookie = layla.client.cookies["ds_csrftoken"]
    for path in ("/nothing", "/nothing/here", "/incident/x/y/z", "/data/nothing"):
        assert layla.client.get(path).status_code == 404
        answer = layla.client.post(path, data={"csrftoken": cookie}, headers={"origin": site.url})
        assert answer.status_code in (404, 405)
    told = capfd.readouterr()
    assert cookie not in told.out + told.err
    assert "Traceback" not in told.out + told.err


def test_forged_requests_are_refused(site: Site, layla: Reviewer) -> None:
    db = site.open()
    incident_id = find_id(db, "الحلة")
    path, data = f"{site.url}/incident/{incident_id}/judge", {"action": "confirm"}
    token = layla.token()
    cookies = {"ds_csrftoken": token}
    refused = [
        httpx.post(path, data=data),
        httpx.post(path, data=data, headers={"origin": "https://evil.example"}),
        httpx.post(path, data=data, headers={"origin": site.url}),
        httpx.post(
            path,
            data={**data, "csrftoken": token},
            headers={"origin": "https://evil.example", "cookie": f"ds_csrftoken={token}"},
        ),
        httpx.post(
            path, data={**data, "csrftoken": "x"}, headers={"origin": site.url, "cookie": f"ds_csrftoken={token}"}
        ),
        httpx.post(path, content="x" * 400_000, headers={"origin": site.url, "cookie": f"ds_csrftoken={token}"}),
        httpx.get(f"{site.url}/", headers={"host": "rebound.example"}),
        httpx.get(path),
    ]
    assert [answer.status_code for answer in refused] == [403, 403, 403, 403, 403, 413, 421, 405]
    assert row_of(db, incident_id)["reviewed"] is None
    right = httpx.post(
        path,
        data={**data, "csrftoken": token},
        headers={"origin": site.url, "cookie": f"ds_csrftoken={cookies['ds_csrftoken']}"},
    )
    assert right.status_code == 303
    db.close()


def test_every_answer_carries_strict_headers(layla: Reviewer) -> None:
    for path in ("/", "/queue", "/static/board.js", "/map.json", "/data", "/data/incidents", "/nothing", "/export.csv"):
        headers = layla.client.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert "script-src 'self'" in headers["content-security-policy"], path
        assert "'unsafe-inline'" not in headers["content-security-policy"].split("style-src")[0], path
        assert headers["x-frame-options"] == "DENY", path
        assert headers["x-content-type-options"] == "nosniff", path


def test_no_page_goes_back_to_another_site(site: Site, layla: Reviewer) -> None:
    layla.client.follow_redirects = False
    db = site.open()
    incident_id = find_id(db, "الحلة")
    for back in ("//evil.example", "https://evil.example", "/\\evil.example", "/\r\nx: y"):
        answer = layla.judge(incident_id, "note", reason="x", back=back)
        assert answer.headers["location"].startswith("/incident/"), back
    db.close()


def test_strangers_neither_read_nor_write_where_people_sign_in(tmp_path: Path, story: Story) -> None:
    with served(tmp_path / "marsad.db", people={"noor": "a long secret"}) as site:
        stranger = httpx.Client(base_url=site.url)
        assert stranger.get("/").headers["location"] == "/sign-in?next=%2F"
        assert stranger.get("/data/incidents.json").status_code == 401
        assert stranger.get("/export.csv").status_code == 401
        assert stranger.get("/static/../data/incidents").status_code in (302, 404)
        stranger.close()
        noor = Reviewer(site)
        incident_id = find_id(story.db, "الحلة")
        assert noor.post(f"/incident/{incident_id}/judge", action="confirm").status_code == 401
        assert noor.post("/sign-in", name="noor", password="a guess").status_code == 401
        assert noor.post("/sign-in", name="nobody", password="").status_code == 401
        assert noor.post("/sign-in", name="noor", password="a long secret", next="/queue").status_code == 200
        assert noor.judge(incident_id, "confirm").status_code == 200
        assert row_of(story.db, incident_id)["reviewed_by"] == "noor"
        noor.post("/sign-out")
        assert noor.post(f"/incident/{incident_id}/judge", action="confirm").status_code == 401
        noor.close()


def test_a_sign_in_ends_with_the_day_and_with_the_person(tmp_path: Path, story: Story) -> None:
    people, now = {"noor": "a long secret", "layla": "another secret"}, NOW
    with served(tmp_path / "marsad.db", people=people, clock=lambda: now) as site:
        noor = Reviewer(site)
        answer = noor.post("/sign-in", name="noor", password="a long secret")
        cookie = (answer.history[0] if answer.history else answer).headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie  # no other site's page sends it along
        incident_id = find_id(story.db, "الحلة")
        assert noor.judge(incident_id, "confirm").status_code == 200
        now = NOW + timedelta(hours=13)  # whatever a browser keeps
        assert noor.post(f"/incident/{incident_id}/judge", action="confirm").status_code == 401
        now = NOW
        assert noor.judge(incident_id, "confirm").status_code == 200
        del people["noor"]  # as after the settings no longer list her
        assert noor.post(f"/incident/{incident_id}/judge", action="confirm").status_code == 401
        noor.close()


HOSTILE = "</div><script>alert(1)</script><img src=x onerror=alert(2)>\u202etxt.exe\u2066 {{7*7}} \"' =HYPERLINK(1)"


def test_hostile_words_stay_words(site: Site, layla: Reviewer, story: Story) -> None:
    evidence = mention("taji", "2021-03-02", "rocket")
    taken = story.tell("2021-03-02 11:00", evidence, by="d", text=HOSTILE, url="https://d.example/x?<script>")
    story.db.execute("UPDATE articles SET title = ? WHERE id = ?", (HOSTILE, taken.article_id))
    incident_id = taken.incident_ids[0]
    story.db.execute("UPDATE incidents SET title = ? WHERE id = ?", (HOSTILE, incident_id))
    story.db.execute(
        "INSERT INTO outlets (id, name_ar, name_en, publisher, ownership) VALUES ('d', ?, ?, ?, 'x')", (HOSTILE,) * 3
    )
    story.db.conn.commit()
    layla.judge(incident_id, "note", reason=HOSTILE)
    layla.post("/filters", name=HOSTILE, query="method=rocket")
    for path in (
        "/",
        f"/incident/{incident_id}",
        "/queue",
        "/?q=script",
        "/data/articles",
        "/quality",
        f"/?q={HOSTILE}",
    ):
        page = layla.get(path)
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
        assert ">49" not in page, path
        if not path.startswith("/data"):
            assert "\u202e" not in page, path
            assert "\u2066" not in page, path
    assert "U+202E" in layla.get(f"/incident/{incident_id}")


def test_saved_filters_come_back(layla: Reviewer) -> None:
    layla.post("/filters", name="صواريخ أربيل", query="method=rocket&admin1=IQ-AR&evil=1")  # rockets on Erbil
    page = layla.get("/")
    assert "صواريخ أربيل" in page
    assert 'href="/?method=rocket&amp;admin1=IQ-AR"' in page
    layla.post("/filters", name="صواريخ أربيل", query="", drop="1")
    assert "صواريخ أربيل" not in layla.get("/")


def test_quality_and_week(layla: Reviewer, site: Site) -> None:
    db = site.open()
    layla.judge(find_id(db, "الحلة"), "confirm")
    layla.judge(find_id(db, "بغداد"), "reject", why="threat")
    layla.judge(find_id(db, "عين الأسد"), "correct", f_method="drone")
    assert "67%" in layla.get("/quality")
    assert layla.get("/weekly").count("<svg") >= 3
    db.close()


def test_reviewers_beside_a_writing_daemon_lose_nothing(site: Site, story: Story, tmp_path: Path) -> None:
    ids = [incident.id for incident in story.incidents()]
    stop = threading.Event()
    told: list[object] = []

    def write() -> None:
        writer = Story(site.open())
        writer.told = 1000
        while not stop.is_set():
            at = mention("taji", f"2021-02-{1 + len(told) % 28:02}", "mortar")
            told.append(writer.tell("2021-03-01 12:00", at, by=f"w{len(told) % 5}"))
            time.sleep(0.01)  # coding the next page takes longer
        writer.db.close()

    faults: list[str] = []

    def review(number: int) -> None:
        reviewer = Reviewer(site)
        for turn in range(2):
            incident_id = ids[(number + turn) % len(ids)]
            answer = reviewer.judge(incident_id, "note", reason=f"{number}/{turn}")
            if answer.status_code != 200:
                faults.append(f"{answer.status_code} {answer.text[:200]}")
        reviewer.close()

    daemon = threading.Thread(target=write)
    people = [threading.Thread(target=review, args=(number,)) for number in range(20)]
    for thread in (daemon, *people):
        thread.start()
    for thread in people:
        thread.join()
    stop.set()
    daemon.join()
    assert not faults, faults[:3]
    assert len(told) > 3
    assert story.db.execute("SELECT count(DISTINCT reason) FROM reviews WHERE action = 'note'").fetchone()[0] == 40


def test_a_card_says_whose_words_a_field_rests_on_where_the_open_report_has_none(
    site: Site, layla: Reviewer, story: Story
) -> None:
    text = "انفجرت عبوة ناسفة في الحلة، وقال تنظيم داعش إنه من زرعها."  # IS says that it laid the bomb
    start, end = text.index("تنظيم"), text.index(" إنه")
    quote = Evidence(field="actor", source="text", quote=text[start:end], start=start, end=end)
    told = mention(
        "hilla", "2021-03-01", target="coalition_convoy", actor="islamic_state", claim="claimed", evidence=(quote,)
    )
    story.tell("2021-03-01 11:00", told, by="d", text=text)
    page = layla.get("/queue")
    card = page[page.index(f'id="i-{find_id(story.db, "الحلة")}"') :].split("</li>")[0]
    before_folded = card.split("<details")[0]
    assert "(بحسب <bdi>d</bdi>: <q dir=\"auto\">تنظيم داعش</q>)" in before_folded  # according to d
    assert before_folded.count("بحسب") == 1  # the method's words stand in the report that lies open
    assert "3 ناشرين" in before_folded  # three publishers


def test_a_near_incident_shows_toll_actor_and_outlet_and_reasons_in_words(site: Site, layla: Reviewer) -> None:
    page = layla.get(f"/incident/{find_id(site.open(), 'الحلة')}")
    near = page[page.index('id="near"') :].split("</section>")[0]
    shown = re.sub(r"<[^>]+>", "", near)
    assert "قتلى / جرحى: 2 / –" in shown  # killed and wounded
    assert "الجهة المنفذة: غير معروف · c" in shown  # who did it, and the outlet
    assert "يقرّب بينهما: " in shown  # what speaks for it
    assert "prior" not in shown
    assert re.search(r"الدرجة -?\d\.\d\s", shown)  # the score, to one decimal
