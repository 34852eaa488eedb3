"""The register of people: their lists, consents and history, suppressions, pending requests."""
