"""Voice-of-Customer analysis: collect, clean, tag, analyse, find causes, improve, prove."""

import os
import sys

__version__ = "0.1.0"

# Arrow's own choice, mimalloc, keeps what was freed: half a gigabyte after a table of 1M rows has been read.
if sys.platform == "linux":
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "jemalloc")

# jsonschema, which nbformat imports, would build a grammar of international addresses: three seconds in every
# process for a format that no notebook's schema asks for. Without the module it leaves that format out.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
