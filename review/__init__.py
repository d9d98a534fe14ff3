"""Lets people look at incidents, judge them, and hand them on: pages on Datasette, and exports."""
