"""The REST API of mlflow-oidc-auth for users, groups, members and workspaces, as calls."""

API = "/api/2.0/mlflow"
API3 = "/api/3.0/mlflow"
USERS = f"{API}/users"
GROUPS = f"{API}/permissions/groups"
SPACES = f"{API3}/permissions/workspaces"
ADMIN = "admin"


def rule(field, name, **more):
    """The body of a pattern."""
    return {"regex": "^team-", "priority": 1, "permission": "READ", field: name} | more


# Method, path, body, and what the admin is answered when they are called in this order. The path may hold `{id}`, the
# number of the pattern that was made last.
WALK = [
    ("GET", USERS, None, 200),
    ("POST", USERS, {"username": "eve", "display_name": "Eve"}, 201),
    ("POST", USERS, {"username": "eve", "display_name": "Eve"}, 200),
    ("GET", f"{USERS}/details", None, 200),
    ("GET", f"{USERS}/current", None, 200),
    ("GET", f"{USERS}/eve", None, 200),
    ("PATCH", f"{USERS}/eve/active", {"active": False}, 200),
    ("DELETE", USERS, {"username": "eve"}, 200),
    ("GET", f"{USERS}/eve", None, 404),
    ("POST", GROUPS, {"group_name": "corp/ml"}, 200),
    ("GET", GROUPS, None, 200),
    ("GET", f"{GROUPS}/details", None, 200),
    ("PUT", f"{GROUPS}/corp%2Fml/members/ann", None, 201),
    ("PUT", f"{GROUPS}/corp%2Fml/members", {"members": ["ann", "bob"]}, 200),
    ("GET", f"{GROUPS}/corp%2Fml/members", None, 200),
    ("GET", f"{GROUPS}/corp%2Fml/users", None, 200),
    ("DELETE", f"{GROUPS}/corp%2Fml/members/bob", None, 200),
    ("GET", f"{GROUPS}/corp%2Fml", None, 200),
    ("POST", f"{SPACES}/team-a/users", {"username": "ann", "permission": "READ"}, 201),
    ("POST", f"{SPACES}/team-a/users", {"username": "ann", "permission": "READ"}, 409),
    ("GET", f"{SPACES}/team-a/users", None, 200),
    ("PATCH", f"{SPACES}/team-a/users/ann", {"username": "ann", "permission": "EDIT"}, 200),
    ("DELETE", f"{SPACES}/team-a/users/ann", None, 204),
    ("DELETE", f"{SPACES}/team-a/users/ann", None, 404),
    ("POST", f"{SPACES}/team-a/groups", {"group_name": "corp/ml", "permission": "READ"}, 201),
    ("GET", f"{SPACES}/team-a/groups", None, 200),
    ("PATCH", f"{SPACES}/team-a/groups/corp%2Fml", {"group_name": "corp/ml", "permission": "EDIT"}, 200),
    ("DELETE", f"{SPACES}/team-a/groups/corp%2Fml", None, 204),
    ("POST", f"{SPACES}/regex/user", rule("username", "ann"), 201),
    ("GET", f"{SPACES}/regex/user", None, 200),
    ("PATCH", f"{SPACES}/regex/user/{{id}}", rule("username", "ann", priority=2), 200),
    ("DELETE", f"{SPACES}/regex/user/{{id}}?username=ann", None, 204),
    ("POST", f"{SPACES}/regex/group", rule("group_name", "corp/ml"), 201),
    ("GET", f"{SPACES}/regex/group", None, 200),
    ("PATCH", f"{SPACES}/regex/group/{{id}}", rule("group_name", "corp/ml", regex="^other"), 200),
    ("DELETE", f"{SPACES}/regex/group/{{id}}?group_name=corp/ml", None, 204),
    ("DELETE", f"{GROUPS}/corp%2Fml", None, 200),
    ("GET", f"{GROUPS}/corp%2Fml", None, 404),
]

BAD = [
    ("POST", USERS, {"username": "eve"}, 422, "display_name"),
    ("POST", USERS, {"username": ["eve"], "display_name": ""}, 422, "username"),
    ("POST", USERS, {"username": "e:ve", "display_name": ""}, 400, "colon"),
    ("POST", USERS, {"username": "eve", "display_name": "", "password": "short"}, 400, "password"),
    ("POST", USERS, {"username": "ann", "display_name": "", "is_admin": True}, 409, "is_admin"),
    ("DELETE", USERS, {"username": "nobody"}, 404, "nobody"),
    ("DELETE", USERS, {"username": ADMIN}, 409, "last active admin"),
    ("PATCH", f"{USERS}/{ADMIN}/active", {"active": False}, 409, "last active admin"),
    ("PATCH", f"{USERS}/ann/active", {"active": "never"}, 422, "active"),
    ("GET", f"{USERS}?limit=1000", None, 422, "limit"),
    ("GET", f"{GROUPS}?offset=x", None, 422, "offset"),
    ("POST", GROUPS, {"group_name": ""}, 400, "empty"),
    ("POST", GROUPS, ["ml"], 400, "object"),
    ("GET", f"{GROUPS}/no%2Fsuch/users", None, 404, "no/such"),
    ("PUT", f"{GROUPS}/no%2Fsuch/members", {"members": ["ann"]}, 404, "no/such"),
    ("POST", f"{SPACES}/team-a/users", {"username": "ann", "permission": "OWNER"}, 400, "OWNER"),
    ("POST", f"{SPACES}/team-a/users", {"username": "nobody", "permission": "READ"}, 404, "nobody"),
    ("PATCH", f"{SPACES}/team-a/users/ann", {"username": "bob", "permission": "READ"}, 400, "username"),
    ("POST", f"{SPACES}/regex/user", rule("username", "ann", regex="(a"), 400, "(a"),
    ("POST", f"{SPACES}/regex/user", rule("username", "ann", regex="(?!a)b"), 400, "(?!"),
    ("POST", f"{SPACES}/regex/user", rule("username", "ann", priority="high"), 422, "priority"),
    ("DELETE", f"{SPACES}/regex/user/1", None, 422, "username"),
    ("DELETE", f"{SPACES}/regex/user/1?username=ann", None, 404, "ann"),
]
