"""Search, marking and filters: what is found, what is marked, and that no text can become markup."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from alerts.names import load_names
from commands.review import make_workings
from extract.incidents.link_weights import side_of_mention
from extract.incidents.linking import score_sides
from extract.search import index_words, read_words, strip_word
from extract.text import fold
from review.filters import make_filter, read_choice
from review.marking import Span, cut_around, find_hits, is_hidden, mark_text, plain
from review.queries import Search
from review.wording import Wording, load_ui
from store.board import LISTS, count_board
from store.database import open_database, transaction
from store.search import index_backlog
from tests.stories import Story, mention

SEARCH = Search(read_words, load_names())
arabic = st.text(alphabet="اأإآبةتجدهوىيلمنركعفق ًٌـ<>&\"'٠١ \u202e\n", max_size=80)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("الإسكندرية", "اسكندريه"),  # Iskandariya: hamza, taa marbuta, the article
        ("والصواريخ", "صَوَارِيخ"),  # "and the rockets": vowels
        ("بالناصرية", "الناصريـــة"),  # "in Nasiriyah": tatweel
        ("٢٠٢١", "2021"),
        ("مستشفى", "مستشفي"),  # hospital: ya
        ("فالقوات", "قوات"),  # "so the forces"
        ("للجيش", "الجيش"),  # "for the army"
    ],
)
def test_spellings_of_one_word_are_one(one: str, other: str) -> None:
    assert read_words(one)[0][0] == read_words(other)[0][0]


@pytest.mark.parametrize(("word", "stays"), [("بغداد", "بغداد"), ("كركوك", "كركوك"), ("لغم", "لغم"), ("الله", "الله")])
def test_first_letters_of_a_name_stay(word: str, stays: str) -> None:
    assert strip_word(fold(word)) == stays


@given(arabic)
def test_stripping_twice_is_once_and_spans_are_of_the_text(text: str) -> None:
    for stem, start, end in read_words(text):
        assert strip_word(stem) == stem
        assert 0 <= start < end <= len(text)
    assert index_words(text) == " ".join(stem for stem, _, _ in read_words(text))


@given(arabic, st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), max_size=5))
def test_marked_text_is_the_text_and_nothing_more(text: str, pairs: list[tuple[int, int]]) -> None:
    spans = [Span(start=min(pair), end=max(pair), field="killed") for pair in pairs]
    marked = str(mark_text(text, spans))
    shown = marked.replace("</mark>", "").replace('<mark class="evidence" data-fields="killed" title="killed">', "")
    expected = "".join(
        f'<span class="hidden-mark">U+{ord(char):04X}</span>' if is_hidden(char) else str(escape(char)) for char in text
    )
    assert shown == expected
    assert not any(map(is_hidden, plain(text)))


def test_a_piece_keeps_its_spans_on_their_words() -> None:
    text = "كلمة " * 50 + "صاروخ" + " كلمة" * 50  # "word" fifty times, "rocket", and again
    piece, spans = cut_around(text, find_hits(text, {"صاروخ"}, (), read_words))
    assert [piece[span.start : span.end] for span in spans] == ["صاروخ"]
    assert len(piece) < 300


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_valid_search_or_none(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    query = SEARCH.read(text)
    if query is not None:
        db = open_database(_shared(tmp_path_factory))
        db.execute("SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?", (query.match,)).fetchone()
        db.close()


@pytest.mark.parametrize("name", LISTS)
def test_what_a_filter_asks_for_is_a_value_and_never_sql(name: str, tmp_path: Path) -> None:
    story = Story(open_database(tmp_path / "marsad.db"))
    story.tell("2021-03-01 10:00", mention("hilla", "2021-03-01"))
    now = datetime(2021, 3, 2, tzinfo=UTC)
    assert count_board(story.db, make_filter(read_choice({}), now=now, match=None))["incidents"] == 1
    for hostile in ("x') OR ('1'='1", "x' OR '1'='1", 'x" OR 1=1 --', "x'; DELETE FROM incidents; --"):
        choice = read_choice({name: [hostile]})
        assert choice.values(name) == (hostile,)
        assert count_board(story.db, make_filter(choice, now=now, match=None))["incidents"] == 0
    story.db.close()


def _shared(factory: pytest.TempPathFactory) -> Path:
    return factory.getbasetemp() / "shared-search.db"


def test_an_edited_report_is_found_by_its_new_words_alone(tmp_path: Path) -> None:
    story = Story(open_database(tmp_path / "marsad.db"))
    at = mention("hilla", "2021-03-01")
    story.tell("2021-03-01 10:00", at, url="https://a.example/1", text="انفجار عبوة قرب الجسر")  # near the bridge
    story.tell("2021-03-01 11:00", at, url="https://a.example/1", text="انفجار عبوة قرب السوق")  # near the market

    def found(word: str) -> int:
        query = SEARCH.read(word)
        assert query
        return len(
            story.db.execute("SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?", (query.match,)).fetchall()
        )

    assert (found("السوق"), found("الجسر"), found("عبوة")) == (1, 0, 1)
    story.db.close()


def test_articles_of_before_there_was_a_search_are_caught_up(tmp_path: Path) -> None:
    story = Story(open_database(tmp_path / "marsad.db"))
    for hour in range(5):
        story.tell(f"2021-03-01 1{hour}:00", mention("hilla", "2021-03-01"), by=f"o{hour}")
    story.db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')")
    story.db.execute("DELETE FROM articles_searchable")
    with transaction(story.db):
        assert [index_backlog(story.db, index_words, limit=3) for _ in range(3)] == [3, 2, 0]
    query = SEARCH.read("الخبر")
    assert query
    rows = story.db.execute("SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?", (query.match,)).fetchall()
    assert len(rows) == 5
    story.db.close()


def test_a_query_survives_its_way_through_the_address() -> None:
    choice = read_choice({"method": ["rocket", "drone"], "since": ["2021-03-01"], "doubt": ["0.5"], "page": ["3"]})
    assert choice.query() == "method=rocket&method=drone&since=2021-03-01&doubt=0.5"
    assert choice.page == 3
    assert choice.query(method="ied", page="2") == "since=2021-03-01&doubt=0.5&method=ied&page=2"
    assert (
        read_choice({"since": ["2021-3-1"], "publishers": ["٣"], "confidence": ["nan"], "order": ["x"]}).query() == ""
    )


def test_every_word_of_the_pages_is_in_both_languages() -> None:
    for key, row in load_ui().items():
        assert set(row) == {"ar", "en"}, key
        assert all(row.values()), key
        assert row["ar"].count("{") == row["en"].count("{"), key


def test_a_count_of_sources_is_said_as_arabic_says_it() -> None:
    words = Wording(language="ar", names=make_workings().names)
    said = {n: words.sources({"publishers": n, "reports": n}) for n in (1, 2, 3, 10, 11, 99, 100, 102, 103)}
    assert said == {
        1: "ناشر واحد، تقرير واحد",  # one publisher, one report, and so on
        2: "ناشران، تقريران",
        3: "3 ناشرين، 3 تقارير",
        10: "10 ناشرين، 10 تقارير",
        11: "11 ناشراً، 11 تقريراً",
        99: "99 ناشراً، 99 تقريراً",
        100: "100 ناشر، 100 تقرير",
        102: "102 ناشر، 102 تقرير",
        103: "103 ناشرين، 103 تقارير",
    }


def test_every_reason_of_linking_has_words() -> None:
    pair = mention("hilla", "2021-03-01", killed=2), mention("erbil", "2021-03-02", "rocket")
    sides = [side_of_mention(told, date(2021, 3, 2)) for told in pair]
    names = [*score_sides(*sides).reasons, "second_attack", "publisher", "wording", "same_article"]
    words = Wording(language="ar", names=make_workings().names)
    said = words.reasons({**dict.fromkeys(names, 1.0), "target": -2.0})
    assert not re.search(r"[A-Za-z_0-9]", said), said
    assert said.endswith("يباعد بينهما: الهدف")  # against: the target
