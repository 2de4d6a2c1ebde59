//! The REST API of mlflow-oidc-auth (11.0.2) as data, and what it lacks, beside MLflow's own routes.
//!
//! Every row is answered by this project itself and never forwarded; its [`Operation`] says what it does, and is all that
//! the handlers look at. Facts from the live OpenAPI document of mlflow-oidc-auth 11.0.2.

mod groups;
mod objects;
mod sign_ins;
mod tokens;
mod users;
mod workspaces;

pub use groups::GroupOperation;
pub use objects::Objects;
pub use sign_ins::SignInOperation;
pub use tokens::TokenOperation;
pub use users::UserOperation;
pub use workspaces::WorkspaceOperation;

use super::{Access, Route};

/// What a row does, by family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Accounts.
    Users(UserOperation),
    /// Access tokens.
    Tokens(TokenOperation),
    /// Identities and sessions of an account.
    SignIns(SignInOperation),
    /// Groups and their members.
    Groups(GroupOperation),
    /// Grants on workspaces.
    Workspaces(WorkspaceOperation),
    /// The objects of a kind that the caller may share.
    Objects(Objects),
    /// The users or the groups that hold an exact grant on one object.
    Holders(Objects, Holder),
    /// The exact grants of one holder.
    Grants(Objects, Holder, Act),
    /// The patterns of one holder.
    Patterns(Objects, Holder, Act),
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

const FAMILIES: &[&[Route]] =
    &[users::ROUTES, tokens::ROUTES, sign_ins::ROUTES, groups::ROUTES, workspaces::ROUTES, objects::OBJECTS];

/// All rows. In a table they stand behind MLflow's: where both have a path, MLflow's row is found.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    FAMILIES.iter().chain(objects::ROWS).copied().flatten()
}

const fn users(operation: UserOperation) -> Access {
    Access::Plugin(Operation::Users(operation))
}

const fn groups(operation: GroupOperation) -> Access {
    Access::Plugin(Operation::Groups(operation))
}

const fn workspaces(operation: WorkspaceOperation) -> Access {
    Access::Plugin(Operation::Workspaces(operation))
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
            ("GET", "/api/2.0/mlflow/users/details", "/2.0/mlflow/users/details"),
            ("GET", "/api/2.0/mlflow/users/ann", "/2.0/mlflow/users/{username}"),
            ("DELETE", "/api/2.0/mlflow/users/delete", "/2.0/mlflow/users/delete"),
            ("DELETE", "/api/2.0/mlflow/users", "/2.0/mlflow/users"),
            ("GET", "/api/2.0/mlflow/users/current/tokens", "/2.0/mlflow/users/current/tokens"),
            ("GET", "/api/2.0/mlflow/users/ann/tokens", "/2.0/mlflow/users/{username}/tokens"),
            ("PATCH", "/ajax-api/2.0/mlflow/users/access-token", "/2.0/mlflow/users/access-token"),
            ("GET", "/api/2.0/mlflow/users/ann/sessions", "/2.0/mlflow/users/{username}/sessions"),
            ("DELETE", "/ajax-api/2.0/mlflow/users/ann/identities", "/2.0/mlflow/users/{username}/identities"),
        ] {
            let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
            assert_eq!(table().find(method, &segments).unwrap().route.path, expected, "{method} {path}");
        }
    }
}
