"""The register: what analysts corrected, by whom, when and why, in SQLite or PostgreSQL."""
