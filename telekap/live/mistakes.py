"""What is wrong in a body, as a sentence for people. A validator's own words name patterns and types nobody typed."""

from typing import Final

from pydantic_core import ErrorDetails

FORMS: Final = {
    "code": "Type the six digits your app shows, or a recovery code.",
    "mail": "A mail address looks like name@example.org.",
}
"""Field with a form of its own → the whole sentence."""

WORDS: Final = {
    "missing": "must be filled in",
    "string_too_short": "must be filled in",
    "string_too_long": "is too long",
    "string_pattern_mismatch": "does not have the form it needs",
    "literal_error": "is none of the choices",
    "enum": "is none of the choices",
    "too_long": "has too many entries",
    "too_short": "has too few entries",
    "greater_than": "is too small",
    "greater_than_equal": "is too small",
    "less_than": "is too large",
    "less_than_equal": "is too large",
    "finite_number": "is no number",
}
"""What a validator calls it → what it comes to."""


def mistake(error: ErrorDetails, field: str) -> str:
    """One sentence about ``field``. What was sent is never repeated, and no pattern is ever shown."""
    kind, last = error["type"], field.rpartition(".")[2]
    if kind == "value_error":  # one of our own sentences
        return str(error["msg"]).removeprefix("Value error, ")
    if last in FORMS and kind.startswith("string"):
        return FORMS[last]
    return f"{field or 'The request'}: {WORDS.get(kind, error['msg'])}."
