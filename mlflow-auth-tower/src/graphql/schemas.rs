//! Schemas, each parsed once.

use crate::reply::Reply;
use apollo_compiler::Schema;
use apollo_compiler::validation::Valid;
use mlflow_auth_core::routes::GraphQl;
use std::sync::{Arc, PoisonError, RwLock};

/// The schemas of the services that were asked for.
#[derive(Default)]
pub(crate) struct Schemas(RwLock<Vec<(&'static str, Parsed)>>);

type Parsed = Arc<Valid<Schema>>;

impl Schemas {
    /// The schema of `service`.
    ///
    /// # Errors
    /// A 500 if it is none, which tests rule out for MLflow's.
    pub(super) fn of(&self, service: &GraphQl) -> Result<Parsed, Reply> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, schema)) = known.iter().find(|(text, _)| std::ptr::eq(*text, service.schema)) {
            return Ok(schema.clone());
        }
        drop(known);
        let schema = parse(service.schema).map_err(Reply::internal)?;
        self.0.write().unwrap_or_else(PoisonError::into_inner).push((service.schema, schema.clone()));
        Ok(schema)
    }
}

pub(super) fn parse(text: &str) -> Result<Parsed, String> {
    let schema = Schema::parse_and_validate(text, "schema.graphql");
    schema.map(Arc::new).map_err(|wrong| format!("the GraphQL schema is broken: {}", wrong.errors))
}
