"""Runs notebooks, judges them by evidence, renders and publishes them."""
