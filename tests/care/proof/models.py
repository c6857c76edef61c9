"""The models: together they hold every command of every role before, at and after the dose; each is walked out."""

from typing import Final

from tests.care.proof import models_after as after
from tests.care.proof import models_before as before
from tests.care.proof.walk import Model

MODELS: Final[tuple[Model, ...]] = (
    after.BOOSTER,
    before.LOBBY,
    before.RELEASE,
    before.DANGER,
    after.WAY_OUT,
    after.TROUBLED,
    after.ALARMS,
    after.NO_DEVICE,
    after.OVERDUE,
    after.ENDS,
    after.VOID,
    before.TWO,
    before.CANARY,
)
