"""The weights by which a name is told by its neighbours: learned from sentences written for this project.

    python benchmarks/neighbours.py              # each set of another hand scored by weights of the others
    python benchmarks/neighbours.py --write      # learn from all of them, write voc_lib/clean/neighbours.json

Learned from: marked lines (tests/cases/privacy*.yaml), each also with other names in the places of its names;
calm lines (tests/cases/packs_a … n), as they are, with names where they say 师傅, 客服, 我妈, with names
and brands where they name a thing. Only what `unannounced.candidates` looks at is learned and told.
A fixed seed and sorted files make the same weights of the same lines.
"""

import argparse
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from math import exp
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import pandas as pd
import yaml
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from voc_lib.clean import block, naming, neighbours, unannounced
from voc_lib.clean.vicinity import BREAK, public
from voc_lib.clean.vocabulary import titles, words
from voc_lib.text import matching

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests/cases"
MARK = re.compile(r"\{([^|{}]+)\|([^{}]*)\}")
SOMEBODY = ("姓名", "员工")
SEED = 20261130
HANDS = {  # sets by who wrote them: none is scored by weights that saw another set of its hand
    "a": ("unseen_a",),
    "b": ("unseen_b",),
    "c": ("unseen_c",),
    "d": ("unseen_d",),
    "e, f": ("unseen_e", "unseen_f"),
    "g, h": ("unseen_g", "unseen_h"),
    "i, j": ("unseen_i", "unseen_j"),
    "heldout": ("heldout",),
    "own": ("wide", "ways", "daily"),
}
VARIANTS = 6  # of a marked line, with other names
STRENGTH = 1.0  # the less, the smaller the weights
SMALLEST = 0.02  # weights below it are left out
WEIGHT_NAME, WEIGHT_MADE = 2.0, 0.3  # of a marked name, of a line that was made of a calm one


def listed(text: str) -> list[str]:
    return text.split()


PEOPLE = listed("""
客服 师傅 老板 老板娘 骑手 快递员 店员 服务员 经理 医生 老师 销售 司机 保安 护士 教练 我妈 我爸
我老公 我老婆 我儿子 我女儿 我同事 我朋友 儿子 女儿 同事 朋友 他 她 室友 邻居 顾问 维修工 安装师傅
维修师傅 店长 主管 领导 班主任 校长 导游 房东 业务员 柜员 收银员 小哥 外卖员 配送员 工作人员
客户经理 理财经理 销售员 讲师 助教 管家 技师 老人 老公 老婆 男朋友 女朋友 阿姨 大爷 大妈 小伙子
小姑娘 网格员 民警 村干部 书记 主任 大夫 卖家 班长 组长 质检员 主播 妈妈 爸爸 婆婆 奶奶 爷爷 媳妇
孩子
""")
THINGS = listed("""
屏幕 电池 外壳 物流 快递 包裹 衣服 裤子 鞋子 空调 冰箱 洗衣机 手机 耳机 电脑 平板 面条 米饭 菜 鱼 肉
汤 奶茶 咖啡 蛋糕 系统 软件 页面 网页 报表 合同 发票 优惠券 车 发动机 变速箱 轮胎 刹车 座椅 导航
方向盘 教室 课程 卡 贷款 保险 基金 理财 账户 网点 小区 路灯 公交 地铁 马路 医院 学校 公园 电梯
热水器 净水器 零件 钢板 螺丝 模具 设备 机器 机床 电机 酒店 房间 店 餐厅 商场 超市 味道 价格 质量
包装 订单 数据
""")
TITLES = ["大爷", "阿姨", "师傅", "老师", "女士", "先生", "经理", "同学"]
BRANDS = "记家氏福园庄坊斋堂鸭鸡面粉汤轩"


class Line(NamedTuple):
    """A text, where somebody's name stands in it, where anything else marked does, and what it weighs."""

    text: str
    names: frozenset[tuple[int, int]]
    others: frozenset[tuple[int, int]]
    weight: float
    made: bool = False


class Row(NamedTuple):
    """What is told of a candidate, whether it is a name, and what it weighs."""

    told: dict[str, float]
    name: bool
    weight: float


def marked(name: str) -> list[Line]:
    """The lines of a set of marked lines."""
    groups = yaml.safe_load((CASES / f"privacy{name}.yaml").read_text(encoding="utf-8"))
    return [line(said) for lines in groups.values() for said in lines]


def line(said: str) -> Line:
    """A marked line read."""
    text, last, spans = "", 0, []
    for match in MARK.finditer(said):
        text += said[last : match.start()]
        spans.append((len(text), len(text) + len(match[2]), match[1]))
        text, last = text + match[2], match.end()
    names, others = (
        frozenset(span[:2] for span in spans if (span[2] in SOMEBODY) == is_name) for is_name in (True, False)
    )
    return Line(text + said[last:], names, others, 1.0)


def calm() -> list[str]:
    """The sentences of the packs, each once."""
    files = sorted(CASES.glob("packs_[a-n]/*.yaml"))
    rows = (row for file in files for row in yaml.safe_load(file.read_text(encoding="utf-8")))
    return sorted({row["text"] for row in rows if "text" in row})


@cache
def _resources() -> tuple[list[str], list[float], list[str], list[float], list[str]]:
    """Surnames and characters of given names with their shares, given names of the dictionary."""
    families, chars = naming.families(), {c: naming.given(c) for c in sorted(set(words()["given"]))}
    givens = [name[1:] for name in naming._full_names()]
    return [*families], [*map(exp, families.values())], [*chars], [*map(exp, chars.values())], givens


@cache
def _wordy(parts: str, longest: int) -> list[str]:
    """Words that begin with a surname, of these parts of speech."""
    table = naming.dictionary()
    some = table[table["part"].isin(parts.split()) & table["word"].str.len().between(2, longest)]
    refused = set(words()["not_given"]) | set(words()["never_given"])
    return [
        word
        for word in some["word"]
        if word[0] in naming.families() and word.isalpha() and not refused & set(word[1:])
    ]


def named(rng: Random) -> str:
    """A name somebody might have: of common and rare surnames, some of them words."""
    families, shares, chars, likely, givens = _resources()
    drawn = rng.random()
    if drawn < 0.12:
        return rng.choice(_wordy("n nz a z i l an v", 3))
    if drawn < 0.7:
        family = rng.choices(families, shares)[0]
    else:
        family = rng.choice(words()["surnames_rare"] if drawn < 0.9 else words()["surnames_two"])
    if rng.random() < 0.25:
        return family + rng.choices(chars, likely)[0]
    return family + (rng.choice(givens) if rng.random() < 0.5 else "".join(rng.choices(chars, likely, k=2)))


def branded(rng: Random) -> str:
    """What a thing might be called that reads like a name."""
    drawn = rng.random()
    if drawn < 0.4:
        return named(rng)
    if drawn < 0.7:
        return rng.choice(_wordy("ns nz nt", 4))
    return rng.choice(_resources()[0]) + rng.choice(_resources()[2]) + rng.choice(BRANDS)


def variants(given: Line, rng: Random) -> Iterator[Line]:
    """The line with other names in place of its full names."""
    slots = {span for span in given.names if _is_full(given.text[slice(*span)])}
    for _ in range(VARIANTS if slots else 0):
        text, last, names, others = "", 0, set(), set()
        for begin, end in sorted(given.names | given.others):
            said = named(rng) if (begin, end) in slots else given.text[begin:end]
            text += given.text[last:begin]
            (names if (begin, end) in given.names else others).add((len(text), len(text) + len(said)))
            text, last = text + said, end
        yield Line(
            text + given.text[last:], frozenset(names), frozenset(others), WEIGHT_NAME / VARIANTS, made=True
        )


def _is_full(name: str) -> bool:
    double = name[:2] in words()["surnames_two"]
    family = double or name[0] in naming.families()
    return family and 2 <= len(name) <= 3 + double and name[1:] not in titles()


def put(texts: list[str], rng: Random) -> Iterator[Line]:
    """Calm lines with names where they speak of people, and with brands where they name things."""
    for text, begin, end in _slots(texts, PEOPLE):
        for _ in range(2):
            kept = text[begin:end] if rng.random() < 0.3 and text[begin] not in "他她" else ""
            head, said = text[:begin] + kept, named(rng)
            title = rng.choice(TITLES) if rng.random() < 0.1 else ""
            span = (len(head), len(head) + len(said))
            made = head + said + title + text[end:]
            yield Line(made, frozenset([span]), frozenset(), WEIGHT_MADE / 2, made=True)
    for text, begin, end in _slots(texts, THINGS):
        kept = text[begin:end] if rng.random() < 0.5 else ""
        yield Line(text[:begin] + branded(rng) + kept + text[end:], frozenset(), frozenset(), WEIGHT_MADE)


def _slots(texts: list[str], nouns: list[str]) -> Iterator[tuple[str, int, int]]:
    pattern = re.compile("(?<!其)(?:" + "|".join(sorted(nouns, key=len, reverse=True)) + ")(?!们)")
    for text in texts:
        for match in [*pattern.finditer(text)][:2]:
            if not (match[0] in "他她" and text[match.end() : match.end() + 1] == "的"):
                yield text, *match.span()


def folded(texts: list[str]) -> list[str]:
    """The texts as detectors read them."""
    return [
        corpus.folded[start : end - 1]
        for corpus in matching.corpora(pd.Series(texts, dtype="str"), clauses=False)
        for start, end in zip(corpus.starts[:-1], corpus.starts[1:], strict=True)
    ]


def candidates(texts: list[str]) -> Iterator[tuple[int, int, int, dict[str, float]]]:
    """Row, start, end and features of everything that may be a name by itself."""
    starts = np.cumsum([0, *(len(text) + 1 for text in texts)])
    said = BREAK.join(texts)
    for at, name in unannounced.candidates(block.read(said)):
        row = int(np.searchsorted(starts, at, side="right")) - 1
        begin = at - int(starts[row])
        end = begin + len(name.text)
        sides = neighbours.sides(texts[row], begin, end, name.odds)
        yield row, begin, end, dict.fromkeys(neighbours.features(*sides), 1.0)


def rows(lines: Iterable[Line]) -> Iterator[Row]:
    """The candidates of the lines; of those made with other names only what touches a name."""
    lines = list(lines)
    texts = folded([given.text for given in lines])
    for row, begin, end, told in candidates(texts):
        given = lines[row]
        touched = any(a < end and begin < b for a, b in given.names)
        strange = len(texts[row]) != len(given.text) or any(a < end and begin < b for a, b in given.others)
        if strange or (given.made and not touched):
            continue
        name = (begin, end) in given.names
        yield Row(told, name, given.weight * (WEIGHT_NAME if name and not given.made else 1.0))


def learned(some: list[Row]) -> dict[str, float]:
    """The weight of each feature, small ones left out."""
    table = DictVectorizer()
    model = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=500, random_state=0)
    found = table.fit_transform([row.told for row in some])
    found.indices, found.indptr = found.indices.astype(np.int32), found.indptr.astype(np.int32)
    model.fit(
        found,
        [row.name for row in some],
        sample_weight=[row.weight for row in some],
    )
    pairs = zip(table.get_feature_names_out(), model.coef_[0].round(2).tolist(), strict=True)
    return {neighbours.BIAS: round(float(model.intercept_[0]), 2)} | {
        name: weight for name, weight in pairs if abs(weight) >= SMALLEST
    }


def material() -> dict[str, list[Row]]:
    """Rows by hand; those of nobody's hand (calm lines and what is made of them) under ""."""
    rng, texts = Random(SEED), calm()
    found = {
        "": [*rows(Line(text, frozenset(), frozenset(), 1.0) for text in texts), *rows(put(texts, rng))],
        "base": _taught(marked(""), rng),
    }
    return found | {
        hand: _taught([given for name in names for given in marked(f"_{name}")], rng)
        for hand, names in HANDS.items()
    }


def _taught(lines: list[Line], rng: Random) -> list[Row]:
    return [*rows(lines), *rows(made for given in lines for made in variants(given, rng))]


def without(found: dict[str, list[Row]], *hands: str) -> list[Row]:
    """The rows of all hands but these."""
    return [row for hand, some in found.items() if hand not in hands for row in some]


def told(lines: list[Line], weights: dict[str, float]) -> list[list[tuple[float, int, int]]]:
    """Of each line, the log odds and place of each candidate that nothing bars."""
    texts = folded([given.text for given in lines])
    found: list[list[tuple[float, int, int]]] = [[] for _ in lines]
    for row, begin, end, features in candidates(texts):
        text = texts[row]
        barred = unannounced.barred(text, begin, end) or unannounced._known(text, begin, end)
        if not barred and not public(text, begin, end):
            odds = weights[neighbours.BIAS] + sum(weights.get(feature, 0.0) for feature in features)
            found[row].append((odds, begin, end))
    return found


def scored(found: dict[str, list[Row]], hand: str) -> pd.DataFrame:
    """By threshold, of the sets of a hand: names found by the weights alone, traps they would mask."""
    lines = [given for name in HANDS[hand] for given in marked(f"_{name}")]
    every = told(lines, learned(without(found, hand, *(("base",) if hand == "own" else ()))))
    pairs = list(zip(lines, every, strict=True))
    traps = [some for given, some in pairs if not given.names | given.others]
    return pd.DataFrame(
        {
            "hand": hand,
            "least": least,
            "names": sum(len(given.names) for given in lines),
            "found": sum(
                any(odds >= least and (a, b) == span for odds, a, b in some)
                for given, some in pairs
                for span in given.names
            ),
            "traps": len(traps),
            "masked": sum(any(odds >= least for odds, _, _ in some) for some in traps),
        }
        for least in (-1.0, -0.5, 0.0, 0.5, 1.0, 2.0)
    )


def main() -> None:
    """Print what the weights find by themselves, or write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--write", action="store_true", help="learn from all sets and write the weights")
    if parser.parse_args().write:
        weights = learned(without(material()))
        file = ROOT / "voc_lib/clean" / neighbours.WEIGHTS
        lines = [json.dumps([name, weights[name]], ensure_ascii=False) for name in sorted(weights)]
        file.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
        print(f"{file.name}: {len(weights):,} weights")
    else:
        found = material()
        table = pd.concat([scored(found, hand) for hand in HANDS])
        print(table.to_string(index=False))
        print(table.groupby("least")[["names", "found", "traps", "masked"]].sum().to_string())


if __name__ == "__main__":
    main()
