"""Roles, their permissions, and who has them."""

from ..cases import asked, both, delete, get, patch, post

V3 = "3.0/mlflow/roles"
ROLE, ROW = {"role_id": "{role}"}, {"role_permission_id": "{role_permission}"}
NEW_ROW = {"resource_type": "run", "resource_pattern": "*", "permission": "READ"}

CASES = both(
    post(f"{V3}/create", {"workspace": "{workspace}", "name": "made-{new}", "description": "d"}),
    post(f"{V3}/create", {"workspace": "{workspace}", "name": "__user_1__"}, note="a kept name"),
    post(f"{V3}/create", {"workspace": "{workspace}", "name": ""}, note="no name"),
    post(f"{V3}/create", {"name": "made-{new}"}, note="no workspace"),
    asked(f"{V3}/get", role_id="{role}"),
    asked(f"{V3}/get", role_id="987654", note="none"),
    asked(f"{V3}/get", role_id="x", note="no number"),
    get(f"{V3}/get", note="no id"),
    asked(f"{V3}/list", workspace=["{workspace}"]),
    get(f"{V3}/list", note="all"),
    asked(f"{V3}/list", workspace=["nobody-made-this"], note="no such workspace"),
    asked(f"{V3}/list", workspace=["{workspace}", "nobody-made-this"], note="two"),
    asked(f"{V3}/list", workspace=[""], note="empty"),
    patch(f"{V3}/update", ROLE | {"description": "{new}"}),
    patch(f"{V3}/update", ROLE | {"name": "renamed-{new}"}, fresh="role", note="name"),
    patch(f"{V3}/update", ROLE, note="nothing"),
    patch(f"{V3}/update", {"role_id": 987654, "name": "x"}, note="none"),
    delete(f"{V3}/delete", ROLE, fresh="role"),
    delete(f"{V3}/delete", {"role_id": 987654}, note="none"),
    post(f"{V3}/permissions/add", ROLE | NEW_ROW, fresh="role"),
    post(f"{V3}/permissions/add", ROLE | NEW_ROW | {"permission": "NOTHING"}, note="no level"),
    post(f"{V3}/permissions/add", ROLE | NEW_ROW | {"resource_type": "nothing"}, note="no type"),
    post(f"{V3}/permissions/add", ROLE | NEW_ROW | {"resource_pattern": "1"}, note="one part"),
    post(f"{V3}/permissions/add", ROLE | {"resource_type": "workspace", "resource_pattern": "*", "permission": "READ"}, note="no level of a workspace"),
    post(f"{V3}/permissions/add", {"role_id": 987654} | NEW_ROW, note="none"),
    delete(f"{V3}/permissions/remove", ROW, fresh="role"),
    delete(f"{V3}/permissions/remove", {"role_permission_id": 987654}, note="none"),
    asked(f"{V3}/permissions/list", role_id="{role}"),
    patch(f"{V3}/permissions/update", ROW | {"permission": "USE"}),
    patch(f"{V3}/permissions/update", ROW | {"permission": "NOTHING"}, note="no level"),
    patch(f"{V3}/permissions/update", {"role_permission_id": 987654, "permission": "USE"}, note="none"),
    post(f"{V3}/assign", ROLE | {"username": "{target}"}, fresh="target"),
    post(f"{V3}/assign", ROLE | {"username": "nobody-of-this-name"}, note="nobody"),
    post(f"{V3}/assign", {"role_id": 987654, "username": "reader"}, note="none"),
    delete(f"{V3}/unassign", ROLE | {"username": "{member}"}, fresh="role member"),
    delete(f"{V3}/unassign", ROLE | {"username": "reader"}, note="not assigned"),
    asked("3.0/mlflow/users/roles/list", username="{caller}", note="oneself"),
    asked("3.0/mlflow/users/roles/list", username="role_editor", note="another"),
    asked("3.0/mlflow/users/roles/list", username="nobody-of-this-name", note="nobody"),
    asked(f"{V3}/users/list", role_id="{role}"),
    asked(f"{V3}/users/list", role_id="987654", note="none"),
)  # fmt: skip
