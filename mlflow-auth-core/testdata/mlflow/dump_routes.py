"""Says which routes a live MLflow server has, and which of them answers a request.

    echo '[["GET", "/api/2.0/mlflow/experiments/get"]]' | python dump_routes.py

Needs the Python packages of `mlflow server --app-name basic-auth` (`pip install mlflow[auth]`). Makes the application as
that command does under uvicorn, in a folder of its own, without listening. Reads requests from standard input, as a JSON
list of method and path, and prints

    {"version": "3.17.2",
     "routes": [{framework, method, path,            path as registered; HEAD and OPTIONS left out
                 handler, message}, ...],            the function that answers, and the protobuf message it reads, or null
     "answers": [path or null, ...]}                 for each request, the path of the route that takes it
"""

import contextlib
import json
import logging
import os
import pathlib
import sys
import tempfile
import warnings


def configure(folder):
    for name in [name for name in os.environ if name.startswith(("MLFLOW_", "_MLFLOW_"))]:
        del os.environ[name]
    config = pathlib.Path(folder, "basic_auth.ini")
    config.write_text(
        "[mlflow]\n"
        "default_permission = NO_PERMISSIONS\n"
        f"database_uri = sqlite:///{folder}/auth.db\n"
        "admin_username = admin\n"
        "admin_password = of-no-use-to-anybody\n"
        "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
    )
    os.environ.update({
        "_MLFLOW_SGI_NAME": "uvicorn",
        "_MLFLOW_SERVER_FILE_STORE": f"sqlite:///{folder}/mlflow.db",
        "_MLFLOW_SERVER_ARTIFACT_DESTINATION": f"{folder}/artifacts",
        "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
        "MLFLOW_AUTH_CONFIG_PATH": str(config),
        "MLFLOW_FLASK_SERVER_SECRET_KEY": "of-no-use-to-anybody",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    })


def methods(route):
    return sorted(set(route.methods or ()) - {"HEAD", "OPTIONS"})


def native_routes(routes, prefix=""):
    """The routes of FastAPI, in the order in which they are tried. Those of an included router lie inside of it."""
    for route in routes:
        if hasattr(route, "original_router"):
            yield from native_routes(route.original_router.routes, prefix + route.include_context.prefix)
        elif hasattr(route, "methods"):
            yield prefix + route.path, route


def answer(native, flask, method, path):
    from werkzeug.exceptions import HTTPException

    for regex, known, route in native:
        if regex.match(path) and method in methods(route):
            return known
    try:
        rule, _ = flask.match(path, method, return_rule=True)
    except HTTPException:
        return None
    return rule.rule


def messages():
    """The request message of each route that a protobuf service names."""
    from dump_messages import SERVICES, short
    from mlflow.protos import databricks_pb2

    for service in SERVICES:
        for rpc in service.DESCRIPTOR.methods:
            for endpoint in rpc.GetOptions().Extensions[databricks_pb2.rpc].endpoints:
                path = endpoint.path.replace("{", "<").replace("}", ">")
                yield (endpoint.method, f"{endpoint.since.major}.0{path}"), short(rpc.input_type)


def name_of(function):
    return f"{function.__module__}.{function.__qualname__}"


def dump(requests):
    from mlflow.server import app as flask_app
    from mlflow.server import auth
    from mlflow.version import VERSION
    from starlette.routing import compile_path

    native = list(native_routes(auth.create_app().routes))
    rules = list(flask_app.url_map.iter_rules())
    named = dict(messages())

    def row(framework, method, path, handler):
        message = named.get((method, path.removeprefix("/api/").removeprefix("/ajax-api/")))
        return {"framework": framework, "method": method, "path": path, "handler": name_of(handler), "message": message}

    routes = [row("fastapi", method, path, route.endpoint) for path, route in native for method in methods(route)]
    handlers = flask_app.view_functions
    routes += [row("flask", method, rule.rule, handlers[rule.endpoint]) for rule in rules for method in methods(rule)]
    compiled = [(compile_path(path)[0], path, route) for path, route in native]
    flask = flask_app.url_map.bind("localhost")
    answers = [answer(compiled, flask, method, path) for method, path in requests]
    return {"version": VERSION, "routes": routes, "answers": answers}


def main():
    requests = json.load(sys.stdin)
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(sys.stderr):
        configure(folder)
        dumped = dump(requests)
    json.dump(dumped, sys.stdout)


if __name__ == "__main__":
    main()
