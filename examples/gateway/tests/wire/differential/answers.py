"""What of an answer is compared: its status, its error code, and the form of its JSON, in which ids are names.

Lists are sets. Fields without a value count as left out, as MLflow writes and leaves out both.
"""

import json
import re
from dataclasses import dataclass, field

# Fields whose values are the same in both servers, and are compared.
TOLD = {
    "permission", "allowed", "resource_type", "is_admin", "username", "workspace", "lifecycle_stage",
    "is_basic_auth", "allowed_actions", "error_code", "current_stage", "linkage_type",
}  # fmt: skip
# Texts that are the same in both servers, wherever they stand; the last two are names of first roles.
TOLD_TEXTS = ("", "*", "admin", "user")
# What the role is called that stands for what one user holds alone.
OWN_ROLE = "__user_ID__"
# Fields that hold ids of experiments, which are numbers.
NUMBERED = ("experiment_id", "experiment_ids", "resource_pattern")
LONG = 12


@dataclass(frozen=True)
class Answer:
    """An answer, as far as it is compared."""

    status: int
    code: str | None
    form: object
    text: str = field(compare=False, default="")

    def __str__(self):
        return f"{self.status} {self.code or ''} {self.text}"


def answer(reply, known):
    """The part of a reply that is compared. `known` is what ids are called."""
    text = reply.body[:300].decode(errors="replace")
    if "json" not in reply.kind:
        return Answer(reply.status, None, "text" if reply.status < 400 else None, text)
    value = json.loads(reply.body or b"null")
    if reply.status >= 400:
        return Answer(reply.status, value.get("error_code") if isinstance(value, dict) else None, None, text)
    return Answer(reply.status, None, form(value, known), text)


def form(value, known, key=None):
    """The form of JSON."""
    match value:
        case dict():
            told = {_name(name, known): form(item, known, name) for name, item in sorted(value.items())}
            return {name: item for name, item in told.items() if item not in (None, {}, [], "")} or None
        case list():
            return sorted((form(item, known, key) for item in value), key=repr) or None
        case str() if value in known and (_is_long(value) or key in NUMBERED):
            return known[value]
        case str() | bool() | int() | float() if key in TOLD:
            return value
        case str():
            return value if value in TOLD_TEXTS else re.sub(r"^__user_\d+__$", OWN_ROLE, value) if value[:2] == "__" else "a text"
        case bool():
            return value
        case None:
            return None
    return "a number"


def _name(name, known):
    return known.get(name, name) if _is_long(name) else name


def _is_long(text):
    """Whether it can be no number, and no word either, that is an id by chance."""
    return len(text) >= LONG or "-" in text


def known(side, new):
    """What ids at a side are called, with those of objects that are new."""
    called = {}
    # What is mine has the last word, where an id is a number.
    for whose, names in reversed(side.names.items()):
        called |= {str(id): f"<{whose} {name}>" for name, id in names.items() if name == "experiment" or not str(id).isdigit()}
    return called | {str(id): f"<new {name}>" for name, id in new.items()}
