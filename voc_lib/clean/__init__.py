"""Cleaning: personal data out of sight, several reports of one problem counted once."""
