"""Starting a certified OpenID Connect provider, and getting tokens from it."""

import os
import shutil
from pathlib import Path

import requests

from servers import Server, free_port

SECONDS = 10
SOURCE = Path(__file__).parent / "provider"


def provider_server(data, keys=("one:RS256",), port=None, environment=None):
    """The provider of `provider/`, whose packages are in the folder that `PROVIDER_MODULES` names."""
    modules = os.environ.get("PROVIDER_MODULES")
    node = shutil.which("node")
    if not modules or not node:
        raise RuntimeError("PROVIDER_MODULES must name a folder with `node_modules`, and `node` must be installed")
    data.mkdir(parents=True, exist_ok=True)
    # Node looks for packages beside the program.
    program = Path(modules) / "provider.js"
    for source in SOURCE.glob("*.js"):
        shutil.copy(source, modules)
    port = port or free_port()
    argv = [node, str(program), str(port), *keys]
    ready = "/.well-known/openid-configuration"
    return Server(argv, f"http://127.0.0.1:{port}", ready, data / "provider.log", environment or {})


def token(provider, user, *groups):
    """A token of `user`, in these groups."""
    fields = {"grant_type": "client_credentials", "client_id": user, "client_secret": f"secret of {user}"}
    answer = requests.post(provider.url + "/token", data=fields | {"scope": " ".join(groups)}, timeout=SECONDS)
    answer.raise_for_status()
    return answer.json()["access_token"]


def rotate(provider, *keys):
    """Gives the provider new keys in the place of all it had."""
    requests.post(provider.url + "/test/keys", data=" ".join(keys), timeout=SECONDS).raise_for_status()


def times_asked(provider):
    """How often somebody asked for its keys."""
    return int(requests.get(provider.url + "/test/asked", timeout=SECONDS).text)


def bearer(text):
    """The header that carries a token."""
    return {"Authorization": f"Bearer {text}"}


def times_exchanged(provider):
    """How often somebody asked for tokens."""
    return int(requests.get(provider.url + "/test/tokens", timeout=SECONDS).text)


def put_into(provider, name, *groups):
    """Puts somebody who signs in in a browser into these groups, and no others."""
    form = {"name": name, "groups": " ".join(groups)}
    requests.post(provider.url + "/test/groups", data=form, timeout=SECONDS).raise_for_status()
