"""Voice-of-Customer analysis: collect, clean, tag, analyse, find causes, improve, prove."""

__version__ = "0.1.0"
