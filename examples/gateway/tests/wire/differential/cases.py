"""What a case is: a request in which `{names}` stand for ids, and on whose objects it is tried.

`{run}` is a run of `mine`, of `others` or one that is `missing`, as the case is tried; `{others.run}` is always a run of
others; `{caller}` is who asks, and `{new}` a text that is new in every request.
"""

import re
from dataclasses import dataclass, field, replace

ALL = ("mine", "others", "missing")
NAME = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)?)\}")
# A name that stands for another object when the case is tried on others'.
FREE = re.compile(r"\{(?!caller|new|count|workspace|target|member|role)[a-z_]+\}")


@dataclass(frozen=True)
class Case:
    """One request to one route of MLflow."""

    method: str
    path: str
    query: object = None
    body: object = None
    headers: dict = field(default_factory=dict)
    # What `path` is registered below: `api`, `ajax-api`, both, or nothing.
    under: tuple = ("",)
    # Parts of objects whose own grants speak here.
    tiers: tuple = ()
    # What is made anew for it, since it is gone or changed when it was executed.
    fresh: tuple = ()
    # Whether something changes that other cases would see.
    changes: bool = False
    whose: tuple = ALL
    # Which family of routes it belongs to.
    family: str = ""
    # Where several cases have one route.
    note: str = ""
    # Whether it is a variant of another case, which need not be tried as everybody.
    brief: bool = False
    # Whether it looks, as the admin, at what all the others have left.
    last: bool = False

    def __str__(self):
        return f"{self.method} {self.path}{f' ({self.note})' if self.note else ''}"

    def paths(self):
        """Where it is asked, once for each prefix."""
        return [f"/{prefix}{self.path}" if prefix else self.path for prefix in self.under]


def case(
    method, path, body=None, *, query=None, tiers="", fresh="", changes=None, whose=None, note="", brief=None, headers=None
):  # fmt: skip
    """A case, whose path begins with the version of the API, or with a slash where it has none.

    One that reads changes nothing, and neither does one whose object is made anew.
    """
    changes = method not in ("GET", "HEAD") if changes is None else changes
    whose = whose or (ALL if FREE.search(repr((path, body, query, headers))) else ("mine",))
    return Case(
        method, path, query, body, headers or {}, tiers=tuple(tiers.split()), fresh=tuple(fresh.split()), changes=changes,
        whose=tuple(whose), note=note, brief=bool(note) if brief is None else brief,
    )  # fmt: skip


def _with(method):
    def made(path, body=None, **more):
        return case(method, path, body, **more)

    return made


get, post, put, patch, delete = map(_with, ("GET", "POST", "PUT", "PATCH", "DELETE"))


def asked(route, /, **query):
    """A `GET` with a query; lists are repeated."""
    more = {name: query.pop(name) for name in ("tiers", "whose", "note", "brief") if name in query}
    return case("GET", route, query=query, **more)


def both(*cases):
    """Cases of routes below `/api` and `/ajax-api`."""
    return [replace(one, path=f"/{one.path}", under=("api", "ajax-api")) for one in cases]


def ajax(*cases):
    """Cases of routes below `/ajax-api` alone."""
    return [replace(one, path=f"/{one.path}", under=("ajax-api",)) for one in cases]


def api(*cases):
    """Cases of routes below `/api` alone."""
    return [replace(one, path=f"/{one.path}", under=("api",)) for one in cases]


def root(*cases):
    """Cases of routes below neither."""
    return list(cases)


def fill(template, names):
    """`template` with the names in its texts replaced. A text that is a name alone becomes its value, of any type."""
    if callable(template):
        return template(names)
    match template:
        case dict():
            return {fill(key, names): fill(value, names) for key, value in template.items()}
        case list() | tuple():
            return [fill(item, names) for item in template]
        case str():
            whole = NAME.fullmatch(template)
            if whole and whole[1] in names:
                return names[whole[1]]
            return NAME.sub(lambda found: str(names.get(found[1], found[0])), template)
    return template
