"""How letters look: their tokens."""
