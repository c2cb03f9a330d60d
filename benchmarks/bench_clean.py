"""Speed, memory and accuracy of cleaning: each task in a process of its own, beside the plain pandas way.

python benchmarks/bench_clean.py                    # 100,000 and 1,000,000 rows
python benchmarks/bench_clean.py --rows 200000
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
import unicodedata
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from voc_lib.clean import copies, duplicates, privacy
from voc_lib.text import normalize

DATA = Path(__file__).parents[1] / "../shared/data"


def words(text: str) -> list[str]:
    return text.split()


OPENINGS = words("""
上周在你们店买的 昨天收到的 双十一抢到的 给父母买的 朋友推荐的 第二次购买的 直播间下单的 趁活动囤的
公司集采的 用券换的 老客户了这次的 退回重发的
""")
GOODS = words("""
净水器 空气炸锅 儿童书包 蓝牙耳机 电热毯 羽绒服 扫地机器人 学习平板 门锁 咖啡机 床垫 奶粉 跑步鞋
行车记录仪 洗碗机 保温杯 电饭煲 加湿器 显示器 自行车
""")
PARTS = words("""
屏幕 电池 外壳 遥控器 充电口 按键 包装 说明书 滤芯 电源线 物流 快递员 客服 安装师傅 售后 优惠券
发票 赠品 退款 换货 订单页面 支付页面 会员积分 验证码 申诉入口 运费 配件 主板 镜头 传感器 喇叭 蓝牙
接口 底座 盖子 密封圈 风扇 尺码 颜色 味道
""")
WHENS = words("""
用了几次就 刚打开就 昨天晚上突然 一开始就 到货那天就 按说明操作以后 反复试过还是 联系过店家以后
升级系统之后 下雨天总是 孩子用的时候 早上起来发现 到现在 过了保修期就 换了一个还是 放在家里
""")
FAULTS = words("""
发烫得厉害 裂开一条缝 提示系统繁忙 掉漆很严重 接触松动 发出异响 一直转圈 对应规格写错 停在中转站
态度恶劣 推脱责任 迟迟看到回音 被人拆过 漏水到地板上 有股刺鼻气味 闪来闪去 充电特别费时间
显示参数异常 粘手洗掉费劲 歪歪扭扭 和图片相差很远 卡顿得厉害 自动关机 连接失败 生锈了 起球了
缺了一角 变形了 褪色了 弄脏了墙面
""")
DEMANDS = words("""
希望尽快给个说法 要求全额退款 请安排换新 麻烦补发配件 再不处理就投诉到平台 请主管回电
能不能先退差价 请把运费退给我 希望改进一下流程 谢谢 太失望了 以后不会再买
""")
MARKS = ["，", "，", "。", "！！！", " ", "～", "……", ",", "😡", "&nbsp;", "[怒]"]
SPICE = [
    "電話打了很多次",
    "ＡＰＰ版本８.２",
    "等了二十四个小时",
    "花了1,280元",
    "哈哈哈哈哈",
    "链接https://m.example.com/a?b=1打不开",
]
PERSONAL = [
    "打我电话138{:08d}",
    "微信号ab_{:06d}",
    "QQ3{:07d}",
    "订单号2026{:012d}",
    "地址：浙江省杭州市西湖区文三路{}号",
    "邮箱u{}@example.com",
    "座机0571-8{:07d}",
    "联系人王小明",
]
FILLER = (
    "的一是在有人这中大来上个到说们为子和你地出道也时得就那要下以生会自着之过家学对可她里后小么"
    "心多成事好看起发当想只如样面所同日手又行意动方期它头经长儿回位分爱老因很给名法间斯知世什身"
    "者被高已亲其进此话常与活正感"
)
FACTS = set("不没无未别非莫勿甭二三四五六七八九十百千万两半0123456789") | set(
    "大小多少买卖前后上下左右高低开关进出收发长短新旧早晚好坏差来去天周月年日时分秒元角红黄蓝绿黑白紫灰粉我你他她它中"
)


def texts(rows: int, seed: int = 1) -> pd.Series:
    """Complaints put together from fragments; one in twelve holds something personal."""
    rng = np.random.default_rng(seed)
    clauses = rng.integers(1, 4, rows)
    pick = [rng.integers(0, 10**9, rows) for _ in range(9)]
    what = [rng.integers(0, (40, 16, 30)[k % 3], rows) for k in range(9)]
    made = []
    for i in range(rows):
        p = [column[i] for column in pick]
        parts = [OPENINGS[p[0] % 12] + GOODS[p[1] % 20]]
        w = [column[i] for column in what]
        parts += [PARTS[w[3 * k]] + WHENS[w[3 * k + 1]] + FAULTS[w[3 * k + 2]] for k in range(clauses[i])]
        parts.append(DEMANDS[p[5] % 12])
        if p[6] % 12 == 0:
            parts.append(PERSONAL[p[7] % 8].format(p[8] % 10**6))
        if p[6] % 10 == 1:
            parts.append(SPICE[p[7] % 6])
        made.append(MARKS[p[6] % 11].join(parts))
    return pd.Series(made, dtype="str")


def feedback(rows: int) -> pd.DataFrame:
    """Rows over a year from customers who often come back; some nameless, one shared account."""
    rng = np.random.default_rng(2)
    customer = np.where(
        rng.random(rows) < 0.01,
        "shared",
        np.char.add("u", rng.integers(0, max(rows // 3, 1), rows).astype(str)),
    )
    created = pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 365 * 86400, rows), unit="s")
    frame = pd.DataFrame({"customer_id": customer, "created_at": created.astype("datetime64[us]")})
    frame["customer_id"] = frame["customer_id"].astype("str").mask(rng.random(rows) < 0.05)
    return frame.assign(feedback_id=[f"F{i:08d}" for i in range(rows)], text=texts(rows))


def category(rows: int) -> pd.Series:
    names = np.array(["物流延迟", "功能异常", "服务态度", "退换货流程", "其他"], dtype=object)
    return pd.Series(names[np.random.default_rng(3).integers(0, 5, rows)], dtype="str")


def edited(text: str, rng: np.random.Generator) -> str:
    """A copy with some slips: characters exchanged, left out or put in, but no fact changed."""
    chars = list(text)
    for _ in range(rng.integers(1, max(2, len(chars) // 6))):
        place = int(rng.integers(0, len(chars)))
        if chars[place] in FACTS or unicodedata.normalize("NFKC", chars[place]).isascii():
            continue
        slip = FILLER[rng.integers(0, len(FILLER))]
        slip = "呃" if slip in FACTS else slip
        chars[place] = ["", slip, chars[place] + slip][rng.integers(0, 3)]
    return "".join(chars)


def with_copies(rows: int) -> pd.DataFrame:
    """Feedback in which one row in twenty copies an earlier row of another customer, of number `origin`."""
    rng = np.random.default_rng(4)
    frame = feedback(rows).assign(
        customer_id=[f"u{i}" for i in range(rows)], created_at=pd.Timestamp("2026-01-01")
    )
    frame["created_at"] = frame["created_at"] + pd.to_timedelta(np.arange(rows) % 86400, unit="s")
    copies = rng.choice(np.arange(rows // 2, rows), rows // 20, replace=False)
    origin = rng.choice(rows // 2, len(copies), replace=False)
    words = frame["text"].tolist()
    for copy, first in zip(copies, origin, strict=True):
        words[copy] = edited(words[first], rng)
    return frame.assign(text=pd.Series(words, dtype="str"), origin=pd.Series(origin, index=copies))


def plain_normalise(values: pd.Series) -> pd.Series:
    folded = values.map(lambda text: unicodedata.normalize("NFKC", text))
    for pattern, by in (
        (r"https?://\S+", "[链接]"),
        (r"([!?,~])\1+", r"\1"),
        (r"(哈)\1+", r"\1\1"),
        (r"\s+", " "),
    ):
        folded = folded.str.replace(pattern, by, regex=True)
    return folded.str.strip()


def plain_mask(values: pd.Series) -> pd.Series:
    for pattern, by in (
        (r"[\w.+-]+@[\w-]+\.[\w.]+", "[邮箱]"),
        (r"\d{17}[\dXx]", "[身份证]"),
        (r"\d{16,19}", "[银行卡]"),
        (r"1[3-9]\d[- ]?\d{4}[- ]?\d{4}", "[手机号]"),
        (r"0\d{2,3}-\d{7,8}", "[固话]"),
        (r"(?:微信|vx)[号:： ]*[A-Za-z][\w-]{5,19}", "[微信]"),
        (r"QQ[号:： ]*\d{5,11}", "[QQ]"),
        (r"地址[:：][^，。 ]+", "[地址]"),
    ):
        values = values.str.replace(pattern, by, regex=True)
    return values


def plain_duplicates(frame: pd.DataFrame, problem: pd.Series) -> pd.Series:
    key = plain_normalise(frame["text"]).str.lower().str.replace(r"\W+", "", regex=True)
    rows = frame.assign(key=key, problem=problem).sort_values("created_at")
    gap = rows.groupby(["customer_id", "problem"])["created_at"].diff() <= pd.Timedelta(days=30)
    return gap | rows.duplicated("key")


def do_normalise(frame: pd.DataFrame) -> dict:
    return timed(lambda: normalize.normalize(frame["text"]), lambda: plain_normalise(frame["text"]))


def do_mask(frame: pd.DataFrame) -> dict:
    values = frame["text"]
    found = timed(lambda: privacy.mask(values), lambda: plain_mask(values))
    return found | {
        "note": "hits " + " ".join(f"{kind} {n}" for kind, n in privacy.count(values.head(50_000)).items())
    }


def do_repeats(frame: pd.DataFrame) -> dict:
    problem = category(len(frame))
    options = {"window_days": 30, "similarity": 1.0, "category": problem}
    return timed(lambda: duplicates.find(frame, **options), lambda: plain_duplicates(frame, problem))


def do_copies(frame: pd.DataFrame) -> dict:
    origin = frame.pop("origin").dropna().astype(int)
    found = timed(lambda: duplicates.find(frame, window_days=30, similarity=0.8), None)
    return found | {"note": accuracy(frame, origin, found.pop("result"))}


def accuracy(frame: pd.DataFrame, origin: pd.Series, result: pd.DataFrame) -> str:
    """Recall over the injected copies that are at least 0.8 alike; precision over all rows marked as copies.

    A marked row is right when it has the words of its group's first row, or both stem from the same words.
    """
    from rapidfuzz.fuzz import ratio

    keys = duplicates.keys(frame["text"]).to_numpy(dtype=object)
    stem = pd.factorize(keys)[0]
    stem[origin.index] = stem[origin]
    alike = [ratio(keys[a], keys[b]) >= 80 and len(keys[b]) >= copies.LONG for a, b in origin.items()]
    group = result["copy_group"].fillna("").to_numpy(dtype=object)
    caught = [group[a] == group[b] != "" for (a, b), ok in zip(origin.items(), alike, strict=True) if ok]
    numbers = pd.Series(np.arange(len(result)), "C-" + result["feedback_id"])
    marked = np.flatnonzero((group != "") & (group != numbers.index))
    first = numbers[group[marked]].to_numpy()
    right = (stem[marked] == stem[first]) | (keys[marked] == keys[first])
    return f"copies {len(caught)}, recall {np.mean(caught):.4f}, precision {right.mean():.4f}"


def timed(ours, plain) -> dict:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, work = time.perf_counter(), time.process_time()
    result = ours()
    seconds, cpu = time.perf_counter() - start, time.process_time() - work
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = {
        "seconds": seconds,
        "cpu": cpu,
        "peak": memory / 1024,
        "more": (memory - peak) / 1024,
        "result": None,
    }
    if plain is None:
        return found | {"result": result}
    start = time.perf_counter()
    plain()
    return found | {"plain": time.perf_counter() - start}


TASKS = {
    "normalise": (feedback, do_normalise),
    "mask": (feedback, do_mask),
    "exact + same customer": (feedback, do_repeats),
    "near copies": (with_copies, do_copies),
}


def write(task: str, rows: int, file: Path) -> None:
    TASKS[task][0](rows).to_parquet(file)


def run(task: str, file: Path) -> dict:
    return TASKS[task][1](pd.read_parquet(file))


def measured(task: str, rows: int) -> dict:
    """The figures of a task, its rows made in another process than the one that is measured."""
    fresh = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.parquet"
        for work, given in ((write, (task, rows, file)), (run, (task, file))):
            with ProcessPoolExecutor(1, mp_context=fresh) as pool:  # one that may have processes of its own
                found = pool.submit(work, *given).result()
    return found


def real_data() -> None:
    """Hits per kind in public reviews, counted and never shown."""
    for name, column in (("online_shopping_10_cats.csv", "review"), ("waimai_10k.csv", "review")):
        file = DATA / "chinese_nlp_corpus" / name
        if file.exists():
            values = pd.read_csv(file)[column].dropna().astype("str")
            hits = privacy.count(values)
            print(f"{name}: {len(values):,} rows, hits " + " ".join(f"{k} {n}" for k, n in hits.items() if n))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--only", choices=[*TASKS], help="one task")
    options = parser.parse_args()
    for task in [options.only] if options.only else TASKS:
        before = None
        for rows in options.rows:
            found = measured(task, rows)
            speed = rows / found["seconds"]
            line = f"{task:22} {rows:>9,} rows {found['seconds']:7.2f} s, cpu {found['cpu']:.2f}"
            line += f"  {speed:>9,.0f} rows/s"
            line += f"  peak {found['peak']:6.0f} MB (+{found['more']:.0f})"
            if "plain" in found:
                line += f"  plain pandas {found['plain']:6.2f} s = {found['plain'] / found['seconds']:.1f} x"
            if before:
                line += f"  cost x {found['seconds'] / before[1]:.1f} for rows x {rows / before[0]:.0f}"
            print(line, flush=True)
            if found.get("note"):
                print(" " * 23 + found["note"], flush=True)
            before = (rows, found["seconds"])
    if not options.only:
        real_data()


if __name__ == "__main__":
    main()
