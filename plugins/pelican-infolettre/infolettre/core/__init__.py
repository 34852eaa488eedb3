"""What everything stands on: diagnostics, refusals, dates, caches, processes."""
