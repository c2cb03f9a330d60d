"""Voice-of-Customer analysis: collect, clean, tag, analyse, find causes, improve, prove."""

import sys

__version__ = "0.1.0"

# jsonschema, which nbformat imports, would build a grammar of international addresses: three seconds in every
# process for a format that no notebook's schema asks for. Without the module it leaves that format out.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
