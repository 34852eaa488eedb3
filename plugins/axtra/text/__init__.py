"""French as written: typography, spelling, first names, and what differs between two readers."""
