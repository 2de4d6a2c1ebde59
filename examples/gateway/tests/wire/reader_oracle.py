"""What a request makes MLflow act on, found by letting MLflow's own handlers read it.

The handlers run in this process, with stores that do nothing but note what they are called with. No reading of ours is
involved: the oracle says what MLflow would have touched.
"""

import contextlib
import io
import posixpath
import re
from unittest import mock
from urllib.parse import unquote
from wsgiref.util import setup_testing_defaults

from mlflow.server import app, handlers

FIRST_EXPERIMENT = 700_000
EXPERIMENTS = 12
PATTERNS = {
    "run": re.compile(r"[0-9a-f]{32}"),
    "logged_model": re.compile(r"m-[0-9a-f]{32}"),
    "trace": re.compile(r"tr-[0-9a-f]{32}"),
    "registered_model": re.compile(r"model-\d+"),
}
STORES = ("_get_tracking_store", "_get_model_registry_store", "_get_artifact_repo_mlflow_artifacts", "_get_artifact_repo")
# Enough for any of the handlers; a loop over pages that never end would go on.
MOST_CALLS = 30


class _Enough(Exception):
    """The handler has said all there is to say."""


class _Recorder:
    """A store that notes the arguments of every call."""

    def __init__(self):
        self.told = []
        self.calls = 0

    def __getattr__(self, name):
        def method(*arguments, **named):
            self.calls += 1
            if self.calls > MOST_CALLS:
                raise _Enough
            _texts([*arguments, *named.values()], self.told)
            return mock.MagicMock()

        return method


def _texts(value, found, depth=0):
    """Collects every text and number in `value`: containers and MLflow's entities are gone through."""
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        found.append(str(value))
    elif isinstance(value, dict):
        _texts([*value.keys(), *value.values()], found, depth)
    elif isinstance(value, (list, tuple, set)) or type(value).__name__ == "RepeatedScalarContainer":
        for item in value:
            _texts(item, found, depth)
    elif hasattr(value, "__dict__") and depth < 5 and not isinstance(value, mock.Mock):
        _texts(vars(value), found, depth + 1)


def acted_on(method, target, content_type, body):
    """The resources that MLflow acts on for a request, as pairs of type and id.

    `target` is what stood in the first line; it is taken apart as MLflow's server does it: the path decoded once.
    """
    recorder = _Recorder()
    path, _, query = target.partition("?")
    environ = {
        "REQUEST_METHOD": method.upper(),
        "PATH_INFO": unquote(path).encode().decode("latin-1"),
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    if content_type is not None:
        environ["CONTENT_TYPE"] = content_type
    setup_testing_defaults(environ)
    in_place = {name: lambda *_, **__: recorder for name in STORES} | {"_is_serving_proxied_artifacts": lambda: True}
    with mock.patch.multiple(handlers, **in_place):
        # What becomes of the answer says nothing: the stores have none to give.
        with contextlib.suppress(Exception):
            b"".join(app.wsgi_app(environ, lambda *_: None))
    return {found for text in recorder.told for found in resources(text)}


def resources(text):
    """The resources that a text names; as the path of an artifact it names the experiment at its beginning."""
    for kind, pattern in PATTERNS.items():
        if pattern.fullmatch(text):
            yield kind, text
    number = as_experiment(text)
    if number:
        yield "experiment", number
    elif "/" in text:
        yield from resources(posixpath.normpath(text).split("/")[0])


def as_experiment(text):
    """The experiment that MLflow's store takes `text` for, if it is one of the test's."""
    try:
        number = int(text)
    except ValueError:
        return None
    return str(number) if 0 <= number - FIRST_EXPERIMENT < EXPERIMENTS else None
