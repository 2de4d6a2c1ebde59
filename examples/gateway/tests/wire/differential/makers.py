"""What is made for one case alone, beside `objects`: things in another state, users, roles, and grants."""

from .objects import API, API3, MAKERS, assessment, experiment, gateway_model_definition, run
from .people import EXACT

PASSWORD = "a-long-password-of-"


def deleted_experiment(make, names, mark):
    """An experiment that was deleted."""
    made = experiment(make, names, mark)
    make.post(f"{API}/experiments/delete", experiment_id=made["experiment"])
    return made


def deleted_run(make, names, mark):
    """A run that was deleted."""
    made = run(make, names, mark)
    make.post(f"{API}/runs/delete", run_id=made["run"])
    return made


def bare_endpoint(make, names, mark):
    """An endpoint with another model than the one that is known."""
    other = names | gateway_model_definition(make, names, f"spare-{mark}")
    uses = {"model_definition_id": other["gateway_model_definition"], "linkage_type": "PRIMARY", "weight": 1.0}
    fields = {"name": f"endpoint-{mark}", "model_configs": [uses], "usage_tracking": False}
    told = make.post(f"{API3}/gateway/endpoints/create", **fields)
    return {"gateway_endpoint": told["endpoint"]["endpoint_id"]}


def target(make, names, mark):
    """A user."""
    make.post(f"{API}/users/create", username=f"target-{mark}", password=PASSWORD + "x")
    return {"target": f"target-{mark}"}


def role(make, names, mark):
    """A role with one permission."""
    told = make.post(f"{API3}/roles/create", workspace=names["workspace"], name=f"role-{mark}")["role"]
    fields = {"role_id": told["id"], "resource_type": "trace", "resource_pattern": "*", "permission": "READ"}
    row = make.post(f"{API3}/roles/permissions/add", **fields)["role_permission"]
    return {"role": told["id"], "role_permission": row["id"]}


def member(make, names, mark):
    """A user with the role."""
    made = target(make, names, f"member-{mark}")["target"]
    make.post(f"{API3}/roles/assign", username=made, role_id=names["role"])
    return {"member": made}


def free(make, names, kind, user):
    """Sees to it that a user holds nothing on an object."""
    make.tried("POST", f"{API3}/users/permissions/revoke", _grant(names, kind, user))
    return {}


def held(make, names, kind, user):
    """Sees to it that a user may read an object."""
    make.tried("POST", f"{API3}/users/permissions/grant", _grant(names, kind, user) | {"permission": "READ"})
    return {}


def _grant(names, kind, user):
    return {"username": user, "resource_type": kind, "resource_id": names[EXACT[kind]]}


HERE = (assessment, deleted_experiment, deleted_run, bare_endpoint, target, role, member)
NAMED = {maker.__name__: maker for maker in (*MAKERS, *HERE)}
# Those that can be made where there is no other object.
ALONE = ("target", "role", "member", "free", "held")


def can_be_alone(kinds):
    """Whether these kinds of objects need no other."""
    return all(kind.partition("-")[0] in ALONE for kind in kinds)


def made(kinds, make, names, mark):
    """The names of new objects of these kinds."""
    new = {}
    for kind in kinds:
        verb, _, rest = kind.partition("-")
        if rest:
            {"free": free, "held": held}[verb](make, names | new, *rest.split("-"))
        else:
            new |= NAMED[kind](make, names | new, mark)
    return new
