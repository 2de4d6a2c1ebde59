//! A request read: the one operation that is asked for, as fields and values.

use super::arguments::{Argument, arguments};
use super::asked::{Asked, Collect};
use super::limits::{Wrong, parse};
use apollo_compiler::executable::Operation;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::{Map, Value};

/// The operation that is asked for.
#[derive(Debug, PartialEq)]
pub(super) struct Query {
    /// `query` or `mutation`.
    pub(super) does: &'static str,
    /// The type of its root.
    pub(super) root: String,
    pub(super) fields: Vec<Root>,
}

/// A field of the root.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Root {
    pub(super) asked: Asked,
    pub(super) arguments: Vec<Argument>,
}

impl Query {
    /// Reads the parameters of a request: `query`, `variables` and `operationName`.
    ///
    /// # Errors
    /// [`Wrong`] if they cannot be read, keep not within the limits, or ask for what the schema does not know.
    pub(super) fn read(schema: &Valid<Schema>, params: &Map<String, Value>) -> Result<Self, Wrong> {
        let unreadable = |problem: &str| Err(Wrong::Unreadable(problem.to_owned()));
        let Some(Value::String(text)) = params.get("query") else {
            return unreadable("the parameter `query` must be a string");
        };
        let name = match params.get("operationName") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name.as_str()),
            Some(_) => return unreadable("the parameter `operationName` must be a string"),
        };
        let given = match params.get("variables") {
            None | Some(Value::Null) => &Map::new(),
            Some(Value::Object(variables)) => variables,
            Some(_) => return unreadable("the parameter `variables` must be an object"),
        };
        let document = parse(text)?.to_executable_validate(schema).map_err(|wrong| invalid(&wrong.errors))?;
        let operation = document.operations.get(name).map_err(|error| Wrong::because(error.message().to_string()))?;
        let variables = variables(schema, operation, given)?;
        Self::collect(schema, &document, operation, &variables)
    }

    fn collect(
        schema: &Schema,
        document: &ExecutableDocument,
        operation: &Operation,
        variables: &Map<String, Value>,
    ) -> Result<Self, Wrong> {
        let does = match (operation.is_query(), operation.is_mutation()) {
            (true, _) => "query",
            (_, true) => "mutation",
            _ => return Err(Wrong::because("subscriptions are not supported")),
        };
        let root = operation.object_type();
        let collect = Collect { schema, document, variables };
        let mut fields = Vec::new();
        for group in collect.groups(root, &[&operation.selection_set])? {
            let nodes = group.1.iter().map(|node| arguments(schema, node, variables));
            let mut nodes = nodes.collect::<Result<Vec<_>, Wrong>>()?;
            let arguments = nodes.pop().unwrap_or_default();
            if nodes.iter().any(|other| *other != arguments) {
                return Err(Wrong::because(format!("`{}` is asked for with different arguments", group.0)));
            }
            fields.push(Root { asked: collect.asked(root, &group)?, arguments });
        }
        Ok(Self { does, root: root.to_string(), fields })
    }
}

fn variables(
    schema: &Valid<Schema>,
    operation: &Operation,
    given: &Map<String, Value>,
) -> Result<Map<String, Value>, Wrong> {
    let unreadable = |error: serde_json::Error| Wrong::because(format!("the variables cannot be read: {error}"));
    let given: JsonMap = serde_json::from_value(Value::Object(given.clone())).map_err(unreadable)?;
    let coerced = coerce_variable_values(schema, operation, &given);
    let coerced = coerced.map_err(|error| Wrong::because(error.message().to_string()))?;
    match serde_json::to_value(coerced.into_inner()).map_err(unreadable)? {
        Value::Object(variables) => Ok(variables),
        _ => Ok(Map::new()),
    }
}

/// How many problems of one document are told.
const MOST_TOLD: usize = 10;

fn invalid(errors: &DiagnosticList) -> Wrong {
    Wrong::Invalid(errors.iter().take(MOST_TOLD).map(|error| error.to_json().message).collect())
}
