"""Turns a report's sentences into the attacks that it tells of, each with all that is said of it."""
