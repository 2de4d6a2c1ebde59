"""Review queues: their owners, their reviewers and their names, with a real MLflow behind the gateway."""

import pytest
from mlflow.genai import review_queues

from parts import name, place
from world import API3

AT = f"{API3}/review-queues"
PEOPLE = ("olga", "eddy", "rita", "sam")


@pytest.fixture(scope="module", params=("union", "first-match"))
def around(request, data, inner):
    """The people around an experiment, in each of the two ways to decide."""
    with place(data / f"queues-{request.param}", inner, request.param) as found:
        yield found


def queue(around, who, *users, called=None, experiment=None):
    """A new queue of somebody, for these users."""
    fields = {"experiment_id": experiment or around.experiment, "name": called or name("queue"), "queue_type": "CUSTOM"}
    return around.make(who, f"{AT}/create", users=list(users), **fields)["review_queue"]


def test_whoever_may_change_the_experiment_makes_queues_and_owns_them(around):
    """Whatever the request says of the owner."""
    fields = {"experiment_id": around.experiment, "queue_type": "CUSTOM", "created_by": "olga"}
    made = [around.call(who, "POST", f"{AT}/create", name=name("q"), **fields) for who in PEOPLE]
    assert [status for status, _ in made] == [200, 200, 403, 403]
    told = made[1][1]["review_queue"]
    assert told["created_by"] == "eddy"
    assert around.inner.get(f"{AT}/get", queue_id=told["queue_id"])["review_queue"]["created_by"] == "eddy"
    with around.holding("eddy", "review_queue", "*", "DENY"):
        assert around.call("eddy", "POST", f"{AT}/create", name=name("q"), **fields)[0] == 403
    mine = queue(around, "admin")
    assert mine["created_by"] == "admin"
    for who, status in zip(PEOPLE, (200, 200, 403, 403)):
        fields = {"experiment_id": around.experiment, "user": "rita"}
        assert around.call(who, "POST", f"{AT}/get-or-create-user", **fields)[0] == status


def test_queues_are_seen_by_managers_owners_and_reviewers(around):
    """Not by others who may change the experiment, and by no reviewer who may not read it."""
    mine = queue(around, "eddy", "Rita ", "sam")
    for path, fields in (
        ("get", {"queue_id": mine["queue_id"]}),
        ("items/list", {"queue_id": mine["queue_id"]}),
        ("get-by-name", {"experiment_id": around.experiment, "name": mine["name"].upper()}),
    ):
        assert around.statuses("GET", f"{AT}/{path}", **fields) == [200, 200, 200, 403], path
    theirs = queue(around, "olga")
    assert around.statuses("GET", f"{AT}/get", queue_id=theirs["queue_id"]) == [200, 403, 403, 403]
    assert around.statuses("GET", f"{AT}/get", queue_id="rq-none") == [403] * 4
    missing = {"experiment_id": around.experiment, "name": name("none")}
    assert around.statuses("GET", f"{AT}/get-by-name", **missing) == [404, 403, 403, 403]
    with around.holding("rita", "review_queue", "*", "MANAGE"):
        assert around.call("rita", "GET", f"{AT}/get", queue_id=theirs["queue_id"])[0] == 200
    with around.holding("eddy", "review_queue", "*", "READ"):
        assert around.call("eddy", "GET", f"{AT}/get", queue_id=mine["queue_id"])[0] == 403


def test_lists_of_queues_hold_those_of_the_caller(around):
    """All of them for whoever may update queues there."""
    mine, theirs = queue(around, "eddy", "rita"), queue(around, "olga", "olga")

    def listed(who, **fields):
        status, answer = around.call(who, "GET", f"{AT}/list", experiment_id=around.experiment, **fields)
        return status, {row["queue_id"] for row in answer.get("review_queues", [])}

    both = {mine["queue_id"], theirs["queue_id"]}
    assert both <= listed("olga")[1] and both <= listed("eddy")[1]
    assert listed("sam")[0] == 403
    assert both & listed("rita")[1] == {mine["queue_id"]}
    assert both & listed("rita", user="olga")[1] == set()
    with around.holding("rita", "review_queue", "*", "EDIT"):
        assert both <= listed("rita")[1]
    with around.holding("eddy", "review_queue", "*", "DENY"):
        assert listed("eddy") == (200, set())


def test_queues_are_changed_by_managers_and_owners(around):
    """And handed over by managers alone."""
    update = f"{AT}/update"
    mine, theirs = queue(around, "eddy", "rita"), queue(around, "olga", "eddy")
    users = {"update_users": True, "users": ["rita"]}
    assert around.statuses("POST", update, queue_id=mine["queue_id"], **users) == [200, 200, 403, 403]
    assert around.statuses("POST", update, queue_id=theirs["queue_id"], **users) == [200, 403, 403, 403]
    for owner in ("eddy", ""):
        assert around.call("eddy", "POST", update, queue_id=mine["queue_id"], new_owner=owner)[0] == 403
    assert around.call("eddy", "POST", update, queue_id=mine["queue_id"], newOwner="eddy")[0] == 403
    assert around.call("olga", "POST", update, queue_id=mine["queue_id"], new_owner="rita")[0] == 200
    # An owner who may only read is none; one who may update is one again.
    assert around.call("eddy", "POST", update, queue_id=mine["queue_id"], **users)[0] == 403
    assert around.call("rita", "POST", update, queue_id=mine["queue_id"], **users)[0] == 403
    with around.holding("rita", "review_queue", "*", "EDIT"):
        assert around.call("rita", "POST", update, queue_id=mine["queue_id"], **users)[0] == 200
    assert around.statuses("POST", f"{AT}/delete", PEOPLE[:0:-1], queue_id=theirs["queue_id"]) == [403, 403, 403]
    assert around.statuses("POST", f"{AT}/delete", ("eddy", "olga"), queue_id=mine["queue_id"]) == [403, 200]
    own = around.make("eddy", f"{AT}/get-or-create-user", experiment_id=around.experiment, user="eddy")["review_queue"]
    assert around.statuses("POST", f"{AT}/delete", ("eddy", "olga"), queue_id=own["queue_id"]) == [403, 200]


def test_items_are_filled_in_by_editors_and_reviewed_by_reviewers(around):
    """Who reviewed one is not for the request to say."""
    trace = around.new_trace(around.experiment)
    mine = queue(around, "eddy", "eddy")["queue_id"]
    theirs = queue(around, "olga", "rita", "olga")["queue_id"]
    item = {"queue_id": theirs, "item_ids": [trace]}
    assert around.statuses("POST", f"{AT}/items/add", **item) == [200, 200, 403, 403]
    assert around.statuses("POST", f"{AT}/items/remove", PEOPLE[:0:-1], **item) == [403, 403, 403]

    status = {"queue_id": theirs, "item_id": trace, "status": "COMPLETE", "completed_by": "eddy"}
    answers = {who: around.call(who, "POST", f"{AT}/items/set-status", **status) for who in PEOPLE}
    # A manager is no reviewer unless the queue says so, and a reviewer needs the right to change besides.
    assert {who: answer[0] for who, answer in answers.items()} == {"olga": 200, "eddy": 403, "rita": 403, "sam": 403}
    assert answers["olga"][1]["item"]["completed_by"] == "olga"
    again = around.call("olga", "POST", f"{AT}/items/set-status", **(status | {"status": "PENDING"}))
    assert again[0] == 200 and "completed_by" not in again[1]["item"]

    around.make("eddy", f"{AT}/items/add", queue_id=mine, item_ids=[trace])
    assert around.call("eddy", "POST", f"{AT}/items/remove", queue_id=mine, item_ids=[trace])[0] == 200


def test_w22_only_traces_that_may_be_read_are_put_into_a_queue(around):
    """Those of other experiments, and those that the caller is denied, are refused."""
    mine = queue(around, "eddy", "eddy")["queue_id"]
    here, there = around.new_trace(around.experiment), around.new_trace(around.new_experiment("olga"))
    for ids in ([there], [here, there], ["tr-none"]):
        assert around.call("eddy", "POST", f"{AT}/items/add", queue_id=mine, item_ids=ids)[0] == 403
    with around.holding("eddy", "trace", "*", "DENY"):
        assert around.call("eddy", "POST", f"{AT}/items/add", queue_id=mine, item_ids=[here])[0] == 403


@pytest.mark.parametrize("who", ["eddy", "admin"])
@pytest.mark.parametrize("called", ["rita", " RITA "])
def test_no_queue_takes_the_name_of_a_user(around, who, called):
    """Not from admins either: it would stand in the place of that user's own."""
    fields = {"experiment_id": around.experiment, "queue_type": "CUSTOM", "name": called}
    assert around.call(who, "POST", f"{AT}/create", **fields)[0] == 400
    mine = queue(around, who)["queue_id"]
    assert around.call(who, "POST", f"{AT}/update", queue_id=mine, name=called)[0] == 400
    assert around.call(who, "POST", f"{AT}/update", queue_id=mine, name=name("free"))[0] == 200
    # Whoever may not make one is not told which users there are.
    assert around.call("sam", "POST", f"{AT}/create", **fields)[0] == 403


def test_mlflows_client_as_an_ordinary_user(around):
    """Through MLflow's own Python client."""
    trace = around.new_trace(around.experiment)
    with around["eddy"].client():
        made = review_queues.create_review_queue(name("mine"), queue_type="custom", users=["eddy"], experiment_id=around.experiment)
        assert review_queues.get_review_queue(queue_id=made.queue_id).created_by == "eddy"
        review_queues.add_items_to_review_queue(made.queue_id, item_ids=[trace])
        done = review_queues.set_review_queue_item_status(made.queue_id, item_id=trace, status="complete", completed_by="eddy")
        assert done.completed_by == "eddy"
        review_queues.delete_review_queue(made.queue_id)
