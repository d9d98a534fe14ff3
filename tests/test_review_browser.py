"""The review in a real browser: every deed by mouse or key, in both languages, on a phone, nothing from outside."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.review_browser import PHONE, Tab, open_tab, running_browser
from tests.review_site import Site, find_id, row_of, served, told_story

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as running:
        yield running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    path = tmp_path_factory.mktemp("review") / "marsad.db"
    story = told_story(path)
    story.db.close()
    with served(path) as running:
        yield running


@pytest.fixture
def tab(browser: Browser, site: Site) -> Iterator[Tab]:
    yield from open_tab(browser, site)


@pytest.fixture
def phone(browser: Browser, site: Site) -> Iterator[Tab]:
    yield from open_tab(browser, site, viewport=PHONE, has_touch=True)


def test_a_governorate_and_a_span_move_map_list_and_address(tab: Tab) -> None:
    page = tab.go("/")
    everything = page.locator(".item").count()
    page.locator('.area[data-id="IQ-BB"]').focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("admin1=IQ-BB"))
    expect(page.locator(".item")).to_have_count(2)
    expect(page.locator(".area.chosen")).to_have_count(1)
    page.locator("#bars .bar").first.click()
    page.wait_for_url(re.compile("since=2021-03-01"))
    page.go_back()
    page.go_back()
    expect(page.locator(".item")).to_have_count(everything)
    assert page.url.endswith("/")


def test_a_span_is_dragged_on_the_timeline(tab: Tab) -> None:
    page = tab.go("/")
    box = page.locator("#bars svg").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.97, box["y"] + 60, steps=4)
    page.mouse.up()
    page.wait_for_url(re.compile("since=2021-03-02&until=2021-03-02"))
    expect(page.locator(".item")).to_have_count(2)


def test_the_map_zooms_moves_and_opens_an_incident(tab: Tab) -> None:
    page = tab.go("/")
    before = page.locator("svg.map").get_attribute("viewBox")
    page.locator('[data-zoom="in"]').click()
    page.locator("svg.map").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("svg.map")).not_to_have_attribute("viewBox", str(before))
    page.locator('[data-zoom="reset"]').click()
    expect(page.locator("svg.map")).to_have_attribute("viewBox", str(before))
    page.locator(".spots .spot[role=button]").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/incident/"))


def test_filters_and_language_and_theme(tab: Tab) -> None:
    page = tab.go("/")
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.locator('select[name="method"]').select_option("rocket")
    page.wait_for_url(re.compile("method=rocket"))
    expect(page.locator(".item")).to_have_count(2)
    page.get_by_text("English", exact=True).click()
    page.wait_for_url(re.compile("lang=en"))
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    expect(page.locator(".item")).to_have_count(2)
    page.locator("#theme").click()
    theme = page.locator("html").get_attribute("data-theme")
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == theme == "dark"


def test_the_queue_by_keys_alone(tab: Tab, site: Site) -> None:
    db = site.open()
    page = tab.go("/queue")
    ids = [card.get_attribute("id") for card in page.locator(".card").all()]
    page.keyboard.press("j")
    assert page.locator(".card.selected").get_attribute("id") == ids[1]
    page.keyboard.press("k")
    page.keyboard.press("c")
    page.wait_for_selector(".did")
    first = str(ids[0]).removeprefix("i-")
    assert row_of(db, first)["reviewed"] == "confirmed"
    assert page.locator(f'[id="{ids[0]}"]').count() == 0
    page.wait_for_load_state("load")  # the keys are the script\'s
    page.keyboard.press("u")
    page.wait_for_selector(f'[id="{ids[0]}"]')
    assert row_of(db, first)["reviewed"] is None
    page.wait_for_load_state("load")  # the keys are the script\'s
    page.keyboard.press("4")
    for _ in range(200):  # the card goes at once, the answer follows
        if row_of(db, first)["reviewed"]:
            break
        page.wait_for_timeout(50)
    assert row_of(db, first)["reviewed"] == "rejected"
    assert db.execute("SELECT reason FROM reviews ORDER BY id DESC LIMIT 1").fetchone()[0] == "threat"
    key = "new KeyboardEvent('keydown', {key: 'ع', bubbles: true})"  # the key of u on an Arabic keyboard
    page.evaluate(f"document.body.dispatchEvent({key})")
    page.wait_for_selector(f'[id="{ids[0]}"]')
    db.close()


def test_correct_merge_split_note_and_undo(tab: Tab, site: Site) -> None:
    db = site.open()
    incident_id, other = find_id(db, "الحلة"), find_id(db, "الإسكندرية")
    page = tab.go(f"/incident/{incident_id}?lang=en")
    page.locator("#correct summary").click()
    page.locator("#correct input[name=f_killed]").fill("4")
    page.locator("#correct button").click()
    page.wait_for_selector(".did")
    assert row_of(db, incident_id)["killed"] == 4
    page.wait_for_load_state("load")  # the keys are the script\'s
    page.keyboard.press("u")
    page.wait_for_selector("text=Undone.")
    assert row_of(db, incident_id)["killed"] == 3
    page.locator(f'#near button[aria-label*="{other}"]').click()
    page.wait_for_selector("text=Merged.")
    assert row_of(db, other)["merged_into"] == incident_id
    page.wait_for_load_state("load")  # the keys are the script\'s
    page.keyboard.press("u")
    page.wait_for_selector("text=Undone.")
    assert row_of(db, other)["merged_into"] is None
    page.locator("#split summary").click()
    page.locator("#split input[name=mention]").nth(1).check()
    page.locator("#split button").click()
    page.wait_for_selector("text=Split into")
    assert row_of(db, incident_id)["reports"] == 1
    page.wait_for_load_state("load")  # the keys are the script\'s
    page.keyboard.press("u")
    page.wait_for_selector("text=Undone.")
    assert row_of(db, incident_id)["reports"] == 2
    page.locator("#note summary").click()
    page.locator("#note textarea").fill("تحقق من الحصيلة")  # check the toll
    page.locator("#note button").click()
    page.wait_for_selector("text=Noted.")
    assert page.get_by_text("تحقق من الحصيلة").count() == 1
    db.close()


def test_search_marks_hits_and_exports_are_downloads(tab: Tab) -> None:
    page = tab.go("/")
    page.keyboard.press("/")
    page.keyboard.type("عبوه ناسفه")  # a bomb, spelled loosely
    page.keyboard.press("Enter")
    page.wait_for_selector("mark.hit")
    page.get_by_text("صدّر", exact=True).click()
    with page.expect_download() as started:
        page.locator('[data-export="geojson"]').click()
    assert started.value.suggested_filename == "marsad-incidents.geojson"


def test_a_phone_needs_no_sideways_scrolling(phone: Tab, site: Site) -> None:
    db = site.open()
    paths = ["/", "/queue", f"/incident/{find_id(db, 'الحلة')}", "/quality", "/?q=عبوة"]
    db.close()
    for language in ("ar", "en"):
        for path in paths:
            page = phone.go(f"{path}{'&' if '?' in path else '?'}lang={language}")
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= PHONE["width"], f"{path} {language}: {width}"


def test_tables_and_the_week_load_without_complaint(tab: Tab) -> None:
    for path in ("/data", "/data/incidents", "/data/incident_history", "/weekly", "/data?sql=select+1"):
        tab.go(path)


def test_axe_finds_no_serious_fault(tab: Tab, site: Site) -> None:
    if os.environ.get("CI") != "true":
        pytest.importorskip("axe_playwright_python", reason="axe-core is not installed here")
    from axe_playwright_python.sync_playwright import Axe

    db = site.open()
    paths = ["/", "/queue", f"/incident/{find_id(db, 'الحلة')}", "/quality", "/?q=عبوة"]
    db.close()
    faults = []
    for scheme in ("light", "dark"):
        tab.page.emulate_media(color_scheme=scheme)
        for path in paths:
            found = Axe().run(tab.go(path)).response["violations"]
            faults += [
                f"{scheme} {path}: {fault['id']}: {[node['target'] for node in fault['nodes']][:3]}"
                for fault in found
                if fault["impact"] in ("serious", "critical")
            ]
    assert not faults, "\n".join(faults)
