"""In what the gateway's answers may differ from MLflow's own access control, each with a reason. One that is not needed fails."""

DENIED = (403, "a text")
FIRST = ("admin", "user")


def _without(names, told):
    """Roles, or users with theirs, without the roles of these names."""
    def kept(roles):
        return [role for role in roles if role["name"] not in names]

    if "roles" in told:
        return kept(told["roles"])
    return sorted((user | {"roles": kept(user["roles"])} for user in told["users"]), key=repr)


def _differ_in(names, step, there, here):
    listed = step.path in ("roles/list", "users/list") and there[0] == here[0] == 200
    return listed and _without(names, there[1]) == _without(names, here[1])


def own_roles_are_told_of_users_alone(step, there, here):
    """What one user holds alone is no role that could be administered: lists of roles and of users leave it out."""
    return _differ_in(("__user_ID__",), step, there, here)


def new_workspaces_let_their_users_read(step, there, here):
    """The first role `user` holds what it says that it gives."""
    return _differ_in(("__user_ID__", *FIRST), step, there, here)


def prompts_are_shared_like_models(step, there, here):
    """Who manages a prompt shares it, and what is held on one can be asked."""
    return step.fields["resource_type"] == "prompt" and there[0] == 400


def a_workspace_is_seen_by_who_belongs_there(step, there, here):
    """MLflow refuses a workspace to everybody but admins."""
    return step.method == "GET" and step.path.startswith("workspaces/") and there == DENIED and here[0] == 200


def ids_that_can_name_nothing_are_refused(step, there, here):
    """A scorer without an experiment, or an experiment that is no number."""
    return here[0] == 400 and there[0] == 200 and step.fields["resource_pattern"] == "judge"


def who_one_is_is_told_to_other_clients_too(step, there, here):
    """Clients of mlflow-oidc-auth ask at the same place, and read fields of their own beside MLflow's."""
    return step.path == "users/current" and _tells_more(there[1], here[1])


def users_are_told_with_what_older_clients_read(step, there, here):
    """MLflow's clients before 3.17.2 read no user without lists of grants."""
    is_one = step.path in ("users/get", "users/create") and there[0] == here[0] == 200
    return is_one and _tells_more(there[1]["user"], here[1]["user"])


def _tells_more(there, here):
    return all(here.get(name) == value for name, value in there.items())


RULES = (
    own_roles_are_told_of_users_alone,
    prompts_are_shared_like_models,
    a_workspace_is_seen_by_who_belongs_there,
    new_workspaces_let_their_users_read,
    ids_that_can_name_nothing_are_refused,
    who_one_is_is_told_to_other_clients_too,
    users_are_told_with_what_older_clients_read,
)


def applying(step, there, here):
    """The rule that explains a difference; none where there is no difference, `False` where nothing explains it."""
    if there == here:
        return None
    for rule in RULES:
        try:
            if rule(step, there, here):
                return rule
        except (KeyError, TypeError):
            continue
    return False
