"""Leaving texts out that cannot be near changes nothing: against a comparison with all of them."""

from random import Random

from rapidfuzz import fuzz, process

from voc_lib.sample.unlike import NEAR, Texts


def test_near_is_what_a_comparison_with_every_text_finds():
    rng = Random(7)
    texts, all_, found = Texts(), [], []
    for _ in range(400):
        text = "".join(rng.choices("快递三天没到客服不理人还要我等", k=rng.randint(2, 9)))
        best = process.extractOne(text, all_, scorer=fuzz.ratio, score_cutoff=NEAR)
        found.append(best is not None)
        assert texts.near(text) == found[-1], text
        texts.add(text)
        all_.append(text)
    assert 40 < sum(found) < 360
