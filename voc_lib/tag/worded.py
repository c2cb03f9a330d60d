"""The rules of a taxonomy beside its wording: which votes it voids, and those of its own."""

from __future__ import annotations

import numpy as np

from voc_lib.tag import clauses, trouble, wording
from voc_lib.tag.found import Found
from voc_lib.tag.rulebook import Rulebook
from voc_lib.tag.trouble import Told
from voc_lib.text.matching import Corpus
from voc_lib.text.segmentation import Segmenter

STOPS = "，。！？；：…～,.!?;:~ \n"


def weighed(
    book: Rulebook,
    found: Found,
    part: Corpus,
    *,
    touched: np.ndarray,
    said: Told,
    segmenter: Segmenter | None,
) -> Found:
    """The votes of the rules but those the wording voids, and its own; the same where nothing was learned."""
    if not book.wording:
        return found
    alike = book.wording.alike(part)
    found = found.where(~_void(book, found, alike, part, segmenter))
    return found.joined(_votes(book, found, alike, part, touched=touched, said=said))


def _void(
    book: Rulebook, found: Found, alike: wording.Alike, part: Corpus, segmenter: Segmenter | None
) -> np.ndarray:
    """Which votes state a problem in a text worded as if nothing were wrong.

    It must be more so where a word pair speaks, or a clause speaks ill.
    """
    row, stated = found.row - part.first, ~np.isin(found.mood, clauses.NEGATED)
    void = stated & (alike.calm[row] > wording.SURELY)
    said = trouble.told(part, np.unique(row[void]), segmenter)
    ill = said.content & ~said.praised
    ill[part.clause_rows[said.ill[:-1]]] = True
    ill[row[void & book.is_pair[found.rule]]] = True
    return void & (~ill[row] | (alike.calm[row] > wording.AGAINST))


def _votes(
    book: Rulebook, found: Found, alike: wording.Alike, part: Corpus, *, touched: np.ndarray, said: Told
) -> Found:
    """Votes of the wording: of the likeliest tag and others the rules name.

    Where rules say nothing it must be sure that something is wrong, in texts not `touched` by rules that
    were denied or excluded; that nothing is wrong counts only where no clause speaks ill. Where a phrase
    holds it must be far ahead of all the phrases name. None where a tag speaks that takes no part in it.
    """
    taught, size = book.taught, book.size
    silent, apart, ill = np.ones(len(part), dtype=bool), *np.zeros((2, len(part)), dtype=bool)
    stated = ~np.isin(found.mood, clauses.NEGATED)
    named = (found.row - part.first)[stated] * size + found.tag[stated]
    silent[touched] = False
    phrased, foreign = stated & (found.weight >= 1), ~np.isin(found.tag, taught[:-1])
    apart[(found.row - part.first)[phrased | foreign]] = True
    ill[part.clause_rows[said.ill[:-1]]] = True
    keep = (alike.sure & silent[alike.row] | np.isin(alike.row, named // size)) & ~apart[alike.row]
    keep &= (alike.weight >= wording.BEST) | np.isin(alike.row * size + alike.tag, named)
    keep &= (alike.tag != taught[-1]) | ~ill[alike.row]
    others = np.isin(alike.row, (found.row - part.first)[foreign]) | (alike.tag == taught[-1])
    leads = alike.leading(np.unique((found.row - part.first)[phrased] * size + found.tag[phrased]), size)
    leads &= ~others
    keep |= leads
    weight = np.where(leads, wording.LEADS, alike.weight).astype(np.float32)
    row, tag, start = alike.row[keep], alike.tag[keep], alike.start[keep]
    words = [
        part.raw[a:b].rstrip(STOPS) for a, b in zip(start.tolist(), alike.end[keep].tolist(), strict=True)
    ]
    begin = part.starts[row]
    return Found(
        row=row + part.first,
        tag=tag,
        rule=np.array([book.worded[number] for number in tag.tolist()], dtype=np.int64),
        start=start - begin,
        end=start - begin + np.fromiter(map(len, words), dtype=np.int64, count=len(words)),
        clause=part.clause(start) - part.clause(begin),
        mood=np.full(len(row), clauses.STATED, dtype=np.int8),
        weight=weight[keep],
        evidence=words,
    )
