"""Guards whose absence no test can notice, each with the reason why nobody is less safe without it.

``make proof`` counts them apart and fails if one of them is noticed after all.
"""

from collections.abc import Mapping
from typing import Final

EQUIVALENT: Final[Mapping[str, str]] = {}
"""``Guard.key`` → why."""
