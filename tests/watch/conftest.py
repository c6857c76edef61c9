"""The same clinics as the record's own tests begin with."""

from tests.record.conftest import clinic as clinic
from tests.record.conftest import dosed as dosed
from tests.record.conftest import released as released
