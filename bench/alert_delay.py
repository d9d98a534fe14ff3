"""Measures the time from an article's appearance in a feed to its mail in an SMTP server's hand.

`python -m bench.alert_delay --outlets 50 --every 30 --duration 90`: each outlet has a host of its own on loopback and
publishes one attack at a random moment; the real daemon polls, codes and mails. Polls are spread by a tenth of the
interval, as twenty seconds are of the default one. Stages come from the database.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from aiosmtpd.controller import Controller

from commands.toml import write_toml
from store.database import open_database
from store.overview import percentile
from store.times import from_iso

GAZETTEER = Path(__file__).parents[1] / "extract" / "data" / "places" / "iraq.csv"
# Invented reports, each of another kind of attack, so that one day's attacks in neighbouring towns are told apart: a
# device against a convoy, rockets at a base, gunmen at a police post, a car bomb in a market, a drone at a base of the
# Hashd, a grenade at a party's office, shells on a village, a mine under shepherds.
KINDS = (
    ("انفجار عبوة ناسفة استهدفت رتلاً للتحالف الدولي قرب {place}",
     "أفاد مصدر أمني، اليوم، بأن عبوة ناسفة انفجرت مستهدفة رتلاً للدعم اللوجستي تابعاً للتحالف الدولي قرب {place}"),
    ("سقوط صاروخين على قاعدة تضم قوات أميركية قرب {place}",
     "سقط صاروخان من نوع كاتيوشا، اليوم، على قاعدة عسكرية تضم قوات أميركية قرب {place}"),
    ("مقتل شرطيين بهجوم مسلح على نقطة تفتيش في {place}",
     "قُتل شرطيان، اليوم، بهجوم شنه مسلحون على نقطة تفتيش للشرطة في {place}"),
    ("انفجار سيارة مفخخة في سوق شعبي وسط {place}",
     "انفجرت سيارة مفخخة، اليوم، في سوق شعبي وسط {place}، ما أدى إلى إصابة ثلاثة مدنيين بجروح"),
    ("طائرة مسيرة تستهدف مقراً للحشد الشعبي في {place}",
     "استهدفت طائرة مسيرة مفخخة، اليوم، مقراً للحشد الشعبي في {place}، وأصيب مقاتل بجروح طفيفة"),
    ("هجوم بقنبلة يدوية على مقر حزب في {place}",
     "ألقى مجهولون قنبلة يدوية، اليوم، على مقر أحد الأحزاب في {place} من دون إصابات"),
    ("سقوط قذائف هاون على قرية قرب {place}",
     "سقطت أربع قذائف هاون، اليوم، على قرية قرب {place}، وأسفرت عن إصابة امرأة"),
    ("انفجار لغم أرضي براعيين قرب {place}",
     "انفجر لغم أرضي، اليوم، براعيين قرب {place}، فقُتل أحدهما وأصيب الآخر"),
)  # fmt: skip
MORE = (  # in the governorate; the forces closed the area and opened an inquiry into event number …
    " في محافظة {governorate}.\n\nوأضاف المصدر أن القوات الأمنية أغلقت المنطقة وفتحت تحقيقاً في الحادث رقم {number}،"
    " ولم تتبن أي جهة مسؤوليته حتى الآن."
)
# What each feed holds from the start: the municipality opens a park, and the mayor thanks those who built it.
OLD_TITLE = "البلدية تفتتح حديقة عامة جديدة"
OLD_TEXT = (
    "افتتحت البلدية اليوم حديقة عامة جديدة تضم ملاعب للأطفال ومساحات خضراء واسعة بحضور عدد من الأهالي."
    "\n\nوشكر رئيس البلدية العاملين في المشروع، وقال إن حدائق أخرى ستفتتح في الأحياء المجاورة قبل نهاية العام."
)


@dataclass(slots=True)
class Attack:
    """One outlet's one article: when its feed shows it, and when its mail came."""

    number: int
    host: str
    place: str
    governorate: str
    shown_at: float = 0.0
    seen_at: float | None = None

    @property
    def report(self) -> tuple[str, str]:
        """Title and text, with their blanks."""
        title, text = KINDS[self.number % len(KINDS)]
        return title, text + MORE


@dataclass(slots=True)
class Bench:
    """The outlets' server and the mailbox."""

    attacks: list[Attack]
    began: float = field(default_factory=time.time)
    web_port: int = 0
    mail_port: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # aiosmtpd's name
        mail = message_from_bytes(envelope.content, policy=policy.default)
        body = mail.get_body(("html", "plain"))
        now = time.time()
        for number in re.findall(r"/news/(\d+)", str(body.get_content()) if body else ""):
            attack = self.attacks[int(number)]
            attack.seen_at = attack.seen_at or now
        return "250 OK"

    def page(self, host: str, path: str) -> tuple[str, str] | None:
        attack = next((attack for attack in self.attacks if attack.host == host), None)
        if attack is None or path == "/robots.txt":
            return None
        shown = time.time() >= attack.shown_at
        if path == "/news/old":
            return "text/html; charset=utf-8", make_page(OLD_TITLE, OLD_TEXT, datetime.fromtimestamp(self.began, UTC))
        stamp = datetime.fromtimestamp(attack.shown_at, UTC)
        words = {"place": attack.place, "governorate": attack.governorate, "number": attack.number}
        title, text = (part.format(**words) for part in attack.report)
        if path == "/feed":
            base = f"http://{host}:{self.web_port}/news"
            items = list_item(OLD_TITLE, f"{base}/old", datetime.fromtimestamp(self.began, UTC))
            if shown:
                items = list_item(title, f"{base}/{attack.number}", stamp) + items
            return "application/rss+xml", f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>"
        if path == f"/news/{attack.number}" and shown:
            return "text/html; charset=utf-8", make_page(title, text, stamp)
        return None


def list_item(title: str, link: str, stamp: datetime) -> str:
    """A feed's item."""
    day = f"<pubDate>{stamp:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
    return f"<item><title>{escape(title)}</title><link>{link}</link>{day}</item>"


def make_page(title: str, text: str, stamp: datetime) -> str:
    """An article's page."""
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n"))
    meta = f"<meta property='article:published_time' content='{stamp.isoformat()}'>"
    return (
        f"<!doctype html><html lang='ar'><head><meta charset='utf-8'><title>{escape(title)}</title>{meta}</head><body>"
        f"<article><h1>{escape(title)}</h1>{paragraphs}</article></body></html>"
    )


def choose_attacks(outlets: int, duration: float, settle: float, seed: int) -> list[Attack]:
    """As many towns of Iraq as there are outlets, each with a moment within `duration`."""
    with GAZETTEER.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    governorates = {row["admin1"]: row["name"] for row in rows if row["precision"] == "governorate"}
    towns = {row["name"]: row for row in rows if row["precision"] == "town" and row["admin1"] in governorates}
    names = sorted(name for name, row in towns.items() if not row["common_word"])
    chance = random.Random(seed)
    chosen = sorted(chance.sample(names, outlets), key=lambda name: towns[name]["admin1"])  # neighbours in a row
    now = time.time() + settle
    return [
        Attack(
            number=number, host=f"127.0.1.{number + 1}", place=name, governorate=governorates[towns[name]["admin1"]],
            shown_at=now + chance.uniform(0, duration),
        )
        for number, name in enumerate(chosen)
    ]  # fmt: skip


@contextmanager
def run_services(bench: Bench) -> Iterator[None]:
    """The web server on all of loopback, and the mail server."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = bench.page(self.headers.get("Host", "").split(":")[0], self.path)
            kind, text = found or ("text/plain", "not found")
            body = text.encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("0.0.0.0", 0), Handler)  # each outlet has an address of 127.0.1.0/24
    server.daemon_threads = True
    bench.web_port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bench.mail_port = probe.getsockname()[1]
    controller = Controller(bench, hostname="127.0.0.1", port=bench.mail_port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()
        server.shutdown()


def write_settings(bench: Bench, folder: Path, every: int) -> Path:
    """Settings with the bench's outlets alone and one mail channel."""
    outlets = {
        f"outlet{attack.number}": {
            "name_ar": f"منفذ {attack.number}", "name_en": f"Outlet {attack.number}", "kind": "feed", "country": "IQ",
            "home": f"http://{attack.host}:{bench.web_port}/", "publisher": f"outlet{attack.number}",
            "urls": [f"http://{attack.host}:{bench.web_port}/feed"], "allowed_hosts": [attack.host],
            "every": f"{every}s", "time_zone": "Asia/Baghdad", "ownership": "private", "allow_private_hosts": True,
        }
        for attack in bench.attacks
    }  # fmt: skip
    mail = f"mailto://127.0.0.1:{bench.mail_port}/?from=marsad@desk.example&to=analyst@desk.example&mode=insecure"
    settings: dict[str, Any] = {
        "catalogue": False, "database": "bench.db", "outlets": outlets,
        "crawl": {"contact": "bench", "delay": "0s", "every_min": f"{every}s", "every_max": f"{every}s"},
        "schedule": {"jitter": f"{every // 10}s"}, "alerts": {"channels": {"mail": {"url": mail}}},
    }  # fmt: skip
    path = folder / "settings.toml"
    path.write_text(write_toml(settings), encoding="utf-8")
    return path


def measure(bench: Bench, folder: Path) -> dict[str, Any]:
    """The delays by stage, and what never came."""
    whole = [attack.seen_at - attack.shown_at for attack in bench.attacks if attack.seen_at]
    db = open_database(folder / "bench.db", create=False)
    rows = list(
        db.query(
            "SELECT pages.fetched_at, alerts.queued_at, alerts.sent_at FROM alerts"
            " JOIN articles ON articles.id = alerts.article_id JOIN pages ON pages.url = articles.url"
            " WHERE alerts.kind = 'new' AND alerts.state = 'sent'"
        )
    )
    db.close()
    queued = [(from_iso(row["queued_at"]) - from_iso(row["fetched_at"])).total_seconds() for row in rows]
    sent = [(from_iso(row["sent_at"]) - from_iso(row["queued_at"])).total_seconds() for row in rows]
    return {
        "articles": len(bench.attacks), "mails": len(whole), "shown_to_mail": sum_up(whole),
        "fetched_to_queued": sum_up(queued), "queued_to_sent": sum_up(sent),
    }  # fmt: skip


def sum_up(values: list[float]) -> dict[str, float | None]:
    """Median, 95th percentile and the longest, in seconds."""
    shares = {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95), "most": max(values, default=None)}
    return {name: None if value is None else round(value, 2) for name, value in shares.items()}


def main() -> None:
    """Run the daemon against the bench's outlets and print the delays."""
    parser = argparse.ArgumentParser(prog="python -m bench.alert_delay", description=__doc__)
    parser.add_argument("--outlets", type=int, default=50)
    parser.add_argument("--every", type=int, default=30, help="seconds between two polls of an outlet")
    parser.add_argument("--duration", type=float, default=90, help="seconds over which articles appear")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    settle = arguments.every + 15.0  # the first visits store silently; they must be over
    attacks = choose_attacks(arguments.outlets, arguments.duration, settle, arguments.seed)
    bench = Bench(attacks=attacks)
    with tempfile.TemporaryDirectory(prefix="marsad-bench-") as name, run_services(bench):
        folder = Path(name)
        path = write_settings(bench, folder, arguments.every)
        with (folder / "daemon.log").open("wb") as log:
            daemon = subprocess.Popen([sys.executable, "-m", "cli", "run", "--settings", str(path)], stderr=log)
            deadline = time.time() + settle + arguments.duration + 2 * arguments.every + 20
            while time.time() < deadline and not all(attack.seen_at for attack in attacks) and daemon.poll() is None:
                time.sleep(0.2)
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(20)
        figures = measure(bench, folder)
    figures |= {"outlets": arguments.outlets, "every_seconds": arguments.every}
    figures["bar_seconds"] = arguments.every + 5
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
