"""MLflow's own pages in a real Chromium, behind the gateway: accounts, users, roles, what one may read, and log-out."""

import time
from urllib.parse import quote

import pytest
from selenium.webdriver.common.by import By

from browser import button, chromium, fetch, fill, leave, shows, tab, text, wait
from clients import Caller, admin, password_of
from conftest import running
from servers import ADMIN, ADMIN_PASSWORD, gateway_server
from world import API, API3

CURRENT = "/ajax-api/2.0/mlflow/users/current"


@pytest.fixture(scope="module")
def gateway(data, inner):
    """A gateway with a user, and what the user may read and may not."""
    with running(gateway_server(data / "ui", inner.url, "union", "NO_PERMISSIONS")) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def things(gateway):
    """Two experiments with a run each, of which bob may read one; a role that bob has."""
    owner = admin(gateway.url)
    owner.create_user("bob")
    told = {name: _experiment(owner, name) for name in ("shown", "hidden")}
    owner.grant("bob", "experiment", told["shown"][0], "READ")
    role = owner.post(f"{API3}/roles/create", workspace="default", name="analysts", description="look at things")["role"]["id"]
    allows = {"resource_type": "prompt", "resource_pattern": "*", "permission": "EDIT"}
    owner.post(f"{API3}/roles/permissions/add", role_id=role, **allows)
    owner.post(f"{API3}/roles/assign", role_id=role, username="bob")
    return told | {"role": role}


def _experiment(owner, name):
    experiment = owner.post(f"{API}/experiments/create", name=f"{name}-in-pages")["experiment_id"]
    run = owner.post(f"{API}/runs/create", experiment_id=experiment, start_time=1, run_name=f"run-of-{name}")["run"]["info"]["run_id"]
    owner.post(f"{API}/runs/log-parameter", run_id=run, key="depth", value=f"17-{name}")
    owner.post(f"{API}/runs/log-metric", run_id=run, key="loss", value=0.25, timestamp=1, step=1)
    return experiment, run


@pytest.fixture
def browser(tmp_path):
    """A browser that nobody has used."""
    with chromium(tmp_path / "profile") as browser:
        yield browser


def come_in(browser, gateway, user=ADMIN, password=ADMIN_PASSWORD):
    """Opens the pages, with the name and the password that the browser's prompt would be given."""
    browser.get(gateway.url.replace("://", f"://{user}:{quote(password)}@") + "/version")
    browser.get(gateway.url)
    shows(browser, "Experiments")


def go(browser, gateway, page):
    """Opens a page, as a link would."""
    browser.get(f"{gateway.url}/#{page}")
    browser.refresh()


def test_an_admin_makes_users(browser, gateway, things):
    """And sees them, with their roles."""
    come_in(browser, gateway)
    go(browser, gateway, "/admin")
    shows(browser, "analysts")
    button(browser, "Create User")
    fill(browser, "Enter username", "eve")
    fill(browser, "Enter password", password_of("eve"))
    button(browser, "Create user")
    wait(browser, lambda b: b.find_elements(By.LINK_TEXT, "eve"), "the row of eve")
    assert Caller(gateway.url, "eve", password_of("eve")).get(f"{API}/users/current")["username"] == "eve"
    go(browser, gateway, "/admin/users/bob")
    shows(browser, "analysts")
    tab(browser, "Permissions")
    shows(browser, f"experiment:{things['shown'][0]}\nREAD\nDirect")
    shows(browser, "prompt:all\nEDIT\nanalysts")



def test_an_admin_makes_roles(browser, gateway, things):
    """And sees what they hold."""
    come_in(browser, gateway)
    go(browser, gateway, f"/admin/roles/{things['role']}")
    shows(browser, "analysts")
    shows(browser, "EDIT")
    go(browser, gateway, "/admin")
    tab(browser, "Roles")
    shows(browser, "look at things")
    button(browser, "Create Role")
    fill(browser, "Enter role name", "writers")
    fill(browser, "Enter description (optional)", "write things")
    button(browser, "Create role")
    shows(browser, "writers\nwrite things")
    made = admin(gateway.url).get(f"{API3}/roles/list", workspace="default")["roles"]
    assert {role["name"] for role in made} >= {"analysts", "writers"}


def test_everybody_sees_their_account(browser, gateway, things):
    """Their roles, and what they hold."""
    come_in(browser, gateway, "bob", password_of("bob"))
    go(browser, gateway, "/account")
    shows(browser, "Logged in as bob")
    shows(browser, "analysts")
    tab(browser, "Permissions")
    shows(browser, f"experiment:{things['shown'][0]}\nREAD\nDirect")


def test_one_changes_the_password(browser, gateway):
    """On the account's page, with the one that there was."""
    dora = admin(gateway.url).create_user("dora")
    come_in(browser, gateway, "dora", dora.password)
    go(browser, gateway, "/account")
    button(browser, "Change password")
    fill(browser, "Enter current password", dora.password)
    fill(browser, "Enter new password", password_of("dora-anew"))
    fill(browser, "Confirm new password", password_of("dora-anew"))
    button(browser, "Update password")
    changed = Caller(gateway.url, "dora", password_of("dora-anew"))
    wait(browser, lambda b: changed.call("GET", CURRENT).status_code == 200, "that the new password counts")
    assert dora.call("GET", CURRENT).status_code == 401


def test_the_pages_show_what_one_may_read(browser, gateway, things):
    """Experiments, runs in a list, and one run, of which the page asks by GraphQL too."""
    come_in(browser, gateway, "bob", password_of("bob"))
    go(browser, gateway, "/experiments")
    shows(browser, "shown-in-pages")
    assert "hidden-in-pages" not in text(browser)
    experiment, run = things["shown"]
    go(browser, gateway, f"/experiments/{experiment}/runs")
    shows(browser, "run-of-shown")
    go(browser, gateway, f"/experiments/{experiment}/runs/{run}")
    shows(browser, "17-shown")
    experiment, run = things["hidden"]
    go(browser, gateway, f"/experiments/{experiment}/runs/{run}")
    shows(browser, "Run page loading")
    path = f"/ajax-api/2.0/mlflow/runs/get?run_id={run}"
    wait(browser, lambda b: fetch(b, path)[0] == 403, "that the run is refused")
    assert "17-hidden" not in text(browser)


def test_one_leaves_by_the_pages(browser, gateway, things):
    """*Logout* makes the browser forget what it was told at its prompt."""
    come_in(browser, gateway, "bob", password_of("bob"))
    assert fetch(browser, CURRENT)[0] == 200
    leave(browser, "bob")
    # What is there now is the prompt of the browser, and no page that could call anything.
    wait(browser, lambda b: "Experiments" not in text(b) and fetch(b, CURRENT)[0] in (0, 401), "that the browser has forgotten")
    time.sleep(1)
    assert fetch(browser, CURRENT)[0] != 200
