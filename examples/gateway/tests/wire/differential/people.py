"""Who asks: users with grants on what is `mine` in the world, of every level and tier, directly and by a role."""

from dataclasses import dataclass, field

# Types that are granted one by one, and the name under which the world knows the id.
EXACT = {
    "experiment": "experiment",
    "registered_model": "model",
    "prompt": "prompt",
    "scorer": "scorer_pattern",
    "gateway_secret": "gateway_secret",
    "gateway_endpoint": "gateway_endpoint",
    "gateway_model_definition": "gateway_model_definition",
    "mcp_server": "mcp_server",
}
# Types of parts, which are granted all together.
TIERS = (
    "run", "trace", "assessment", "logged_model", "review_queue", "registered_model_version", "prompt_version",
    "scorer_version", "mcp_server_version",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """A user, what it holds, and in which cases it is tried."""

    name: str
    # The level on each exact object of `mine`.
    level: str | None = None
    # The level on everything of a type.
    every: dict = field(default_factory=dict)
    # By a role: the level on each exact object of `mine`, and on the workspace.
    role: str | None = None
    workspace: str | None = None
    # A part of another object that this one is about.
    tier: str | None = None

    def grants(self, names, kinds=tuple(EXACT)):
        """The type and id, and the level, of every direct grant on objects of these kinds."""
        return [(kind, names[EXACT[kind]], self.level) for kind in kinds if self.level and EXACT[kind] in names]


def _every(level):
    return dict.fromkeys(EXACT, level)


def _tiers(level):
    return dict.fromkeys(TIERS, level)


# Not users: nobody, and a user with a password that is not its own.
ANONYMOUS, WRONG = Person("anonymous"), Person("wrong")
STRANGER, USING = Person("stranger"), Person("user", "USE")
LEVELS = [
    Person("reader", "READ"), USING, Person("editor", "EDIT"), Person("manager", "MANAGE"),
    Person("denied", "DENY"),
]  # fmt: skip
WILD = [Person("all_reader", every=_every("READ")), Person("all_denied", "MANAGE", _every("DENY"))]
DENIED_TIERS = [Person(f"no_{tier}", "MANAGE", {tier: "DENY"}, tier=tier) for tier in TIERS]
TIERED = [
    Person("tiers_read", "MANAGE", _tiers("READ")),
    Person("tiers_edit", "READ", _tiers("EDIT")),
    Person("tiers_manage", "READ", _tiers("MANAGE")),
    Person("tiers_alone", None, _tiers("MANAGE")),
]
MEMBERS = [
    Person("role_editor", role="EDIT"),
    Person("role_denied", "MANAGE", role="DENY"),
    Person("workspace_user", workspace="USE"),
    Person("workspace_admin", "DENY", workspace="MANAGE"),
]
ADMIN = Person("admin")
USERS = [STRANGER, *LEVELS, *WILD, *DENIED_TIERS, *TIERED, *MEMBERS]
EVERYBODY = [ANONYMOUS, WRONG, *USERS, ADMIN]
# In the shorter product: who is tried where it is about variants of a request, and on what is not `mine`.
FEW = {"stranger", "reader", "editor", "manager", "admin"}
# Who is tried on what reads alone: they are between others in what they may.
READING = {"wrong", "all_reader", "all_denied", "role_denied", "workspace_user"}
ON_OTHERS = {"reader", "manager", "all_reader", "tiers_alone", "workspace_user", "workspace_admin"}
ON_MISSING = {"reader", "manager", "all_reader"}
# Families in which what one may use is another thing than what one may read.
USED = {"gateway", "gateway_traffic", "accounts", "jobs", "issues"}
ON_TWINS = {"stranger", "manager"}
IN_WORKSPACES = {
    "mine": {
        "anonymous", "stranger", "reader", "manager", "role_editor", "role_denied", "workspace_user", "workspace_admin",
        "admin",
    },
    "others": {"manager", "workspace_user", "workspace_admin"},
    "elsewhere": {"manager", "all_reader", "workspace_admin", "admin"},
}  # fmt: skip


def tried(case, whose, twin, wide, side):
    """Who is tried in a case, on whose objects and by which prefix. `wide` is everybody, wherever it may matter."""
    if case.last:
        yield from () if twin else (ADMIN,)
        return
    for person in EVERYBODY:
        if person in (ANONYMOUS, WRONG) and whose != "mine":
            continue
        if twin and person.name not in ON_TWINS:
            continue
        if wide or (_in_workspaces if side.workspace else _matters)(person, case, whose, twin):
            yield person


def _matters(person, case, whose, twin):
    if twin:
        return person.name in ON_TWINS and not case.brief
    if person.name in READING and case.method != "GET" or person is USING and case.family not in USED:
        return False
    if person.tier:
        return whose == "mine" and person.tier in case.tiers
    if whose == "mine":
        return person.name in FEW if case.brief else person not in TIERED or bool(case.tiers)
    return person.name in (ON_OTHERS if whose == "others" else ON_MISSING) and not (case.brief and person.name not in FEW)


def _in_workspaces(person, case, whose, twin):
    return not twin and not case.brief and person.name in IN_WORKSPACES[whose]
