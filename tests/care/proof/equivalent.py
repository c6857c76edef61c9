"""Guards whose absence no test can notice, each with the reason why nobody is less safe without it.

``make proof`` counts them apart and fails if one of them is noticed after all.
"""

from collections.abc import Mapping
from typing import Final

EQUIVALENT: Final[Mapping[str, str]] = {
    "gate_papers.py clearance of last whether or not end": "There is no end only where it is not allowed or not held, "
    "and that was said before it is come to.",
}
"""``Guard.key`` → why."""
