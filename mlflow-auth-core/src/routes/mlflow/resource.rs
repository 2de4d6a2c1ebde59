//! Resources as people name them: a type and an id.

use crate::routes::is_experiment_id;
use crate::vocabulary::{NarrowedTo, Resource, ResourceType, Workspace};
use percent_encoding::percent_decode_str;

/// Types that have no ids of their own to ask about or to grant on: sub-resources, all together.
pub const EVERY_ONLY: [ResourceType; 9] = [
    ResourceType::RUN,
    ResourceType::TRACE,
    ResourceType::ASSESSMENT,
    ResourceType::LOGGED_MODEL,
    ResourceType::REVIEW_QUEUE,
    ResourceType::REGISTERED_MODEL_VERSION,
    ResourceType::PROMPT_VERSION,
    ResourceType::SCORER_VERSION,
    ResourceType::MCP_SERVER_VERSION,
];

/// Where MLflow (3.17.2) tells the name of a resource: a `GET` with its id as a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NameSource {
    /// The segments of the path, below the prefix of the server.
    pub path: &'static [&'static str],
    /// The parameter of the query that holds the id.
    pub parameter: &'static str,
    /// Where in the answer the name stands, as a JSON pointer (RFC 6901).
    pub pointer: &'static str,
}

static NAMED_BY_MLFLOW: [(ResourceType, NameSource); 4] = [
    (
        ResourceType::EXPERIMENT,
        NameSource {
            path: &["api", "2.0", "mlflow", "experiments", "get"],
            parameter: "experiment_id",
            pointer: "/experiment/name",
        },
    ),
    (
        ResourceType::GATEWAY_SECRET,
        NameSource {
            path: &["api", "3.0", "mlflow", "gateway", "secrets", "get"],
            parameter: "secret_id",
            pointer: "/secret/secret_name",
        },
    ),
    (
        ResourceType::GATEWAY_ENDPOINT,
        NameSource {
            path: &["api", "3.0", "mlflow", "gateway", "endpoints", "get"],
            parameter: "endpoint_id",
            pointer: "/endpoint/name",
        },
    ),
    (
        ResourceType::GATEWAY_MODEL_DEFINITION,
        NameSource {
            path: &["api", "3.0", "mlflow", "gateway", "model-definitions", "get"],
            parameter: "model_definition_id",
            pointer: "/model_definition/name",
        },
    ),
];

/// Where to ask for the name that patterns match, of the types of which an id does not tell it: experiments, and what the
/// AI gateway keeps. `None` for every other type.
pub fn named_by_mlflow(kind: &ResourceType) -> Option<&'static NameSource> {
    NAMED_BY_MLFLOW.iter().find(|(named, _)| named == kind).map(|(_, source)| source)
}

/// A type and an id that name no resource of MLflow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnknownResource {
    /// The type is none of MLflow's.
    #[error("`{}` is not a resource type; use one of {}", .0.escape_debug(), names())]
    Type(String),
    /// The type has no ids of its own.
    #[error("the resource id of type `{0}` must be `*`, not `{id}`; they are granted all together", id = .1.escape_debug())]
    EveryOnly(ResourceType, String),
    /// The type is one of parts of other resources, to which nobody can be narrowed.
    #[error("a token cannot be narrowed to `{0}`: name what they belong to")]
    Part(ResourceType),
    /// It is not how ids of the type look.
    #[error("the {0} id `{id}` is not {2}", id = .1.escape_debug())]
    Id(ResourceType, String, &'static str),
}

fn names() -> String {
    ResourceType::MLFLOW.iter().map(ResourceType::name).collect::<Vec<_>>().join(", ")
}

/// The resource of MLflow (3.17.2) that a type and an id name, in the workspace `default`; `*` stands for everything of
/// the type. What patterns match is set where the id tells it: unless it is [`named_by_mlflow`].
///
/// # Errors
/// [`UnknownResource`] if there can be no such resource.
pub fn resource(kind: &str, id: &str) -> Result<Resource, UnknownResource> {
    let Some(kind) = ResourceType::MLFLOW.iter().find(|known| known.name() == kind).cloned() else {
        return Err(UnknownResource::Type(kind.to_owned()));
    };
    if id == "*" {
        return Ok(Resource::every(kind));
    }
    if EVERY_ONLY.contains(&kind) {
        return Err(UnknownResource::EveryOnly(kind, id.to_owned()));
    }
    if id.is_empty() {
        return Err(UnknownResource::Id(kind, String::new(), "given"));
    }
    if kind == ResourceType::SCORER {
        return scorer(id).ok_or_else(|| UnknownResource::Id(kind, id.to_owned(), "`<experiment id>/<name>`"));
    }
    if kind == ResourceType::EXPERIMENT && !is_experiment_id(id) {
        return Err(UnknownResource::Id(kind, id.to_owned(), "a decimal number"));
    }
    Ok(if named_by_mlflow(&kind).is_some() { Resource::new(kind, id) } else { Resource::named(kind, id) })
}

/// What a proof can be narrowed to: the same, in a workspace or, without one, in every one. Parts of other resources, such
/// as runs, are reached through what they belong to alone.
///
/// # Errors
/// [`UnknownResource`] if there can be no such resource, or it is a part of another one.
pub fn narrowed_to(kind: &str, id: &str, workspace: Option<Workspace>) -> Result<NarrowedTo, UnknownResource> {
    if let Some(part) = EVERY_ONLY.iter().find(|part| part.name() == kind) {
        return Err(UnknownResource::Part(part.clone()));
    }
    let Resource { kind, id, .. } = resource(kind, id)?;
    Ok(NarrowedTo { kind, id, workspace })
}

/// The experiment that a scorer belongs to, by the id of the scorer. In first-match mode, as in mlflow-oidc-auth (11.0.2),
/// it speaks where nobody granted anything on the scorer. `None` for every other resource, and for all scorers together.
pub fn experiment_of_scorer(resource: &Resource) -> Option<Resource> {
    let id = resource.id.as_deref().filter(|_| resource.kind == ResourceType::SCORER)?;
    let (experiment, _) = id.split_once('/')?;
    Some(Resource::new(ResourceType::EXPERIMENT, experiment).in_workspace(resource.workspace.clone()))
}

fn scorer(id: &str) -> Option<Resource> {
    let (experiment, name) = id.split_once('/')?;
    let name = percent_decode_str(name).decode_utf8().ok()?;
    let valid = is_experiment_id(experiment) && !name.is_empty();
    valid.then(|| Resource::new(ResourceType::SCORER, id).with_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        let cases = [
            ("registered_model", "churn", Ok((Some("churn"), Some("churn")))),
            ("experiment", "7", Ok((Some("7"), None))),
            ("gateway_endpoint", "e-1", Ok((Some("e-1"), None))),
            ("experiment", "*", Ok((None, None))),
            ("run", "*", Ok((None, None))),
            ("scorer", "7/my%20judge", Ok((Some("7/my%20judge"), Some("my judge")))),
            ("workspace", "blue", Ok((Some("blue"), Some("blue")))),
            ("model", "churn", Err("`model` is not a resource type; use one of workspace, experiment, run,")),
            ("run", "abc", Err("the resource id of type `run` must be `*`, not `abc`")),
            ("experiment", "churn", Err("the experiment id `churn` is not a decimal number")),
            ("scorer", "judge", Err("the scorer id `judge` is not `<experiment id>/<name>`")),
            ("prompt", "", Err("the prompt id `` is not given")),
            ("a\nb", "x", Err("`a\\nb` is not a resource type")),
        ];
        for (kind, id, expected) in cases {
            match (resource(kind, id), expected) {
                (Ok(found), Ok(expected)) => assert_eq!((found.id.as_deref(), found.name.as_deref()), expected),
                (Err(error), Err(said)) => assert!(error.to_string().starts_with(said), "{error}"),
                (found, _) => panic!("{kind} {id}: {found:?}"),
            }
        }
    }
}
