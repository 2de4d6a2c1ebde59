"""All cases, and which families the gateway has."""

from dataclasses import replace

from .families import (
    accounts,
    artifacts,
    assistant,
    datasets,
    experiments,
    gateway,
    gateway_traffic,
    graphql,
    issues,
    jobs,
    label_schemas,
    legacy,
    logged_models,
    mcp,
    registered_models,
    review_queues,
    roles,
    runs,
    scorers,
    traces,
    ui,
    webhooks,
    workspaces,
)

FAMILIES = (
    experiments, runs, traces, logged_models, registered_models, artifacts, accounts, ui, webhooks, scorers, datasets,
    issues, label_schemas, review_queues, gateway, gateway_traffic, mcp, jobs, roles, workspaces, assistant, graphql,
    legacy,
)  # fmt: skip
# What the gateway refuses to everybody but admins for now.
NOT_YET = {
    "scorers", "datasets", "issues", "label_schemas", "review_queues", "gateway", "gateway_traffic", "mcp", "jobs", "roles",
    "workspaces", "assistant", "graphql", "legacy",
}  # fmt: skip


def cases(names=None):
    """The cases of some families, or of all."""
    for module in FAMILIES:
        family = module.__name__.rsplit(".", 1)[1]
        if names is None or family in names:
            yield from (replace(case, family=family) for case in module.CASES)


def there():
    """The families that the gateway has."""
    return {module.__name__.rsplit(".", 1)[1] for module in FAMILIES} - NOT_YET
