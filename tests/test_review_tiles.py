"""Tiles of an online map lie where they belong, come from the server that was named alone, and only if one was."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import asinh, floor, pi, radians, tan
from pathlib import Path

import httpx
import pytest

from store.errors import SettingsError
from store.settings import load_settings
from tests.review_browser import running_browser
from tests.review_site import Site, find_id, served
from tests.stories import Story

DOT = base64.b64decode(  # a picture of one pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@dataclass
class TileServer:
    """A map's server on loopback."""

    url: str
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def tiles() -> Iterator[TileServer]:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("content-type", "image/png")
            self.end_headers()
            self.wfile.write(DOT)

        def log_message(self, *args: object) -> None:
            del args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield TileServer(url=f"http://127.0.0.1:{server.server_address[1]}", asked=asked)
    server.shutdown()
    server.server_close()
    thread.join()


def test_tiles_lie_under_the_incidents_place(story: Story, tiles: TileServer, tmp_path: Path) -> None:
    incident = find_id(story.db, "الحلة")
    with (
        served(tmp_path / "marsad.db", tiles=f"{tiles.url}/{{z}}/{{x}}/{{y}}.png") as site,
        running_browser() as browser,
    ):
        page = browser.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(f"{site.url}/incident/{incident}")
        page.wait_for_selector("svg.map image")
        page.wait_for_load_state("networkidle")
        spot = page.locator(".spot.deadly").bounding_box()
        boxes = {str(one.get_attribute("href")): one.bounding_box() for one in page.locator("svg.map image").all()}
        row = story.db.execute("SELECT lat, lon FROM incidents WHERE id = ?", (incident,)).fetchone()
    assert spot
    assert spot["width"] > 8  # large enough to be seen
    x, y = spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2
    under = [
        address
        for address, box in boxes.items()
        if box and box["x"] <= x < box["x"] + box["width"] and box["y"] <= y < box["y"] + box["height"]
    ]
    assert len(under) == 1
    z, column, line = (int(part) for part in under[0].removesuffix(".png").split("/")[-3:])
    west, east = (edge / 2**z * 360 - 180 for edge in (column, column + 1))
    assert west <= row[1] < east
    assert {address.removeprefix(tiles.url) for address in boxes} <= set(tiles.asked)
    assert (z, line) == (z, line_of(row[0], z))
    assert not complaints


def line_of(lat: float, z: int) -> int:
    """Which line of tiles a latitude lies on (the scheme of Web Mercator)."""
    return floor((1 - asinh(tan(radians(lat))) / pi) / 2 * (1 << z))


def test_nobody_outside_is_asked_unless_a_server_is_named(site: Site, tmp_path: Path, story: Story) -> None:
    del story
    plain = httpx.get(f"{site.url}/")
    assert "data-tiles" not in plain.text
    assert "tiles.js" not in plain.text
    assert "img-src 'self' data:;" in plain.headers["content-security-policy"]
    with served(tmp_path / "marsad.db", tiles="https://map.example/{z}/{x}/{y}.png") as other:
        answer = httpx.get(f"{other.url}/")
        assert "img-src 'self' data: https://map.example;" in answer.headers["content-security-policy"]
        assert "map.example" not in httpx.get(f"{other.url}/data").headers["content-security-policy"]


@pytest.mark.parametrize(
    "address",
    ["https://map.example/{x}/{y}.png", "ftp://map.example/{z}/{x}/{y}", "https://map.example;/{z}/{x}/{y}",
     "https://map.example/{z}/{x}/{y}; script-src *", "https://a@map.example/{z}/{x}/{y}"],
)  # fmt: skip
def test_an_address_that_is_no_tile_servers_is_refused(address: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f'[review]\ntiles = "{address}"\n')
    with pytest.raises(SettingsError, match=r"review"):
        load_settings(path)
