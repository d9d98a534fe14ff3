"""Reports in and codings out: every kind of line, every kind of time, and text that UTF-8 cannot hold."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.reports import Malformed, coding_json, dump_line, parse_published, read_reports
from store.records import Coding, Evidence, Mention, Report


def test_bad_lines_are_told_by_number_and_the_others_go_on() -> None:
    lines = [
        b'\xef\xbb\xbf{"id": "a", "text": "x"}\n',
        b"\n",
        b"{broken\n",
        b"[]\n",
        b'{"id": "b"}\n',
        b'{"id": 7, "text": "x"}\n',
        b'{"id": "c", "text": "\xff"}\n',
        b'{"id": "d", "text": "x", "published": "yesterday"}\n',
        b'{"id": "e", "text": "", "title": null, "published": null}',
    ]
    found = list(read_reports(lines))
    assert [report.id for report in found if isinstance(report, Report)] == ["a", "e"]
    faults = {fault.line: fault.problem for fault in found if isinstance(fault, Malformed)}
    assert set(faults) == {3, 4, 5, 6, 7, 8}
    assert "text" in faults[5]
    assert "id" in faults[6]
    assert "UTF-8" in faults[7]
    assert "published" in faults[8]


@pytest.mark.parametrize(
    ("written", "moment", "precision"),
    [
        ("2026-11-20T10:00:00+03:00", datetime(2026, 11, 20, 7, tzinfo=UTC), "second"),
        ("2026-11-20T10:00:00Z", datetime(2026, 11, 20, 10, tzinfo=UTC), "second"),
        ("2026-11-20T10:00", datetime(2026, 11, 20, 10, tzinfo=UTC), "second"),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC), "day"),
        (None, None, "second"),
        ("", None, "second"),
    ],
)
def test_times(written: str | None, moment: datetime | None, precision: str) -> None:
    assert parse_published(written) == (moment, precision)


@given(st.text() | st.integers() | st.lists(st.text()))
def test_a_time_is_read_or_refused(value: object) -> None:
    try:
        moment, _ = parse_published(value)
    except ValueError as error:
        assert "published" in str(error)  # noqa: PT017
    else:
        assert moment is None or moment.tzinfo is UTC


@given(st.binary())
def test_any_bytes_are_read(line: bytes) -> None:
    assert len(list(read_reports([line]))) <= 1


def test_a_coding_is_written_whole() -> None:
    mention = Mention(
        role="news", status="occurred", method="ied", target="unknown", date=date(2026, 11, 20), date_precision="day",
        country="IQ", admin1="IQ-BG", place=None, lat=None, lon=None, munitions=1, killed=None, wounded=0, actor=None,
        claim="none", confidence=0.98765,
        evidence=(Evidence(field="method", source="title", quote="x", start=0, end=1),),
    )  # fmt: skip
    row = json.loads(dump_line(coding_json("a", Coding(language="ar", mentions=(mention,)))))
    assert row["id"] == "a"
    incident = row["incidents"][0]
    assert incident["date"] == "2026-11-20"
    assert incident["killed"] is None
    assert incident["wounded"] == 0
    assert incident["confidence"] == 0.988
    assert incident["evidence"] == [{"field": "method", "in": "title", "quote": "x", "start": 0, "end": 1}]


def test_a_lone_surrogate_survives() -> None:
    assert json.loads(dump_line({"quote": "a\ud800"})) == {"quote": "a\ud800"}
