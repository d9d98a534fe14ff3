"""The embedded outlets that the demo and the tests crawl."""
