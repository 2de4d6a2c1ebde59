//! Routes as data: which operation a request is, what it needs, and what happens to its answer.
//!
//! A row is one operation. [`mlflow`] holds MLflow's; a service that is not MLflow writes a table of its own:
//!
//! ```
//! use mlflow_auth_core::routes::{Effect, Id, Need, Route, RouteTable, Takes};
//! use mlflow_auth_core::Action;
//!
//! static DATASETS: &[Route] = &[
//!     Route::get("/datasets/{id}").needs(&[Need::on("dataset", Action::Read, Id::one("id"))]),
//!     Route::post("/datasets")
//!         .takes(Takes::Json(&["id"]))
//!         .needs(&[Need::create("dataset")])
//!         .then(Effect::CreatorManages { kind: "dataset", id: "id" }),
//! ];
//! let table = RouteTable::new(DATASETS.iter().cloned()).unwrap();
//! assert!(table.find("GET", &["datasets", "iris"]).is_some());
//! ```

mod check;
mod effect;
mod graphql;
mod message;
pub mod mlflow;
mod need;
pub mod oidc_plugin;
pub mod older;
pub mod ours;
mod params;
mod redaction;
mod route;
mod rows;
pub mod sign_in;
mod table;

pub use check::{CheckedQuery, FieldError, Problem, check, check_query, is_experiment_id, is_version};
pub use effect::{Effect, McpEffect};
pub use graphql::{FieldRule, GraphQl, Sees};
pub use message::{Enum, Field, Kind, Message};
pub use need::{
    DatasetNeed, EndpointNamed, GatewayNeed, Id, JobNeed, McpNeed, Named, Need, Part, Queue, QueueNeed, ScorerNeed,
    Scorers, When, WorkspaceNeed,
};
pub use params::{Params, PathError};
pub use redaction::{Redaction, Withheld};
pub use route::{Access, Mount, Route, Takes};
pub use rows::{ById, Page, RowKind};
pub use table::{Found, RouteTable, TableError};
