"""What every room uses: diagnostics, rules, dates, caches, processes, the program's identity."""
