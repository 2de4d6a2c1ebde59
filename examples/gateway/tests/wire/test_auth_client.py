"""Every method of MLflow's own client for users, roles and grants (`AuthServiceClient`, 3.17.2), by everybody, with and
without workspaces: both sides answer and raise the same."""

import inspect
import re

import pytest
from mlflow.exceptions import MlflowException
from mlflow.server import get_app_client

import roles_stories as stories
from clients import Caller, password_of
from roles_pair import open_pair
from servers import ADMIN, ADMIN_PASSWORD

# The admin last: what the others may do is done by them.
CALLERS = ("dan", "bob", "rob", "ann", ADMIN)
PASSWORD = "a-new-long-password"
# Words that are each side's own; the error code and the status are compared all the same.
WORDS = re.compile(r"response body: .*|[A-Z_]+: .*", re.DOTALL)


class Calls:
    """The calls of one caller at one side. What one keeps the next ones use; what differs by nature is left out."""

    def __init__(self, side, caller, workspace):
        self.client, self.kept, self.caller, self.workspace = get_app_client("basic-auth", side.url), side.kept, caller, workspace
        self.role, self.url = None, side.url

    def create_user(self):
        return told(self.client.create_user(f"made-by-{self.caller}", PASSWORD))

    def create_user_again(self):
        return told(self.client.create_user("bob", PASSWORD))

    def create_user_short(self):
        return told(self.client.create_user(f"short-{self.caller}", "short"))

    def get_user(self):
        return told(self.client.get_user("bob"))

    def get_user_missing(self):
        return told(self.client.get_user("nobody-of-this-name"))

    def update_user_password(self):
        return self.client.update_user_password(f"made-by-{self.caller}", PASSWORD + "-2")

    def update_user_password_again(self):
        password = ADMIN_PASSWORD if self.caller == ADMIN else password_of(self.caller)
        return self.client.update_user_password(self.caller, password, current_password=password)

    def update_user_password_own(self):
        name, password = f"made-by-{self.caller}", PASSWORD + "-2"
        with Caller(self.url, name, password).client():
            client = get_app_client("basic-auth", self.url)
            return client.update_user_password(name, PASSWORD + "-3", current_password=password)

    def update_user_admin(self):
        return self.client.update_user_admin(f"made-by-{self.caller}", True)

    def create_role(self):
        role = self.client.create_role(self.workspace, f"of-{self.caller}", "text")
        self.role = role.id
        return told(role)

    def create_role_again(self):
        return told(self.client.create_role(self.workspace, "dev"))

    def get_role(self):
        return told(self.client.get_role(self.role or self.kept["dev_blue"]))

    def list_roles(self):
        return told(self.client.list_roles(self.workspace))

    def list_all_roles(self):
        return told(self.client.list_all_roles())

    def update_role(self):
        return told(self.client.update_role(self.role or self.kept["dev_blue"], name=f"still-{self.caller}", description="other"))

    def add_role_permission(self):
        permission = self.client.add_role_permission(self.role or self.kept["dev_blue"], "registered_model", "*", "EDIT")
        self.permission = permission.id
        return told(permission)

    def add_role_permission_wrong(self):
        return told(self.client.add_role_permission(self.role or self.kept["dev_blue"], "workspace", "*", "READ"))

    def list_role_permissions(self):
        return told(self.client.list_role_permissions(self.role or self.kept["dev_blue"]))

    def update_role_permission(self):
        return told(self.client.update_role_permission(getattr(self, "permission", self.kept["read_blue"]), "MANAGE"))

    def remove_role_permission(self):
        return self.client.remove_role_permission(getattr(self, "permission", self.kept["read_blue"]))

    def assign_role(self):
        return told(self.client.assign_role("dan", self.role or self.kept["dev_blue"]))

    def list_user_roles(self):
        return told(self.client.list_user_roles("bob"))

    def list_role_users(self):
        return told(self.client.list_role_users(self.role or self.kept["dev_blue"]))

    def unassign_role(self):
        return self.client.unassign_role("dan", self.role or self.kept["dev_blue"])

    def delete_role(self):
        return self.client.delete_role(self.role or self.kept["dev_red"])

    def grant_user_permission(self):
        return self.client.grant_user_permission("dan", "experiment", self.kept["exp_blue"], "READ")

    def get_user_permission(self):
        return told(self.client.get_user_permission("bob", "experiment", self.kept["exp_blue"]))

    def revoke_user_permission(self):
        return self.client.revoke_user_permission("dan", "experiment", self.kept["exp_blue"])

    def delete_user(self):
        return self.client.delete_user(f"made-by-{self.caller}")


# In the order in which they are written.
ORDER = [name for name in vars(Calls) if not name.startswith("_")]


def told(value):
    """An answer in a form that can be compared: numbers are each side's own, and lists have no order."""
    if isinstance(value, (list, tuple)):
        return sorted((told(item) for item in value), key=repr)
    if isinstance(value, dict):
        return {name: told(item) for name, item in sorted(value.items())}
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return re.sub(r"^__user_\d+__$", "__user_ID__", value)
    return type(value).__name__, told(value.to_json())


def outcome(call):
    """What became of a call."""
    try:
        return ("answered", call())
    except MlflowException as error:
        return ("raised", error.error_code, error.get_http_status_code(), WORDS.sub("", str(error)))


def played(side, workspaces):
    """What became of every call, by caller and name."""
    found = {}
    for caller in CALLERS:
        password = ADMIN_PASSWORD if caller == ADMIN else password_of(caller)
        with Caller(side.url, caller, password).client():
            calls = Calls(side, caller, stories.blue(workspaces))
            found |= {(caller, name): outcome(getattr(calls, name)) for name in ORDER}
    return found


# As the list of differences says, the gateway's lists have no roles that stand for what one user holds alone, and the role
# that a new workspace gets for its users holds what its text says.
def without_own_and_first_roles(answer):
    """An answer without the roles that stand for one user and those that a new workspace gets."""
    if answer[0] == "answered" and isinstance(answer[1], list):
        return (answer[0], [row for row in answer[1] if row[1]["name"] not in ("__user_ID__", "admin", "user")])
    return answer


@pytest.fixture(scope="module", params=[False, True], ids=["without workspaces", "with workspaces"])
def both(request, data):
    """What both sides told."""
    with open_pair(data / f"client-{request.param}", request.param) as pair:
        for step, there, here in pair.play(stories.set_up(request.param)):
            assert there[0] == here[0] and there[0] < 300, f"{step}: {there} {here}"
        yield played(pair.mlflow, request.param), played(pair.gateway, request.param)


def test_every_method_is_called():
    """Whatever the client of this MLflow can do is asked."""
    methods = {name for name, _ in inspect.getmembers(get_app_client("basic-auth", "http://localhost"), inspect.ismethod)}
    assert {name for name in methods if not name.startswith("_")} <= set(ORDER)


@pytest.mark.parametrize("name", ORDER)
def test_method(both, name):
    """A method does for everybody what it does at MLflow's own access control."""
    there, here = both
    for caller in CALLERS:
        expected, found = there[caller, name], here[caller, name]
        if name in ("list_roles", "list_all_roles"):
            expected, found = without_own_and_first_roles(expected), without_own_and_first_roles(found)
        assert found == expected, caller
    answered = {there[caller, name][0] == "answered" for caller in CALLERS}
    assert answered != {False} or name.endswith(("again", "short", "missing", "wrong")), there[ADMIN, name]
