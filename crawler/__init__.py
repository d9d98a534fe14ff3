"""Gets pages from outlets."""
