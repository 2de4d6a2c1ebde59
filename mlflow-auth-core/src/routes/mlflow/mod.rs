//! MLflow's routes (3.17.2), one file per family.
//!
//! The rows say what MLflow's own basic-auth asks for (`mlflow/server/auth/__init__.py`), and here and there more. Where a
//! row reads its parameters is taken from the handlers (`mlflow/server/handlers.py`, and the routers of
//! `mlflow/server/fastapi_app.py`). A test holds the table against a live server.

mod accounts;
mod artifacts;
mod assistant;
mod datasets;
mod experiments;
mod gateway;
mod gateway_traffic;
mod graphql;
mod issues;
mod jobs;
mod label_schemas;
mod logged_models;
mod mcp;
#[rustfmt::skip]
mod messages;
mod registered_models;
mod resource;
mod review_queues;
mod roles;
mod runs;
mod scorers;
mod traces;
mod ui;
mod webhooks;
mod workspaces;

pub use resource::{
    EVERY_ONLY, NameSource, UnknownResource, experiment_of_scorer, named_by_mlflow, narrowed_to, resource,
};
pub use traces::DATA_TAGS;

use super::{Message, Route, RouteTable, TableError};

const FAMILIES: &[&[Route]] = &[
    experiments::ROUTES,
    runs::ROUTES,
    traces::ROUTES,
    logged_models::ROUTES,
    registered_models::ROUTES,
    artifacts::ROUTES,
    ui::ROUTES,
    accounts::ROUTES,
    roles::ROUTES,
    scorers::ROUTES,
    datasets::ROUTES,
    issues::ROUTES,
    label_schemas::ROUTES,
    review_queues::ROUTES,
    gateway::ROUTES,
    gateway_traffic::ROUTES,
    mcp::ROUTES,
    jobs::ROUTES,
    webhooks::ROUTES,
    workspaces::ROUTES,
    assistant::ROUTES,
    graphql::ROUTES,
];

/// All rows.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    FAMILIES.iter().copied().flatten()
}

/// The table of all rows.
///
/// # Errors
/// None for these rows; a test sees to it.
pub fn table() -> Result<RouteTable, TableError> {
    RouteTable::new(routes().copied())
}

/// The message of a request, by the name under which MLflow's handlers know it, such as `GetExperiment`.
pub fn message(name: &str) -> Option<&'static Message> {
    let found = messages::REQUESTS.binary_search_by_key(&name, |message| message.name).ok()?;
    messages::REQUESTS.get(found).copied()
}
