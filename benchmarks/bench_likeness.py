"""Are two texts one text copied? Traps made of real sentences against campaign copies of them.

Traps say something else in nearly the same words (two figures, places, nouns or adjectives in each other's
place, one word turned into its opposite); copies say the same with other synonyms, particles and marks.
The words exchanged are lists of this file and not those of `voc_lib`. Half the sources are for development;
the figures to report are those of the others, with the word lists of that half.

python benchmarks/bench_likeness.py                 # both halves
python benchmarks/bench_likeness.py --show traps    # what was taken for a copy, of the development half
"""

import argparse
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import rjieba

from voc_lib.clean import copies, duplicates, likeness

DATA = Path(__file__).parents[1] / "../shared/data"
DEVELOPMENT = ("shopping", "bq", "cars")
HELD_OUT = ("phones", "messages", "hotels", "takeaway", "lcqmc")
SENTENCES = 4_000  # per source
LEAST, MOST = 15, 120
CLOSE = 0.8  # bigrams in common (Jaccard) from which a trap counts
FIGURE = re.compile(r"\d+(?:\.\d+)?")
MARKS = ["，", "。", "！", "～", " ", "!", "…", "，，", "！！"]
PARTICLES = ["也", "呀", "哦", "啊", "真的", "很", "呢", "吧", "啦", "的", "了", "哈", "都", "还是", "就"]


CITIES = """
北京 上海 广州 深圳 杭州 南京 苏州 成都 重庆 武汉 西安 长沙 天津 郑州 青岛 济南 厦门 福州 合肥 昆明 南昌
南宁 贵阳 太原 兰州 海口 大连 沈阳 长春 哈尔滨 宁波 温州 无锡 常州 珠海 东莞 佛山 湖南 湖北 河南 河北
山东 山西 广东 广西 江苏 浙江 四川 云南 福建 岳麓区 开福区 雨花区 天心区 芙蓉区 长沙县 望城区 星沙 东面
西面
"""
TOWNS = CITIES.split()
OPPOSITE = {
    "development": """
便宜/贵 漂亮/难看 不错/不好 满意/失望 方便/麻烦 清晰/模糊 快/慢 喜欢/讨厌 很好/很差 增加/减少 干净/脏
结实/松垮 流畅/卡顿 安静/吵 新/旧 正品/假货 热情/冷淡 好用/难用 值得/不值 耐心/不耐烦 大/小 推荐/不推荐
""",
    "held-out": """
好看/丑 好吃/难吃 舒服/难受 快速/缓慢 宽敞/狭窄 新鲜/变质 准时/迟到 友好/恶劣 完好/破损 容易/困难
开通/关闭 打开/关上 上涨/下跌 支持/反对 优点/缺点 整洁/凌乱 提高/降低 长/短 多/少 厚/薄 远/近 合理/离谱
高/低 好评/差评 安全/危险 赞/烂 便宜/昂贵 不错/糟糕 方便/费劲 满意/不满 允许/禁止 同意/拒绝 公开/隐瞒
""",
}
SYNONYMS = {
    "development": """
物流/快递 清晰/清楚 购买/入手 包装/外包装 漂亮/好看 迅速/很快 满意/喜欢 便宜/实惠 运行/运转 质量/品质
价格/价钱 店家/卖家 朋友/好友 手感/触感 非常/特别 不错/挺好 推荐/安利 觉得/感觉 东西/商品 宝贝/产品
值得/值 速度/网速 客服/店小二 收到/拿到 马上/立刻 一直/始终 结实/牢固 下次/下回 服务/服务态度
屏幕/显示屏
""",
    "held-out": """
快递/物流 清楚/清晰 入手/购入 外观/外形 流畅/顺畅 喜欢/喜爱 使用/用 评价/评论 整体/总体 性能/表现
颜色/色彩 电池/电量 好评/赞 服务员/店员 房间/客房 味道/口味 新鲜/鲜美 干净/整洁 位置/地理位置 送货/配送
态度/服务态度 早餐/早饭 酒店/宾馆 方便/便利 尽快/尽早 解决/处理 严重/厉害 多次/好几次 反映/反应
相关部门/有关部门 希望/盼望 影响/干扰 居民/住户 小区/社区 孩子/小孩 老人/老年人 买/购买 值得/值
划算/实惠 给力/很棒 有点/有些 非常/十分 特别/格外 不错/很好 整个/全部 应该/应当 因为/由于 但是/不过
没有/没 现在/目前 所以/因此
""",
}  # fmt: skip


def sentences(name: str) -> list[str]:
    """Texts of one public source, each once, of a length worth comparing."""
    values = SOURCES[name]().dropna().astype("str").str.replace(r"\s+", "", regex=True)
    parts = values.str.split("[。！？；!?]").explode().drop_duplicates()
    fits = parts[parts.str.len().between(LEAST, MOST) & parts.str.contains("[一-鿿]{4}")]
    return fits.sample(min(SENTENCES, len(fits)), random_state=7).tolist()


def _pairs(name: str) -> pd.Series:
    table = pd.read_csv(DATA / "duplicate_pairs" / name, sep="\t", header=None, quoting=3, dtype="str")
    return pd.concat([table[0], table[1]])


def _csv(name: str, column: str) -> pd.Series:
    return pd.read_csv(DATA / name, dtype="str", on_bad_lines="skip")[column]


def _messages() -> pd.Series:
    return pd.read_excel(DATA / "tipdm2020c_gov_messages/附件4_留言_答复.xlsx", engine="calamine")["留言详情"]


SOURCES: dict[str, Callable[[], pd.Series]] = {
    "shopping": partial(_csv, "chinese_nlp_corpus/online_shopping_10_cats.csv", "review"),
    "bq": partial(_pairs, "bq_dev.tsv"),
    "cars": partial(_csv, "car_complaints_12365/car_complain_20200608_utf8bom.csv", "desc"),
    "phones": partial(_csv, "jd_phone_reviews/tmp_test_data.csv", "评论内容"),
    "messages": _messages,
    "hotels": partial(_csv, "hotel_ctrip_ayala/comments.csv", "评论"),
    "takeaway": partial(_csv, "chinese_nlp_corpus/waimai_10k.csv", "review"),
    "lcqmc": partial(_pairs, "lcqmc_dev.tsv"),
}


def exchanged(text: str, spans: list[tuple[int, int]], rng: np.random.Generator) -> str | None:
    """The text with two different ones of the spans in each other's place."""
    said = {text[a:b]: (a, b) for a, b in spans}
    if len(said) < 2:
        return None
    first, second = sorted(said[w] for w in rng.permutation(sorted(said))[:2])
    (a, b), (c, d) = first, second
    return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


def figures(text: str, rng: np.random.Generator, half: str) -> str | None:
    return exchanged(text, [m.span() for m in FIGURE.finditer(text)], rng)


def places(text: str, rng: np.random.Generator, half: str) -> str | None:
    return exchanged(text, [m.span() for m in re.finditer("|".join(TOWNS), text)], rng)


def another_place(text: str, rng: np.random.Generator, half: str) -> str | None:
    found = re.search("|".join(TOWNS), text)
    other = TOWNS[rng.integers(len(TOWNS))]
    return (
        found and None
        if not found or found[0] == other
        else text[: found.start()] + other + text[found.end() :]
    )


def _tagged(text: str, kinds: str, least: int) -> list[tuple[int, int]]:
    spans, start = [], 0
    for word, kind in TAGGER.tag(text):
        if kind.startswith(tuple(kinds)) and len(word) >= least:
            spans.append((start, start + len(word)))
        start += len(word)
    return spans


def nouns(text: str, rng: np.random.Generator, half: str) -> str | None:
    return exchanged(text, _tagged(text, "n", 2), rng)


def adjectives(text: str, rng: np.random.Generator, half: str) -> str | None:
    return exchanged(text, _tagged(text, "a", 2), rng)


def opposite(text: str, rng: np.random.Generator, half: str) -> str | None:
    pairs = [pair.split("/") for pair in OPPOSITE[half].split()]
    fits = [(a, b) for x, y in pairs for a, b in ((x, y), (y, x)) if a in text]
    return text.replace(*fits[rng.integers(len(fits))], 1) if fits else None


def negation(text: str, rng: np.random.Generator, half: str) -> str | None:
    spans = _tagged(text, "av", 2)
    place = spans[rng.integers(len(spans))][0] if spans else 0
    return text[:place] + "不" + text[place:] if spans and text[place - 1 : place] != "不" else None


def synonyms(text: str, rng: np.random.Generator, half: str) -> str | None:
    """One to three words exchanged for others of the same meaning."""
    pairs = [pair.split("/") for pair in SYNONYMS[half].split()]
    fits = [(a, b) for x, y in pairs for a, b in ((x, y), (y, x)) if a in text and b not in text]
    made = text
    for place in rng.permutation(len(fits))[: rng.integers(1, 4)]:
        made = made.replace(*fits[place], 1)
    return made if made != text else None


def particles(text: str, rng: np.random.Generator, half: str) -> str | None:
    """One to three particles put where a word begins, and other marks."""
    starts = np.cumsum([0, *map(len, TAGGER.cut(text))])
    chosen = rng.choice(starts[1:], min(rng.integers(1, 4), len(starts) - 1), replace=False)
    for place in sorted(chosen.tolist(), reverse=True):
        text = text[:place] + PARTICLES[rng.integers(len(PARTICLES))] + text[place:]
    return re.sub("[，,。]", lambda _: MARKS[rng.integers(len(MARKS))], text)


def both(text: str, rng: np.random.Generator, half: str) -> str | None:
    made = synonyms(text, rng, half)
    return made and particles(made, rng, half)


TRAPS = (figures, places, another_place, nouns, adjectives, opposite, negation)
COPIES = (synonyms, particles, both)
TAGGER = rjieba.Jieba()


def made(kinds: tuple[Callable, ...], half: str, each: int = 1_500) -> pd.DataFrame:
    """`kind, a, b` of every kind, from the sentences of a half."""
    names = DEVELOPMENT if half == "development" else HELD_OUT
    texts = [text for name in names for text in sentences(name)]
    rng = np.random.default_rng(11)
    rows = [row for kind in kinds for row in islice(_made(kind, texts, rng, half), each)]
    return pd.DataFrame(rows, columns=["kind", "a", "b"])


def _made(kind: Callable, texts: list[str], rng: np.random.Generator, half: str) -> Iterator[tuple]:
    for place in rng.permutation(len(texts)):
        other = kind(texts[place], rng, half)
        if other and other != texts[place]:
            yield kind.__name__, texts[place], other


def jaccard(a: str, b: str) -> float:
    one, other = ({text[i : i + 2] for i in range(len(text) - 1)} for text in (a, b))
    return len(one & other) / max(len(one | other), 1)


def judged(pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs of texts long enough, with `close` and whether they are taken for `copies`."""
    keys = [duplicates.keys(pairs[side]).to_numpy(dtype=object) for side in ("a", "b")]
    long = [min(len(a), len(b)) >= copies.LONG and a != b for a, b in zip(*keys, strict=True)]
    found = pairs.assign(
        close=[jaccard(a, b) >= CLOSE for a, b in zip(*keys, strict=True)],
        copies=likeness.alike(*keys, similarity=0.8),
    )
    return found[long]


def table(half: str) -> None:
    traps, campaign = judged(made(TRAPS, half)), judged(made(COPIES, half))
    close = traps[traps["close"]]
    for title, rows in (
        ("traps, Jaccard ≥ 0.8, joined", close),
        ("traps, all, joined", traps),
        ("copies, found", campaign),
    ):
        by_kind = rows.groupby("kind", sort=False)["copies"].agg(["mean", "size"])
        parts = "  ".join(f"{name} {mean:.3f} of {n}" for name, mean, n in by_kind.itertuples())
        print(f"{half:12} {title:30} {rows['copies'].mean():.4f} of {len(rows):,}: {parts}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--show", choices=["traps", "copies"], help="what went wrong, of the development half"
    )
    options = parser.parse_args()
    if options.show:
        rows = judged(made(TRAPS if options.show == "traps" else COPIES, "development"))
        wrong = rows[rows["copies"] == (options.show == "traps")]
        print(wrong.groupby("kind").head(15).sort_values("kind").to_csv(sep="\t", index=False))
        return
    for half in ("development", "held-out"):
        table(half)


if __name__ == "__main__":
    main()
