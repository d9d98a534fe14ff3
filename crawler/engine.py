"""Turns our crawl settings into Scrapy's: our fetcher and politeness in, what we do not use out."""

from __future__ import annotations

from typing import Any

from crawler.outcomes import BriefFailure
from store.settings import CrawlSettings

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,application/rss+xml,application/feed+json,*/*;q=0.8"


def scrapy_settings(settings: CrawlSettings) -> dict[str, Any]:
    """Return the settings of every crawl; what is switched off costs nothing at each visit."""
    unused = "scrapy.extensions."
    return {
        "TWISTED_REACTOR_ENABLED": False,
        "DOWNLOAD_HANDLERS": {
            "http": "crawler.download.SafeDownloadHandler",
            "https": "crawler.download.SafeDownloadHandler",
            "data": None,
            "file": None,
            "s3": None,
            "ftp": None,
        },
        "DOWNLOADER_MIDDLEWARES": {
            "crawler.download.PoliteMiddleware": 100,
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
            "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": None,
            "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": None,
            "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
            "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
            "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
            "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
        },
        "SPIDER_MIDDLEWARES": {
            "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
            "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
            "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
            "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
        },
        "EXTENSIONS": {
            f"{unused}corestats.CoreStats": None,
            f"{unused}logcount.LogCount": None,
            f"{unused}telnet.TelnetConsole": None,
            f"{unused}memusage.MemoryUsage": None,
            f"{unused}memdebug.MemoryDebugger": None,
            f"{unused}closespider.CloseSpider": None,
            f"{unused}feedexport.FeedExporter": None,
            f"{unused}logstats.LogStats": None,
            f"{unused}spiderstate.SpiderState": None,
            f"{unused}throttle.AutoThrottle": None,
            f"{unused}remote_control.RemoteControl": None,
        },
        "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
        "DEFAULT_REQUEST_HEADERS": {"Accept": ACCEPT, "Accept-Language": "ar,en;q=0.5"},
        # Delays and places are our gates' doing, which all crawls share.
        "DOWNLOAD_DELAY": 0,
        "CONCURRENT_ITEMS": 1,  # else a hundred tasks for each answer, and there are no items
        "CONCURRENT_REQUESTS": max(settings.concurrent_per_host, 4),
        "CONCURRENT_REQUESTS_PER_DOMAIN": settings.concurrent_per_host,
        "DOWNLOAD_MAXSIZE": settings.max_page_bytes,
        "DOWNLOAD_TIMEOUT": settings.timeout_seconds,
        "ROBOTSTXT_OBEY": False,  # by PoliteMiddleware, whose memory outlives the crawl
        "RETRY_TIMES": 1,
        "RETRY_HTTP_CODES": [500, 502, 504],
        "RETRY_EXCEPTIONS": [BriefFailure],
        "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",
        "REDIRECT_MAX_TIMES": 6,
        "METAREFRESH_MAXDELAY": 3,
        "COOKIES_ENABLED": True,  # within one visit: some sites set one and redirect to themselves
        "LOG_ENABLED": False,
    }
