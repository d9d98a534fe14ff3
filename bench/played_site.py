"""Plays a news site on loopback whose pages are as large, and as hard to read, as real ones: for measuring rates."""

from __future__ import annotations

import asyncio
import random
from multiprocessing.queues import Queue

PAGE_BYTES = 107_000  # as in the figures of the library comparison
CARDS = 80  # links with picture and headline beside the article
PARAGRAPHS = 10
WARM_UP = -1  # the round that lists few pages, for what is loaded at the first ones
WARM_UP_PAGES = 40
# One article in five tells of an incident, the others of all else: attacks of three weeks in thirty towns, each told
# by some twenty of ten thousand pages.
ATTACK = "انفجرت عبوة ناسفة على {target} في {town} يوم {day} تشرين الثاني، ما أدى إلى إصابة {hurt} بجروح."
TARGETS = ("رتل ينقل معدات للتحالف الدولي", "دورية للجيش العراقي", "دورية للشرطة الاتحادية")  # convoy, army, police
HURT = ("جنديين", "ثلاثة أشخاص", "أربعة أشخاص", "خمسة أشخاص")  # two soldiers, three, four, five people
TOWNS = (
    "الموصل تلعفر سنجار بعشيقة كركوك الحويجة تكريت بيجي سامراء بلد الشرقاط بعقوبة خانقين المقدادية الخالص الرمادي "
    "الفلوجة هيت حديثة القائم الطارمية المحمودية الحلة المسيب الديوانية السماوة الناصرية العمارة البصرة الزبير"
).split()
SECURITY = (
    "أعلنت مصادر أمنية اليوم عن تفاصيل جديدة حول الحادث وقال المتحدث باسم الوزارة إن التحقيق ما زال جاريا مضيفا أن "
    "القوات انتشرت في محيط المكان وأغلقت الطرق المؤدية إليه"
).split()  # "security sources told of the incident; inquiries go on; the roads were closed"
OTHER = (
    "افتتح رئيس الوزراء معرض الكتاب الدولي في العاصمة بمشاركة عشرات دور النشر وأكد أن الحكومة تدعم الثقافة وناقش "
    "البرلمان مشروع قانون الموازنة العامة وسط خلاف حول حصة المحافظات من النفط "
    "بينما ارتفعت أسعار الصرف أمام الدولار وفاز المنتخب"
).split()  # "the prime minister opened the book fair; parliament debated the budget; the national team won"
SCRIPT = "window.dataLayer.push({'k':1,'v':'abcdefgh'});"


def make_page(name: str, told: float = 0.2) -> bytes:
    """Return the page of that name, the same each time: article, cards, menus, and scripts up to PAGE_BYTES.

    `told` is the share of pages that tell of an incident.
    """
    chance = random.Random(name)
    tells = chance.random() < told
    words = SECURITY if tells else OTHER

    def say(count: int) -> str:
        return " ".join(chance.choices(words, k=count))

    title, cards = say(9), "".join(make_card(number) for number in range(CARDS))
    text = "".join(f"<p>{say(40)}.</p>" for _ in range(PARAGRAPHS))
    if tells:
        town, day = chance.choice(TOWNS), chance.randint(1, 20)
        lead = ATTACK.format(target=chance.choice(TARGETS), town=town, day=day, hurt=chance.choice(HURT))
        text = f"<p>{lead}</p>{text}"
    head = (
        f'<html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="og:title" content="{title}"><script type="application/ld+json">'
        f'{{"@type":"NewsArticle","headline":"{title}","datePublished":"2026-11-20T10:00:00+03:00"}}</script>'
    )
    menu = "".join(f"<a href=/s/{number}>قسم</a>" for number in range(30))  # "section"
    body = (
        f'</head><body><nav>{menu}</nav><main><article><h1>{title}</h1><div class="body">{text}</div></article>'
        f"<aside><ul>{cards}</ul></aside></main><footer>جميع الحقوق محفوظة</footer></body></html>"  # "all rights"
    )
    room = PAGE_BYTES - len((head + body).encode()) - len("<script></script>")
    return f"{head}<script>{SCRIPT * (room // len(SCRIPT))}</script>{body}".encode()


def make_card(number: int) -> str:
    """Return one link beside the article."""
    return (
        f'<li class="card"><a href="/news/{number}00"><img src="/i/{number}.jpg" alt="صورة من الحدث">'  # "a picture"
        f"<h3>عنوان خبر آخر من أخبار اليوم رقم {number}</h3></a>"  # "headline of another item of the day"
        '<time datetime="2026-11-20T10:00:00+03:00">20/11</time></li>'
    )


def list_pages(path: str, count: int) -> bytes:
    """Return the feed of one round."""
    round_ = path.partition("?")[2]
    listed = range(WARM_UP_PAGES if round_ == str(WARM_UP) else count)
    items = "".join(f"<item><title>t {n}</title><link>/a/{round_}/{n}</link></item>" for n in listed)
    return f"<rss><channel>{items}</channel></rss>".encode()


async def serve(ports: Queue[int], pages_a_round: int, told: float, made_before: int) -> None:
    """Serve `/feed?ROUND` and the pages that it lists, on connections that stay open."""
    paths = (f"/a/{round_}/{number}" for round_ in range(made_before) for number in range(pages_a_round))
    made = {path: make_page(path, told) for path in paths}

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
                feed = path.startswith("/feed")
                body = list_pages(path, pages_a_round) if feed else made.get(path) or make_page(path, told)
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    ports.put(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def run_server(ports: Queue[int], pages_a_round: int, told: float = 0.2, made_before: int = 0) -> None:
    """Run the server until its process is ended.

    The pages of the first `made_before` rounds are made before the port is told, so that making them takes no
    processor from what is measured; they are held in memory.
    """
    asyncio.run(serve(ports, pages_a_round, told, made_before))
