//! The REST API of mlflow-oidc-auth (11.0.2) as data, and what it lacks, beside MLflow's own routes.
//!
//! Every row is answered by this project itself and never forwarded; its [`Operation`] says what it does, and is all that
//! the handlers look at. Facts from the live OpenAPI document of mlflow-oidc-auth 11.0.2.

mod groups;

pub use groups::GroupOperation;

use super::{Access, Route};

/// What a row does, by family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Groups and their members.
    Groups(GroupOperation),
}

/// Who holds the grants that an operation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A user, whom the field `username` names.
    User,
    /// A group, which the field `group_name` names.
    Group,
}

/// What an operation does with grants. None replaces what is there unasked: what is created must be new, what is changed
/// must exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// All of them.
    List,
    /// One of them.
    Get,
    /// Gives one.
    Create,
    /// Gives one another permission, or a pattern another text or priority.
    Change,
    /// Takes one back.
    Revoke,
}

impl Holder {
    /// The field that names the holder, in paths, queries and bodies.
    pub const fn field(self) -> &'static str {
        match self {
            Holder::User => "username",
            Holder::Group => "group_name",
        }
    }
}

/// The fields by which lists are paged.
const PAGING: &[&str] = &["limit", "offset", "search"];

const FAMILIES: &[&[Route]] = &[groups::ROUTES];

/// All rows. In a table they stand behind MLflow's: where both have a path, MLflow's row is found.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    FAMILIES.iter().copied().flatten()
}

const fn groups(operation: GroupOperation) -> Access {
    Access::Plugin(Operation::Groups(operation))
}

#[cfg(test)]
mod tests {
    use super::super::{RouteTable, mlflow};
    use super::*;

    fn table() -> RouteTable {
        RouteTable::new(mlflow::routes().chain(routes()).copied()).unwrap()
    }

    #[test]
    fn every_row_is_reached_beside_mlflows() {
        assert_eq!(table().routes().len(), mlflow::routes().count() + routes().count());
        for route in routes() {
            assert!(matches!(route.access, Access::Plugin(_)), "{route:?}");
        }
    }

    #[test]
    fn mlflow_comes_first_where_both_have_a_path() {
        for (method, path, expected) in [
            ("GET", "/api/2.0/mlflow/users/get", "/2.0/mlflow/users/get"),
            ("GET", "/ajax-api/2.0/mlflow/users/list", "/2.0/mlflow/users/list"),
            ("GET", "/api/2.0/mlflow/users/current", "/2.0/mlflow/users/current"),
            ("DELETE", "/api/2.0/mlflow/users/delete", "/2.0/mlflow/users/delete"),
        ] {
            let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
            assert_eq!(table().find(method, &segments).unwrap().route.path, expected, "{method} {path}");
        }
    }
}
