"""Outlets whose pages are written by scripts, read in a real Chromium that has no way to the network of its own."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

from crawler.render import NAMES, NO_NETWORK, Renderer
from tests.bad_server import RawServer, http
from tests.crawling import Bench, outlet_at, rss, run

TEXT = "أعلنت مصادر أمنية في بغداد اليوم عن تفاصيل جديدة حول الحادث الذي وقع صباحا في المدينة. " * 6  # "sources told"
needs_browser = pytest.mark.skipif(
    importlib.util.find_spec("playwright") is None or not any(shutil.which(name) for name in NAMES),
    reason="the extra `browser` or a Chromium is not here",
)
# A browser with a network, and without Chromium's own judgement of what a page may reach on this machine.
OPEN = ("--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets",)
SHELL = (
    "<html lang=ar><head><title>x</title></head><body><div id=root></div><script>"
    "fetch('/api/1').then(a => a.json()).then(a => {{"
    "document.getElementById('root').innerHTML = '<h1>' + a.title + '</h1><p>' + a.text + '</p>';{more}}});"
    "</script></body></html>"
)


def serve_shell(server: RawServer, more: str = "") -> None:
    server.routes["/feed"] = http(rss(server, ("/a/1", "عنوان طويل", "")))  # "a long title"
    server.routes["/a/1"] = http(SHELL.format(more=more))
    server.routes["/api/1"] = http(f'{{"title": "عنوان طويل", "text": "{TEXT}"}}', kind="application/json")


@needs_browser
def test_what_scripts_write_is_what_is_kept(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        serve_shell(server)
        bench = Bench(tmp_path, timeout="30s")
        plain = await bench.crawler.fetch_page(f"{server.url}/a/1", outlet_at(server))
        assert TEXT.strip() not in (plain.body or b"").decode()
        report = await bench.crawl(outlet_at(server, render=True))
        assert dict(report.pages) == {"ok": 1}
        page = await bench.crawler.fetch_page(f"{server.url}/a/1", outlet_at(server, render=True))
        assert TEXT.strip() in (page.body or b"").decode()
        assert page.content_type == "text/html; charset=utf-8"
        assert {asked.headers["user-agent"] for asked in server.asked} == {server.asked[0].headers["user-agent"]}
        await bench.close()

    run(body)


@needs_browser
def test_a_list_of_links_that_scripts_write_is_read_too(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        serve_shell(server)
        links = "".join(f"<a href='/news/{n}0001'>خبر طويل العنوان عن حادث اليوم {n}</a>" for n in range(4))
        server.routes["/list"] = http(f"<body><script>document.body.innerHTML = `{links}`</script></body>")
        bench = Bench(tmp_path, timeout="30s")
        outlet = outlet_at(server, kind="section", urls=(f"{server.url}/list",), render=True)
        assert (await bench.crawl(outlet)).new == 4
        await bench.close()

    run(body)


@needs_browser
@pytest.mark.parametrize("flags", [NO_NETWORK, OPEN], ids=["all guards", "interception alone"])
def test_scripts_reach_neither_private_hosts_nor_other_pages_nor_the_network(
    flags: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.render.NO_NETWORK", flags)

    async def body(server: RawServer) -> None:
        async with RawServer() as private:
            private.routes["/secret"] = http("secret", headers="Access-Control-Allow-Origin: *\r\n")
            serve_shell(
                server,
                f"fetch('{private.url}/secret').catch(() => 0); new Image().src = '{private.url}/secret';"
                f"new WebSocket('ws://127.0.0.1:{private.port}/secret'); fetch('/away').catch(() => 0);"
                f"navigator.serviceWorker.register('/worker.js').catch(() => 0);"
                f"navigator.sendBeacon('{private.url}/secret', 'x'); location.href = '{private.url}/secret';",
            )
            worker = f"fetch('{private.url}/secret', {{mode: 'no-cors'}})"
            server.routes["/worker.js"] = http(worker, kind="text/javascript")
            server.routes["/away"] = http(b"", status="302 Found", headers=f"Location: {private.url}/secret\r\n")
            bench = Bench(tmp_path, timeout="30s")
            page = await bench.crawler.fetch_page(f"{server.url}/a/1", outlet_at(server, render=True))
            assert TEXT.strip() in (page.body or b"").decode()
            assert private.asked == []
            await bench.close()

    run(body)


@needs_browser
def test_the_browser_has_no_way_out_even_where_nothing_is_intercepted() -> None:
    async def body(server: RawServer) -> None:
        server.routes["/secret"] = http("secret", headers="Access-Control-Allow-Origin: *\r\n")
        renderer = Renderer()
        page = await (await renderer._open()).new_page()
        for address in (f"{server.url}/secret", f"http://localhost:{server.port}/secret"):
            tried = f"fetch('{address}').then(() => 'reached').catch(() => 'refused')"
            assert await page.evaluate(tried) == "refused"
            socket = f"new WebSocket('{address.replace('http', 'ws')}')"
            tried = f"new Promise(end => {{ const s = {socket}; s.onerror = () => end('refused'); }})"
            assert await page.evaluate(tried) == "refused"
        await renderer.close()
        assert server.asked == []

    run(body)


@needs_browser
def test_a_script_without_end_costs_the_page_its_time_and_no_more(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/feed"] = http(rss(server, ("/a/1", "عنوان", ""), ("/a/2", "عنوان", "")))  # "title"
        server.routes["/a/1"] = http("<body><script>for (;;) {}</script></body>")
        server.routes["/a/2"] = http(f"<h1>x</h1><p>{TEXT}</p>")
        bench = Bench(tmp_path, timeout="8s")
        report = await bench.crawl(outlet_at(server, render=True))
        assert dict(report.pages) == {"timeout": 1, "ok": 1}
        await bench.close()

    run(body)


def test_without_a_browser_the_reason_is_named(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        serve_shell(server)
        bench = Bench(tmp_path, browser="/nowhere/chromium", timeout="30s")  # its driver may take seconds
        report = await bench.crawl(outlet_at(server, render=True))
        assert dict(report.pages) == {"no_browser": 1}
        await bench.close()

    run(body)
