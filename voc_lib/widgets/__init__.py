"""Panels for JupyterLab: review of tags by keyboard, mapping of headers."""
