"""What in a taxonomy works, but hardly as its author meant it: each doubt one sentence, none stops a run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import pandas as pd

from voc_lib.errors import did_you_mean
from voc_lib.tag.library import Written, merged
from voc_lib.tag.taxonomy import OTHER, Pair, Tag, Taxonomy
from voc_lib.text.matching import Lexicon, corpora, fold


def doubts(taxonomy: Taxonomy, files: Sequence[Written] = ()) -> list[str]:
    """Every doubt about a sound taxonomy; `files` (`library.chain`) are looked at for words taken away."""
    return [
        *_unknown(files),
        *_ruleless(taxonomy),
        *_cancelled(taxonomy),
        *_twice(taxonomy, "词对", lambda tag: [(_words(pair), pair.label) for pair in tag.pairs]),
        *_twice(taxonomy, "正则", lambda tag: [(pattern, pattern) for pattern in tag.patterns]),
        *_hidden(taxonomy),
    ]


def _unknown(files: Sequence[Written]) -> Iterator[str]:
    """Words of `without` that nothing below holds."""
    for number, file in enumerate(files):
        below = {tag["name"]: tag for tag in merged(files[:number])["tags"]} if number else {}
        for tag in file.raw.get("tags", []):
            held = [
                w for words in below.get(tag["name"], {}).values() if isinstance(words, list) for w in words
            ]
            for word in tag.get("without", []):
                if word not in held:
                    hint = did_you_mean(str(word), [w for w in held if isinstance(w, str)])
                    yield f"标签 “{tag['name']}”：without 里的 “{word}” 本来就没有。{hint}"


def _ruleless(taxonomy: Taxonomy) -> Iterator[str]:
    parents = {tag.parent for tag in taxonomy.tags}
    for tag in taxonomy.tags:
        if tag.name not in {OTHER, *parents} and not (tag.phrases or tag.weak or tag.pairs or tag.patterns):
            yield f"标签 “{tag.name}”：没有任何规则，只有工单自带分类或人工更正能打上它"


def _cancelled(taxonomy: Taxonomy) -> Iterator[str]:
    for tag in taxonomy.tags:
        folded = [(other, fold(other)) for other in tag.exclusions]
        for word, said in ((word, fold(word)) for word in (*tag.phrases, *tag.weak)):
            for other, excluded in folded:
                if excluded in said:
                    yield f"标签 “{tag.name}”：短语 “{word}” 含有它自己的排除词 “{other}”，永远不起作用"


def _words(pair: Pair) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(map(fold, words)) for words in (pair.first, pair.second))


def _twice(taxonomy: Taxonomy, kind: str, rules: Callable[[Tag], list[tuple[object, str]]]) -> Iterator[str]:
    """Rules written twice, in one tag or in two."""
    owner: dict[object, str] = {}
    for tag in taxonomy.tags:
        for key, label in rules(tag):
            if owner.get(key) == tag.name:
                yield f"标签 “{tag.name}”：{kind} “{label}” 写了两次，请删去一个"
            elif key in owner:
                yield f"{kind} “{label}” 同时属于标签 “{owner[key]}” 和 “{tag.name}”，说它的反馈两个都得"
            owner.setdefault(key, tag.name)


def _hidden(taxonomy: Taxonomy) -> Iterator[str]:
    """Phrases inside a longer one of another tag: where the longer stands, the shorter does not count.

    An example of the longer one's tag that holds it says that this is meant.
    """
    owners = defaultdict(list)
    for tag in taxonomy.tags:
        for word in tag.phrases:
            owners[fold(word)].append(tag.name)
    if not owners:
        return
    lexicon = Lexicon(owners)
    examples = {tag.name: fold("\n".join(tag.include)) for tag in taxonomy.tags}
    for part in corpora(pd.Series(list(owners), dtype="str")):
        hits = lexicon.hits(part)
        for inner, outer in zip(hits.word, part.rows(hits.start) + part.first, strict=True):
            short, long = lexicon.words[inner], lexicon.words[outer]
            for other in owners[long] if short != long else ():
                for name in owners[short] if long not in examples[other] else ():
                    if name != other:
                        why = f"“{long}” 只算 “{other}”；有意如此请给它加一个含 “{long}” 的例句（include）"
                        yield f"标签 “{name}”：短语 “{short}” 在 “{other}” 的 “{long}” 里不算，{why}"
