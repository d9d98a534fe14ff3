"""Turns the mentions of many reports into incidents: copies, links, ranges, contradictions."""
