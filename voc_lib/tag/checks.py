"""What is wrong with a taxonomy, each fault one sentence."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import pandas as pd
import polars as pl

from voc_lib import schema
from voc_lib.errors import did_you_mean
from voc_lib.tag.rules import decide, votes
from voc_lib.tag.taxonomy import OTHER, Tag, Taxonomy
from voc_lib.text.matching import Lexicon, corpora, fold


def faults(taxonomy: Taxonomy) -> list[str]:
    """Every fault found: names and parents first; words and examples only when those are sound."""
    found = [*_names(taxonomy), *_parents(taxonomy), *_patterns(taxonomy)]
    return found or [*_words(taxonomy), *_shadowed(taxonomy)] or list(_examples(taxonomy))


def _names(taxonomy: Taxonomy) -> Iterator[str]:
    seen: dict[str, str] = {}
    for tag in taxonomy.tags:
        for word in dict.fromkeys((tag.name, tag.code, *tag.aliases)):
            if word in seen:
                yield f"标签 “{tag.name}”：名称、代码或别名 “{word}” 已被标签 “{seen[word]}” 使用，请改名"
            seen.setdefault(word, tag.name)
        if schema.TAG_SEPARATOR in tag.name:
            yield f"标签 “{tag.name}”：名称里不能有 “；”，它用来分隔多个标签"


def _parents(taxonomy: Taxonomy) -> Iterator[str]:
    tags = {tag.name: tag for tag in taxonomy.tags}
    allowed = [*taxonomy.attributes, *tags]
    for tag in taxonomy.tags:
        path, parent = [tag.name], tag.parent
        while parent in tags and parent not in taxonomy.attributes and parent not in path:
            path.append(parent)
            parent = tags[parent].parent
        if parent in taxonomy.attributes:
            if len(path) > 2:
                yield f"标签 “{tag.name}”：层级过深（{' → '.join(path)} → {parent}），属性之下最多两级"
        elif parent in path:
            yield f"标签 “{tag.name}”：上级成环（{' → '.join([*path, parent])}）"
        elif len(path) == 1:
            yield f"标签 “{tag.name}”：上级 “{parent}” 不存在。{did_you_mean(parent, allowed)}"
    if OTHER not in tags:
        yield f"缺少标签 “{OTHER}”，没有命中规则的反馈归入它"


def _patterns(taxonomy: Taxonomy) -> Iterator[str]:
    """Patterns must compile in Python (places) and Rust (speed): no look-around, no back-references."""
    for tag in taxonomy.tags:
        for pattern in tag.patterns:
            try:
                empty = re.compile(pattern).search("") is not None
                pl.Series(["x"]).str.contains(pattern)
            except (re.error, pl.exceptions.ComputeError):
                reason = "有误或用了不支持的写法（前后查找、反向引用）"
                yield f"标签 “{tag.name}”：正则 “{pattern}” {reason}；排除请用 exclusions"
                continue
            if empty:
                yield f"标签 “{tag.name}”：正则 “{pattern}” 会匹配空文本，请写得更具体"


def _words(taxonomy: Taxonomy) -> Iterator[str]:
    """Empty, duplicate and colliding phrases."""
    owner: dict[str, str] = {}
    for tag in taxonomy.tags:
        own: set[str] = set()
        for word in (*tag.phrases, *tag.weak):
            key = fold(word)
            if not key.strip():
                yield f"标签 “{tag.name}”：短语是空的，请删去"
            elif key in own:
                yield f"标签 “{tag.name}”：短语 “{word}” 写了两次，请删去一个"
            elif key in owner:
                yield f"短语 “{word}” 同时属于标签 “{owner[key]}” 和 “{tag.name}”，请只留一处"
            own.add(key)
        others = [w for pair in tag.pairs for w in (*pair.first, *pair.second)]
        if not all(map(str.strip, [*others, *tag.exclusions, *tag.urgent])):
            yield f"标签 “{tag.name}”：pairs、exclusions 或 urgent 里有空的词，请检查多余的 “|” 或逗号"
        owner |= {key: tag.name for key in own if key not in owner}


def _shadowed(taxonomy: Taxonomy) -> Iterator[str]:
    """Phrases of one tag that contain another of its phrases: the longer can never add anything."""
    owners = defaultdict(list)
    for tag in taxonomy.tags:
        for word in filter(str.strip, tag.phrases):
            owners[fold(word)].append(tag.name)
    if not owners:
        return
    lexicon = Lexicon(owners)
    for part in corpora(pd.Series(list(owners), dtype="str")):
        hits = lexicon.hits(part)
        rows = part.rows(hits.start) + part.first
        for inner, outer in zip(hits.word.tolist(), rows.tolist(), strict=True):
            short, long = lexicon.words[inner], lexicon.words[outer]
            for name in owners[short] if inner != outer else []:
                if name in owners[long]:
                    reason = f"已被 “{short}” 包含，永远不起作用"
                    yield f"标签 “{name}”：短语 “{long}” {reason}，请删去较长的"


def _examples(taxonomy: Taxonomy) -> Iterator[str]:
    """Include examples their own tag does not get, exclude examples it does."""
    cases = [(tag, text, True) for tag in taxonomy.tags for text in tag.include]
    cases += [(tag, text, False) for tag in taxonomy.tags for text in tag.exclude]
    if not cases:
        return
    frame = pd.DataFrame([_example(tag, text, i) for i, (tag, text, _) in enumerate(cases)]).astype("str")
    decided, _ = decide(votes(frame, taxonomy), frame, taxonomy)
    for (tag, text, wanted), got in zip(cases, decided["tags"], strict=True):
        if (tag.name in got.split(schema.TAG_SEPARATOR)) != wanted:
            fault = (
                f"没有被它自己的规则命中（得到 {got}），请补充短语"
                if wanted
                else "被它的规则命中，请加 exclusions"
            )
            yield f"标签 “{tag.name}”：{'include' if wanted else 'exclude'} 例句 “{text}” {fault} 或改例句"


def _example(tag: Tag, text: str, number: int) -> dict[str, str]:
    channel, product = (*tag.when.channel, ""), (*tag.when.product, "")
    return {"feedback_id": str(number), "text": text, "channel": channel[0], "product": product[0]}
