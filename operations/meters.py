"""Turns what the daemon's jobs do, and what the database says, into figures in Prometheus' text format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, ProcessCollector, Summary
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from store.backups import free_bytes, list_backups
from store.database import reading
from store.gauges import DELAY_BUCKETS, Delays, Gauges, file_bytes, read_gauges
from store.outlets import OutletState, read_states


class Meters:
    """Counts what the running daemon does; the counts begin anew with each start, as Prometheus expects."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        own = self.registry
        self.polls = Counter("marsad_polls", "Visits to outlets by problem", ["outlet", "problem"], registry=own)
        self.fetches = Counter("marsad_fetches", "Requests by what came of them", ["kind", "outcome"], registry=own)
        self.taken = Counter("marsad_pages_taken", "Pages read by what became of them", ["outcome"], registry=own)
        self.messages = Counter("marsad_messages", "Messages to channels by outcome", ["outcome"], registry=own)
        self.runs = Counter("marsad_job_runs", "Runs of the daemon's jobs", ["job", "outcome"], registry=own)
        self.seconds = Summary("marsad_job_seconds", "How long runs took", ["job"], registry=own)
        self.skipped = Counter("marsad_job_skipped", "Turns not taken as a run went on", ["job"], registry=own)
        self.reloads = Counter("marsad_reloads", "Reloads of the settings", ["outcome"], registry=own)
        self.jumps = Counter("marsad_clock_jumps", "Jumps of the machine's clock", registry=own)

    def note_crawl(
        self, outlet_id: str, problem: str | None, *, sources: Mapping[str, int], pages: Mapping[str, int]
    ) -> None:
        """Count one visit and its requests."""
        self.polls.labels(outlet_id, problem or "none").inc()
        for kind, outcomes in (("source", sources), ("page", pages)):
            for outcome, count in outcomes.items():
                self.fetches.labels(kind, outcome).inc(count)

    def note_run(self, job: str, seconds: float, *, failed: bool) -> None:
        """Count one run of a job."""
        self.runs.labels(job, "failed" if failed else "done").inc()
        self.seconds.labels(job).observe(seconds)


class StoreCollector(Collector):
    """Reads the database's figures at each scrape, over a connection of its own."""

    def __init__(self, database: Path, backups: Path, now: datetime) -> None:
        self._database, self._backups, self._now = database, backups, now

    def collect(self) -> Iterator[Metric]:
        """Every figure of the database, its files and its backups."""
        with reading(self._database) as db:
            gauges, states = read_gauges(db, self._now), read_states(db)
        yield from describe_gauges(gauges)
        yield from describe_outlets(states.values())
        yield from self._describe_files()

    def _describe_files(self) -> Iterator[Metric]:
        for name, size in file_bytes(self._database).items():
            yield GaugeMetricFamily(f"marsad_{name}_bytes", f"Size of the {name} file", value=size)
        free = free_bytes(self._database.parent)
        yield GaugeMetricFamily("marsad_disk_free_bytes", "Free space beside the database", value=free)
        newest = next(iter(list_backups(self._backups)), None)
        if newest is not None:
            made = newest.stat().st_mtime
            yield GaugeMetricFamily("marsad_last_backup_timestamp_seconds", "Of the newest backup", value=made)


def describe_gauges(gauges: Gauges) -> Iterator[Metric]:
    """The database's figures as metrics."""
    for name, words, label, counts in (
        ("marsad_pages", "Pages by state", "state", gauges.pages),
        ("marsad_rejected", "Pages kept as rejected by reason", "reason", gauges.rejected),
        ("marsad_alerts", "Alerts by state", "state", gauges.alerts),
    ):
        family = GaugeMetricFamily(name, words, labels=[label])
        for value, count in sorted(counts.items()):
            family.add_metric([value], count)
        yield family
    yield GaugeMetricFamily("marsad_articles", "Articles", value=gauges.articles)
    yield GaugeMetricFamily("marsad_incidents", "Incidents", value=gauges.incidents)
    yield GaugeMetricFamily("marsad_oldest_page_seconds", "Age of the queue of pages", value=gauges.oldest_page or 0)
    yield GaugeMetricFamily("marsad_oldest_alert_seconds", "How long one is overdue", value=gauges.oldest_alert or 0)
    yield describe_delays("marsad_publication_to_alert_seconds", "From publication to alert", gauges.published_to_sent)
    yield describe_delays("marsad_seen_to_alert_seconds", "From first sight to alert", gauges.seen_to_sent)


def describe_delays(name: str, words: str, delays: Delays) -> Metric:
    """A histogram over every alert of a new incident that was ever sent."""
    buckets = [(str(float(limit)), count) for limit, count in zip(DELAY_BUCKETS, delays.buckets, strict=True)]
    return HistogramMetricFamily(name, words, buckets=[*buckets, ("+Inf", delays.count)], sum_value=delays.seconds)


def describe_outlets(states: Iterable[OutletState]) -> Iterator[Metric]:
    """How many polls in a row failed, outlet by outlet."""
    family = GaugeMetricFamily("marsad_outlet_failures", "Polls in a row that failed", labels=["outlet"])
    for state in states:
        family.add_metric([state.outlet_id], state.failures)
    yield family


def write_figures(meters: Meters, database: Path, backups: Path, *, now: datetime) -> bytes:
    """All figures in Prometheus' text format; StoreError where the database cannot be read."""
    registry = CollectorRegistry()
    registry.register(StoreCollector(database, backups, now))
    return generate_latest(meters.registry) + generate_latest(registry)
