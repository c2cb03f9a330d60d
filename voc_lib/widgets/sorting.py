"""What a run would keep of the sources, and why it would set rows aside, before anything is saved."""

from __future__ import annotations

from voc_lib import collect
from voc_lib.clean import privacy
from voc_lib.params import Settings
from voc_lib.widgets.evidence import plain

REASONS = 5  # told of each source


def html(settings: Settings) -> str:
    """Rows read, kept and set aside of each source, with the commonest reasons, as safe HTML."""
    found = collect.gather(settings, mask=privacy.mask)
    counts = found.reads.groupby("source", sort=False)[["read", "kept", "quarantined"]].sum()
    reasons = found.quarantine.groupby(["source", "reason"]).size().sort_values(ascending=False).reset_index()
    lines = []
    for source, row in counts.iterrows():
        told = reasons[reasons["source"] == source].head(REASONS)
        why = "；".join(f"{reason} {n:,} 行" for _, reason, n in told.itertuples(index=False, name=None))
        cells = [f"<td>{row[name]:,}</td>" for name in ("read", "kept", "quarantined")]
        lines.append(f"<tr><th>{plain(str(source))}</th>{''.join(cells)}<td>{plain(why)}</td></tr>")
    heads = "".join(f"<th>{head}</th>" for head in ("来源", "读入", "收下", "隔离", "隔离的原因"))
    return f'<table class="voc-sorted"><tr>{heads}</tr>{"".join(lines)}</table>'
