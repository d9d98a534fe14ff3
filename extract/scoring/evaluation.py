"""Turns gold and coded incidents into figures: how many are found, which fields are right, what confidence is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extract.scoring.misses import Miss, find_misses
from extract.scoring.pairing import FIELDS, Row, agrees, pair_incidents

SURE = 0.9  # from here on an incident counts as said with confidence
CORE_FIELDS = ("date", "admin1", "method")  # a coding is right where these agree
BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Precision, recall and F1 of `said` things against `true` ones, `hit` being both; of nothing all are 1."""

    hit: int
    said: int
    true: int

    @property
    def precision(self) -> float:
        return self.hit / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        return self.hit / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`right` of `total`; of nothing the share is 0."""

    right: int
    total: int

    @property
    def share(self) -> float:
        return self.right / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """The incidents said with a confidence in [low, low + 0.1), the last bin with 1 in it."""

    low: float
    said: int
    right: int
    mean: float | None  # of the confidences; None where nothing was said


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """All figures of one run of the coder over one or more gold sets."""

    reports: int
    missing: int  # reports of the gold that were not coded at all
    incidents: Score
    news: Score
    reports_with_news: Score
    status: Score  # of incidents whose status is not `occurred`
    sure: Share  # of the incidents said at SURE or above, those that are right
    said: int
    false_alarms: tuple[str, ...]  # ids of reports without incident that got one
    empty: int  # reports without incident
    fields: Mapping[str, Share]
    confusions: Mapping[str, Counter[tuple[str, str]]]  # field → (gold, coded) → how often
    bins: tuple[Bin, ...]
    misses: tuple[Miss, ...]

    @property
    def fields_mean(self) -> float:
        return sum(share.share for share in self.fields.values()) / len(self.fields)

    @property
    def sure_share(self) -> float:
        """Which part of all incidents is said at SURE or above."""
        return self.sure.total / self.said if self.said else 0.0

    @property
    def calibration_error(self) -> float | None:
        """How far confidence lies from the share that is right, on average over incidents; None where none was said."""
        told = [cell for cell in self.bins if cell.mean is not None]
        if not told:
            return None
        return sum(abs((cell.mean or 0.0) * cell.said - cell.right) for cell in told) / sum(cell.said for cell in told)


@dataclass(frozen=True, slots=True)
class _Report:
    """One report's incidents with the pairs among them."""

    id: str
    gold: Sequence[Row]
    coded: Sequence[Row]
    pairs: Sequence[tuple[int, int]]

    def only_news(self) -> _Report:
        gold = [row for row in self.gold if row.get("role") == "news"]
        coded = [row for row in self.coded if row.get("role") == "news"]
        return _Report(self.id, gold, coded, pair_incidents(gold, coded))


def evaluate(gold: Iterable[Mapping[str, Any]], coded: Mapping[str, Sequence[Row]]) -> Evaluation:
    """Compare `gold` ({"id", "incidents"} a report) with what was `coded`, by report id; one not coded has none."""
    rows = list(gold)
    reports = [_pair(row["id"], row["incidents"], coded.get(row["id"], ())) for row in rows]
    news = [report.only_news() for report in reports]
    empty = [report for report in reports if not report.gold]
    sure, right = _judge_confidence(reports)
    return Evaluation(
        reports=len(rows),
        missing=sum(row["id"] not in coded for row in rows),
        incidents=_count(reports),
        news=_count(news),
        reports_with_news=Score(
            hit=sum(bool(r.gold and r.coded) for r in news),
            said=sum(bool(r.coded) for r in news),
            true=sum(bool(r.gold) for r in news),
        ),
        status=_count_status(reports),
        sure=Share(right=right, total=sure),
        said=sum(len(report.coded) for report in reports),
        false_alarms=tuple(report.id for report in empty if report.coded),
        empty=len(empty),
        fields={name: _count_field(name, reports) for name in FIELDS},
        confusions={name: _confuse(name, reports) for name in FIELDS},
        bins=_fill_bins(reports),
        misses=tuple(miss for r in reports for miss in find_misses(r.id, r.gold, r.coded, r.pairs)),
    )


def _pair(identifier: str, gold: Sequence[Row], coded: Sequence[Row]) -> _Report:
    return _Report(identifier, gold, coded, pair_incidents(gold, coded))


def _count(reports: Iterable[_Report]) -> Score:
    rows = list(reports)
    return Score(
        hit=sum(len(r.pairs) for r in rows), said=sum(len(r.coded) for r in rows), true=sum(len(r.gold) for r in rows)
    )


def _count_status(reports: Sequence[_Report]) -> Score:
    def is_odd(row: Row) -> bool:
        return row.get("status") != "occurred"

    paired = [(r.gold[i], r.coded[j]) for r in reports for i, j in r.pairs]
    return Score(
        hit=sum(is_odd(gold) and gold.get("status") == coded.get("status") for gold, coded in paired),
        said=sum(is_odd(row) for r in reports for row in r.coded),
        true=sum(is_odd(row) for r in reports for row in r.gold),
    )


def _count_field(name: str, reports: Sequence[_Report]) -> Share:
    agreed = [agrees(name, r.gold[i], r.coded[j]) for r in reports for i, j in r.pairs]
    return Share(right=sum(agreed), total=len(agreed))


def _confuse(name: str, reports: Sequence[_Report]) -> Counter[tuple[str, str]]:
    return Counter(
        (_show(r.gold[i].get(name)), _show(r.coded[j].get(name)))
        for r in reports
        for i, j in r.pairs
        if not agrees(name, r.gold[i], r.coded[j])
    )


def _show(value: object) -> str:
    return "–" if value is None else str(value)


def _told(reports: Sequence[_Report]) -> list[tuple[float, bool]]:
    """Confidence of each coded incident, and whether it is right: paired, and its core fields agree."""
    told = []
    for report in reports:
        partner = {j: i for i, j in report.pairs}
        for j, row in enumerate(report.coded):
            right = j in partner and all(agrees(name, report.gold[partner[j]], row) for name in CORE_FIELDS)
            told.append((float(row.get("confidence") or 0.0), right))
    return told


def _judge_confidence(reports: Sequence[_Report]) -> tuple[int, int]:
    sure = [right for confidence, right in _told(reports) if confidence >= SURE]
    return len(sure), sum(sure)


def _fill_bins(reports: Sequence[_Report]) -> tuple[Bin, ...]:
    told = _told(reports)
    bins = []
    for index in range(BINS):
        cell = [(value, right) for value, right in told if min(int(value * BINS), BINS - 1) == index]
        mean = sum(value for value, _ in cell) / len(cell) if cell else None
        bins.append(Bin(low=index / BINS, said=len(cell), right=sum(right for _, right in cell), mean=mean))
    return tuple(bins)


def figures_json(found: Evaluation) -> dict[str, Any]:
    """The figures as one JSON object; of nothing said, being right counts 1 as precision does."""
    return {
        "reports": found.reports,
        "reports_missing": found.missing,
        "all": _score_json(found.incidents),
        "news": _score_json(found.news),
        "reports_with_news": _rates_json(found.reports_with_news),
        "status_not_occurred": {**_rates_json(found.status), "gold": found.status.true},
        "confident": {"right": found.sure.share if found.sure.total else 1.0, "share": found.sure_share},
        "false_alarm": len(found.false_alarms) / found.empty if found.empty else 0.0,
        "fields": {name: share.share for name, share in found.fields.items()},
        "fields_mean": found.fields_mean,
        "calibration_error": found.calibration_error,
        "bins": [{"from": cell.low, "said": cell.said, "right": cell.right, "mean": cell.mean} for cell in found.bins],
        "errors": dict(Counter(miss.kind for miss in found.misses).most_common()),
    }


def _rates_json(score: Score) -> dict[str, Any]:
    return {"precision": score.precision, "recall": score.recall, "f1": score.f1}


def _score_json(score: Score) -> dict[str, Any]:
    return {**_rates_json(score), "matched": score.hit, "predicted": score.said, "gold": score.true}
