//! Grants on objects: what users and groups hold, exact or by a pattern, and who holds something on an object.

use super::{Act, Holder, Operation, PAGING};
use crate::routes::{
    Access,
    Mount::Both,
    Route,
    Takes::{Json, Query},
};

/// A kind of object, as the paths name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Objects {
    /// Experiments, by id.
    Experiments,
    /// Registered models, by name.
    RegisteredModels,
    /// Prompts, by name.
    Prompts,
    /// Scorers, by experiment id and name.
    Scorers,
    /// Endpoints of the AI gateway, by name.
    GatewayEndpoints,
    /// Secrets of the AI gateway, by name.
    GatewaySecrets,
    /// Model definitions of the AI gateway, by name.
    GatewayModelDefinitions,
    /// MCP servers, by name.
    McpServers,
}

impl Objects {
    /// All there are.
    pub const ALL: [Objects; 8] = [
        Objects::Experiments,
        Objects::RegisteredModels,
        Objects::Prompts,
        Objects::Scorers,
        Objects::GatewayEndpoints,
        Objects::GatewaySecrets,
        Objects::GatewayModelDefinitions,
        Objects::McpServers,
    ];
}

const PERMISSION: &[&str] = &["permission"];
const PATTERN: &[&str] = &["regex", "priority", "permission"];

const fn holds(objects: Objects, holder: Holder, act: Act) -> Access {
    Access::Plugin(Operation::Grants(objects, holder, act))
}

const fn matches(objects: Objects, holder: Holder, act: Act) -> Access {
    Access::Plugin(Operation::Patterns(objects, holder, act))
}

const fn holders(objects: Objects, holder: Holder) -> Access {
    Access::Plugin(Operation::Holders(objects, holder))
}

const fn objects(objects: Objects) -> Access {
    Access::Plugin(Operation::Objects(objects))
}

/// What one holder holds on objects of one kind: all of it, and one exact grant.
macro_rules! exact {
    ($holder:expr, $objects:expr, $at:expr, $id:literal) => {
        [
            Route::get($at).under(Both).open_to(holds($objects, $holder, Act::List)),
            Route::get(concat!($at, $id)).under(Both).open_to(holds($objects, $holder, Act::Get)),
            Route::post(concat!($at, $id)).under(Both).takes(Json(PERMISSION)).open_to(holds(
                $objects,
                $holder,
                Act::Create,
            )),
            Route::patch(concat!($at, $id)).under(Both).takes(Json(PERMISSION)).open_to(holds(
                $objects,
                $holder,
                Act::Change,
            )),
            Route::delete(concat!($at, $id)).under(Both).open_to(holds($objects, $holder, Act::Revoke)),
        ]
    };
}

/// The patterns that one holder holds on objects of one kind.
macro_rules! patterns {
    ($holder:expr, $objects:expr, $at:expr) => {
        [
            Route::get($at).under(Both).open_to(matches($objects, $holder, Act::List)),
            Route::post($at).under(Both).takes(Json(PATTERN)).open_to(matches($objects, $holder, Act::Create)),
            Route::get(concat!($at, "/{id}")).under(Both).open_to(matches($objects, $holder, Act::Get)),
            Route::patch(concat!($at, "/{id}")).under(Both).takes(Json(PATTERN)).open_to(matches(
                $objects,
                $holder,
                Act::Change,
            )),
            Route::delete(concat!($at, "/{id}")).under(Both).open_to(matches($objects, $holder, Act::Revoke)),
        ]
    };
}

/// Who holds something on one object.
macro_rules! held_by {
    ($objects:expr, $at:expr) => {
        [
            Route::get(concat!($at, "/users")).under(Both).open_to(holders($objects, Holder::User)),
            Route::get(concat!($at, "/groups")).under(Both).open_to(holders($objects, Holder::Group)),
        ]
    };
}

/// All rows of one kind of object: where it stands below a holder, what names one object there, where its patterns stand,
/// and where the objects themselves are listed.
macro_rules! rows {
    ($($objects:ident: $words:literal $id:literal, $patterns:literal, $listed:literal $listed_id:literal;)*) => {
        &[$(
            &exact!(Holder::User, Objects::$objects, concat!("/2.0/mlflow/permissions/users/{username}/", $words), $id),
            &exact!(Holder::Group, Objects::$objects, concat!("/2.0/mlflow/permissions/groups/{group_name}/", $words), $id),
            &patterns!(Holder::User, Objects::$objects, concat!("/2.0/mlflow/permissions/users/{username}/", $patterns)),
            &patterns!(Holder::Group, Objects::$objects, concat!("/2.0/mlflow/permissions/groups/{group_name}/", $patterns)),
            &held_by!(Objects::$objects, concat!($listed, $listed_id)),
        )*]
    };
}

/// Registered models and prompts share one registry, and are told apart by what they are there. MCP servers have no
/// patterns in mlflow-oidc-auth; here they have.
pub(super) static ROWS: &[&[Route]] = rows! {
    Experiments: "experiments" "/{experiment_id}", "experiment-patterns",
        "/2.0/mlflow/permissions/experiments" "/{experiment_id}";
    RegisteredModels: "registered-models" "/{name:path}", "registered-models-patterns",
        "/2.0/mlflow/permissions/registered-models" "/{name:path}";
    Prompts: "prompts" "/{name:path}", "prompts-patterns",
        "/2.0/mlflow/permissions/prompts" "/{name:path}";
    Scorers: "scorers" "/{experiment_id}/{scorer_name:path}", "scorer-patterns",
        "/3.0/mlflow/permissions/scorers" "/{experiment_id}/{scorer_name:path}";
    GatewayEndpoints: "gateways/endpoints" "/{name:path}", "gateways/endpoints-patterns",
        "/2.0/mlflow/permissions/gateways/endpoints" "/{name:path}";
    GatewaySecrets: "gateways/secrets" "/{name:path}", "gateways/secrets-patterns",
        "/2.0/mlflow/permissions/gateways/secrets" "/{name:path}";
    GatewayModelDefinitions: "gateways/model-definitions" "/{name:path}", "gateways/model-definitions-patterns",
        "/2.0/mlflow/permissions/gateways/model-definitions" "/{name:path}";
    McpServers: "mcp-servers" "/{name:path}", "mcp-servers-patterns",
        "/2.0/mlflow/permissions/mcp-servers" "/{name:path}";
};

/// The objects themselves.
pub(super) static OBJECTS: &[Route] = &[
    Route::get("/2.0/mlflow/permissions/experiments")
        .under(Both)
        .takes(Query(PAGING))
        .open_to(objects(Objects::Experiments)),
    Route::get("/2.0/mlflow/permissions/registered-models")
        .under(Both)
        .takes(Query(PAGING))
        .open_to(objects(Objects::RegisteredModels)),
    Route::get("/2.0/mlflow/permissions/prompts").under(Both).takes(Query(PAGING)).open_to(objects(Objects::Prompts)),
    Route::get("/3.0/mlflow/permissions/scorers/{experiment_id}")
        .under(Both)
        .takes(Query(PAGING))
        .open_to(objects(Objects::Scorers)),
    Route::get("/2.0/mlflow/permissions/gateways/endpoints")
        .under(Both)
        .takes(Query(PAGING))
        .open_to(objects(Objects::GatewayEndpoints)),
    Route::get("/2.0/mlflow/permissions/gateways/secrets")
        .under(Both)
        .takes(Query(PAGING))
        .open_to(objects(Objects::GatewaySecrets)),
    Route::get("/2.0/mlflow/permissions/gateways/model-definitions")
        .under(Both)
        .takes(Query(PAGING))
        .open_to(objects(Objects::GatewayModelDefinitions)),
    Route::get("/2.0/mlflow/permissions/mcp-servers")
        .under(Both)
        .takes(Query(PAGING))
        .open_to(objects(Objects::McpServers)),
];

#[cfg(test)]
mod tests {
    use super::super::routes;
    use super::*;
    use crate::routes::RouteTable;

    #[test]
    fn every_kind_of_object_has_every_operation() {
        for objects in Objects::ALL {
            let mut missing = Vec::new();
            let has =
                |wanted: Operation| routes().any(|row| matches!(row.access, Access::Plugin(own) if own == wanted));
            for holder in [Holder::User, Holder::Group] {
                for act in [Act::List, Act::Get, Act::Create, Act::Change, Act::Revoke] {
                    missing.push(Operation::Grants(objects, holder, act));
                    missing.push(Operation::Patterns(objects, holder, act));
                }
                missing.push(Operation::Holders(objects, holder));
            }
            missing.push(Operation::Objects(objects));
            missing.retain(|operation| !has(*operation));
            assert!(missing.is_empty(), "{missing:?}");
        }
    }

    #[test]
    fn what_stands_last_is_told_from_the_name() {
        use Objects::{GatewaySecrets, Prompts, Scorers};
        let table = RouteTable::new(routes().copied()).unwrap();
        let root = "api/2.0/mlflow/permissions";
        let held = |word: &str| format!("api/3.0/mlflow/permissions/scorers/1/{word}");
        for (path, operation, name) in [
            (format!("{root}/prompts/a/users"), Operation::Holders(Prompts, Holder::User), "a"),
            (format!("{root}/prompts/a/b/users"), Operation::Holders(Prompts, Holder::User), "a/b"),
            (format!("{root}/prompts/a/users/users"), Operation::Holders(Prompts, Holder::User), "a/users"),
            (format!("{root}/prompts/users/groups"), Operation::Holders(Prompts, Holder::Group), "users"),
            (held("a/groups/users"), Operation::Holders(Scorers, Holder::User), "a/groups"),
            (
                format!("{root}/users/ann/prompts/a/users"),
                Operation::Grants(Prompts, Holder::User, Act::Get),
                "a/users",
            ),
            (format!("{root}/groups/users/prompts/a"), Operation::Grants(Prompts, Holder::Group, Act::Get), "a"),
            (
                format!("{root}/groups/ml/gateways/secrets-patterns/3"),
                Operation::Patterns(GatewaySecrets, Holder::Group, Act::Get),
                "3",
            ),
            (
                format!("{root}/groups/ml/gateways/secrets/secrets-patterns/3"),
                Operation::Grants(GatewaySecrets, Holder::Group, Act::Get),
                "secrets-patterns/3",
            ),
        ] {
            let segments: Vec<&str> = path.split('/').collect();
            let found = table.find("GET", &segments).unwrap();
            assert!(matches!(found.route.access, Access::Plugin(own) if own == operation), "{path}: {:?}", found.route);
            assert_eq!(found.path.last().unwrap().1, name, "{path}");
        }
    }
}
