"""All cases."""

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


def cases():
    """The cases of all families."""
    for module in FAMILIES:
        family = module.__name__.rsplit(".", 1)[1]
        yield from (replace(case, family=family) for case in module.CASES)
