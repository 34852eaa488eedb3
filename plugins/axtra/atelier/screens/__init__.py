"""The screens, one module each: `routes` returns the addresses that it answers."""
