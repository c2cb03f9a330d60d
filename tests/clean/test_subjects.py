import pytest

from voc_lib.clean import privacy


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("雷霆来电，称宽带装不上", "雷霆"),
        ("云海致电，要求改约", "云海"),
        ("白杨打电话说门锁坏了", "白杨"),
        ("苗欢的医保卡被人冒用", "苗欢"),
        ("石林（业主）来电催修", "石林"),
        ("来电内容：康宽反映停水", "康宽"),
        ("盖明珠的奶奶来接孩子", "盖明珠"),
        ("这笔钱由秦岭代领", "秦岭"),
        ("有人以田野的名义贷款", "田野"),
        ("短信显示操红梅，我不认识", "操红梅"),
    ],
)
def test_who_calls_or_is_named_by_a_record_is_hidden_though_it_is_a_word(text, name):
    assert name not in privacy.mask_text(text) and "[姓名]" in privacy.mask_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "强烈要求退款",
        "周三来电没人接",
        "广州来电咨询",
        "房东说不退押金",
        "水厂反映水压不够",
        "居委会来电",
        "农户致电咨询补贴",
        "汤太咸",
        "门诊楼二楼缴费机坏了",
        "可以被平台拉黑吗",
        "由商家代收",
        "颜色：和图片不一样",
        "白色的快递袋破了",
    ],
)
def test_roles_places_times_and_things_are_nobody(text):
    assert privacy.mask_text(text) == text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("话务员雨欣声音很甜", "雨欣"),
        ("客服瓜瓜复制粘贴", "瓜瓜"),
        ("培训师Vincent念稿子", "Vincent"),
        ("Fatima Rahman说发票抬头错了", "Fatima Rahman"),
        ("营养师小贝教我搭配", "小贝"),
        ("客服代号C52的女生很凶", "C52"),
        ("收银员朵朵少找我五块", "朵朵"),
        ("跑腿小哥阿凯记错了时间", "阿凯"),
        ("对接的柚子嘴很甜", "柚子"),
    ],
)
def test_staff_by_what_they_are_called_are_hidden(text, name):
    assert name not in privacy.mask_text(text)


@pytest.mark.parametrize(
    "text",
    ["客服迟迟不回", "没看到服务员微笑，遗憾", "客服明显敷衍", "客服晓得了", "smart watch说明书看不懂"],
)
def test_what_staff_and_things_do_is_kept(text):
    assert privacy.mask_text(text) == text
