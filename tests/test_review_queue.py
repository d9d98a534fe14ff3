"""The queue in a real browser: one key a judgement, the next card at once, nothing lost on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.review_browser import Tab, open_tab, running_browser
from tests.review_site import Reviewer, Site, find_id, row_of
from tests.stories import Story

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as running:
        yield running


@pytest.fixture
def tab(browser: Browser, site: Site) -> Iterator[Tab]:
    yield from open_tab(browser, site)


def cards(page: Page) -> list[str]:
    return [str(card.get_attribute("id")).removeprefix("i-") for card in page.locator(".card").all()]


def test_keys_pressed_faster_than_the_server_answers_are_all_stored_in_order(tab: Tab, story: Story) -> None:
    page = tab.go("/queue")
    first, second, third, fourth, *rest = cards(page)
    for key in ("c", "4", "c"):
        page.keyboard.press(key)
    expect(page.locator("[data-left]")).to_contain_text(str(1 + len(rest)))
    expect(page.locator(".card.selected")).to_have_attribute("id", f"i-{fourth}")
    found = {one: row_of(story.db, one)["reviewed"] for one in (first, second, third, fourth)}
    assert list(found.values()) == ["confirmed", "rejected", "confirmed", None]
    page.keyboard.press("u")
    page.wait_for_selector(f"[id='i-{third}']")
    assert row_of(story.db, third)["reviewed"] is None
    assert row_of(story.db, second)["reviewed"] == "rejected"


def test_undo_means_the_last_key_even_while_it_is_on_its_way(tab: Tab, story: Story) -> None:
    page = tab.go("/queue")
    first, second, *_ = cards(page)
    for key in ("c", "c", "u"):
        page.keyboard.press(key)
    page.wait_for_selector(f"[id='i-{second}']")
    assert [row_of(story.db, one)["reviewed"] for one in (first, second)] == ["confirmed", None]


def test_a_judgement_that_was_refused_brings_its_card_back(tab: Tab, layla: Reviewer, story: Story) -> None:
    page = tab.go("/queue?lang=en")
    first, second, *_ = cards(page)
    layla.judge(first, "correct", f_killed="7")
    page.keyboard.press("c")
    expect(page.locator(f"[id='i-{first}'] [role=alert]")).to_contain_text("was not stored")
    page.locator(f"[id='i-{first}'] [data-deed=confirm] button").click()
    page.wait_for_selector("text=The incident changed since you opened it")
    assert row_of(story.db, first)["reviewed"] == "corrected"
    assert row_of(story.db, second)["reviewed"] is None
    tab.complaints[:] = [one for one in tab.complaints if "409" not in one]  # the browser notes the refusal


def test_a_card_is_corrected_noted_and_merged_where_it_lies(tab: Tab, story: Story) -> None:
    hilla, other = find_id(story.db, "الحلة"), find_id(story.db, "الإسكندرية")
    page = tab.go("/queue?lang=en")
    place = cards(page).index(hilla)
    for _ in range(place):
        page.keyboard.press("j")
    page.keyboard.press("n")
    page.locator(".part textarea").fill("call the hospital")
    page.locator(".part button").click()
    page.wait_for_selector("text=Noted.")
    page.wait_for_url(re.compile("/queue"))
    page.wait_for_load_state("load")
    for _ in range(place):
        page.keyboard.press("j")
    page.keyboard.press("m")
    expect(page.locator(".part li a").first).to_be_focused()  # reading comes before merging
    near = page.locator(".part li", has=page.locator(f'button[aria-label*="{other}"]'))
    expect(near).to_contain_text("Killed / wounded: 2 / –")
    page.locator(f'.part button[aria-label*="{other}"]').click()
    page.wait_for_selector("text=Merged.")
    assert row_of(story.db, other)["merged_into"] == hilla
    page.wait_for_load_state("load")
    for _ in range(cards(page).index(hilla)):
        page.keyboard.press("j")
    page.keyboard.press("e")
    page.locator(".part input[name=f_killed]").fill("4")
    page.locator(".part button.main").click()
    page.wait_for_selector("text=Corrected.")
    assert row_of(story.db, hilla)["killed"] == 4
    assert hilla not in cards(page)


def test_the_queue_works_without_scripts(browser: Browser, site: Site, story: Story) -> None:
    tabs = open_tab(browser, site, java_script_enabled=False)
    page = next(tabs).page
    page.goto(f"{site.url}/queue?lang=en")
    first = cards(page)[0]
    page.locator(".card").first.get_by_role("button", name="threat or plan only").click()
    page.wait_for_selector("text=Rejected.")
    assert row_of(story.db, first)["reviewed"] == "rejected"
    next(tabs, None)


def test_a_note_is_saved_by_its_key_and_its_draft_outlives_esc(tab: Tab, story: Story) -> None:
    page = tab.go("/queue?lang=en")
    first = cards(page)[0]
    box = page.locator(".part textarea")
    page.keyboard.press("n")
    expect(page.locator(".part form")).to_contain_text("Ctrl+Enter saves")
    page.keyboard.type("call the hospital")
    page.keyboard.press("Escape")
    page.keyboard.press("c")  # would take the card and the draft with it
    expect(page.locator(".part [role=alert]")).to_contain_text("not saved yet")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.locator(".part input[name=f_killed]")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("1")  # the draft is out of sight now, and still held
    expect(page.locator(".part [role=alert]")).to_contain_text("not saved yet")
    assert row_of(story.db, first)["reviewed"] is None
    expect(box).to_be_focused()
    expect(box).to_have_value("call the hospital")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=Noted.")
    assert [tuple(row) for row in story.db.execute("SELECT reason FROM reviews")] == [("call the hospital",)]
    page.wait_for_load_state("load")
    page.keyboard.press("n")
    expect(box).to_have_value("")  # what is stored is no draft any more


def test_a_draft_on_an_incidents_page_outlives_another_judgement(tab: Tab, story: Story) -> None:
    incident_id = find_id(story.db, "الحلة")
    page = tab.go(f"/incident/{incident_id}?lang=en")
    page.keyboard.press("n")
    page.keyboard.type("call the hospital")
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.wait_for_selector("text=Confirmed.")
    expect(page.locator("#note textarea")).to_be_visible()
    expect(page.locator("#note textarea")).to_have_value("call the hospital")
    page.wait_for_load_state("load")
    page.keyboard.press("m")
    expect(page.locator("#near li a").first).to_be_focused()
