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
    """Votes of the wording: of the likeliest tag and others the rules name."""
    leads = _leading(book, found, alike, part)
    keep = leads | _standing(book, found, alike, part, touched=touched, said=said)
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


def _standing(
    book: Rulebook, found: Found, alike: wording.Alike, part: Corpus, *, touched: np.ndarray, said: Told
) -> np.ndarray:
    """Which lines stand where no phrase holds and no tag speaks that takes no part in the wording.

    Where rules say nothing it must be sure that something is wrong, in texts not `touched` by rules that
    were denied or excluded; that nothing is wrong counts only where no clause speaks ill.
    """
    taught, size, row = book.taught, book.size, found.row - part.first
    silent, apart, ill = np.ones(len(part), dtype=bool), *np.zeros((2, len(part)), dtype=bool)
    stated, phrased, foreign = _kinds(book, found)
    named = row[stated] * size + found.tag[stated]
    silent[touched] = False
    apart[row[phrased | foreign]] = True
    ill[part.clause_rows[said.ill[:-1]]] = True
    keep = (alike.sure & silent[alike.row] | np.isin(alike.row, named // size)) & ~apart[alike.row]
    keep &= (alike.weight >= wording.BEST) | np.isin(alike.row * size + alike.tag, named)
    return keep & ((alike.tag != taught[-1]) | ~ill[alike.row])


def _leading(book: Rulebook, found: Found, alike: wording.Alike, part: Corpus) -> np.ndarray:
    """Which lines are far ahead of all the phrases name, in texts where no tag takes no part."""
    row, (_, phrased, foreign) = found.row - part.first, _kinds(book, found)
    others = np.isin(alike.row, row[foreign]) | (alike.tag == book.taught[-1])
    named = np.unique(row[phrased] * book.size + found.tag[phrased])
    return alike.leading(named, book.size) & ~others


def _kinds(book: Rulebook, found: Found) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which votes state something, which of those are of a phrase, which are of a tag without examples."""
    stated = ~np.isin(found.mood, clauses.NEGATED)
    return stated, stated & (found.weight >= 1), ~np.isin(found.tag, book.taught[:-1])
