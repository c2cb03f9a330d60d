"""What the systems record beside a voice: first answer, closing, status, handler, ratings, given category."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from voc_lib.sample.cast import END
from voc_lib.sample.plan import OTHER, Plan
from voc_lib.sample.voices import Voice

RATED = 0.55
CSAT_WEIGHTS = {"": (1, 1, 6, 32, 60), "bad": (34, 27, 22, 12, 5), "fair": (14, 20, 30, 25, 11)}


@dataclass(frozen=True)
class Desk:
    """The shop's service desk."""

    plan: Plan
    world: Mapping[str, Any]
    files: Mapping[str, Any]

    def record(self, voice: Voice, rng: Random) -> Voice:
        """The voice with everything its system would have recorded."""
        csat = self._csat(voice, rng)
        spec = self.plan.raw["first_response_hours"]
        if voice.source not in spec:
            return replace(voice, csat=csat, nps=self._nps(csat, rng), urgency="")
        department = self.world["departments"][voice.category or OTHER]
        handler = rng.choice(self.world["staff"][department])
        given = self._given(voice, rng)
        urgency = rng.choice(self.files["urgencies"][voice.intent]) if rng.random() < 0.6 else ""
        remark = rng.choice(self.files["remarks"]) if rng.random() < 0.2 else ""
        answered, closed, status = self._times(voice, department, rng)
        rated = csat if closed and rng.random() < RATED else None
        return replace(
            voice, department=department, handler=handler, given=given, urgency=urgency, remark=remark,
            first_response_at=answered, closed_at=closed, status=self.files["statuses"][status], csat=rated,
        )  # fmt: skip

    def _times(
        self, voice: Voice, department: str, rng: Random
    ) -> tuple[datetime | None, datetime | None, str]:
        age = self.plan.months.index(voice.month)
        fall = self.plan.raw["handling_fall"] ** age
        wait = self.plan.raw["first_response_hours"][voice.source] * fall * rng.lognormvariate(-0.3, 0.8)
        answered = (voice.at + timedelta(hours=wait)).replace(microsecond=0)
        hours = self.plan.raw["handling_hours"][department] * fall * rng.lognormvariate(-0.28, 0.75)
        closed = (answered + timedelta(hours=hours)).replace(microsecond=0)
        open_share = self.plan.raw["still_open"].get(voice.month, self.plan.raw["still_open"]["else"])
        if rng.random() < open_share or closed > END:
            return (answered, None, "working") if answered < END else (None, None, "waiting")
        return answered, closed, "closed" if rng.random() < 0.3 else "done"

    def _given(self, voice: Voice, rng: Random) -> str:
        if not voice.category or rng.random() > 0.7:
            return ""
        if rng.random() < 0.08:
            return rng.choice([name for name in self.plan.categories if name != voice.category])
        return voice.category

    def _csat(self, voice: Voice, rng: Random) -> int:
        if voice.source in self.plan.raw["stars"] and voice.intent == "抱怨":
            return rng.choices((1, 2, 3, 4), (62, 24, 11, 3))[0]
        kind = "" if voice.intent == "表扬" else "bad" if voice.intent == "抱怨" else "fair"
        return rng.choices((1, 2, 3, 4, 5), CSAT_WEIGHTS[kind])[0]

    def _nps(self, csat: int, rng: Random) -> int:
        return min(10, max(0, round(rng.gauss(csat * 2.1 - 0.6, 1.3))))
