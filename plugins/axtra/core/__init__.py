"""What every room stands on: diagnostics, rules, dates, caches, processes, the program's key."""
