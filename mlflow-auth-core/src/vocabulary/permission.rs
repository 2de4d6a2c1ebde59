//! Permissions, and what each allows.

use std::fmt;
use std::str::FromStr;

/// What a grant gives, from the least to the most.
///
/// The order is MLflow's (3.17.2, `mlflow/server/auth/permissions.py`): `DENY < NO_PERMISSIONS < READ < USE < EDIT <
/// MANAGE`. [`Permission::rank`] is the other order in use, that of mlflow-oidc-auth, in which a refusal outranks all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// An explicit veto: nothing is allowed, and no other grant of the same resource outweighs it.
    Deny,
    /// Nothing is allowed.
    NoPermissions,
    /// Look at it.
    Read,
    /// Read, and call or build on it.
    Use,
    /// Use, and change it.
    Edit,
    /// Edit, delete it, and share it with others.
    Manage,
}

impl Permission {
    /// All permissions, from the least to the most.
    pub const ALL: [Permission; 6] = [
        Permission::Deny,
        Permission::NoPermissions,
        Permission::Read,
        Permission::Use,
        Permission::Edit,
        Permission::Manage,
    ];

    /// The name that MLflow, its clients and the stores use, such as `NO_PERMISSIONS`.
    pub const fn name(self) -> &'static str {
        match self {
            Permission::Deny => "DENY",
            Permission::NoPermissions => "NO_PERMISSIONS",
            Permission::Read => "READ",
            Permission::Use => "USE",
            Permission::Edit => "EDIT",
            Permission::Manage => "MANAGE",
        }
    }

    /// Whether this permission allows `action`.
    ///
    /// [`Action::NotDenied`] is allowed by everything but [`Permission::Deny`].
    pub const fn allows(self, action: Action) -> bool {
        self as u8 >= action.least() as u8
    }

    /// Whether this permission refuses everything.
    pub const fn is_refusal(self) -> bool {
        matches!(self, Permission::Deny | Permission::NoPermissions)
    }

    /// The order by which grants of one source are merged in first-match mode: the highest rank wins, and a refusal
    /// outranks every other permission.
    ///
    /// mlflow-oidc-auth gives `NO_PERMISSIONS` the rank 100, above `MANAGE`; existing rules rely on it as their
    /// explicit refusal.
    pub const fn rank(self) -> u8 {
        match self {
            Permission::Read => 1,
            Permission::Use => 2,
            Permission::Edit => 3,
            Permission::Manage => 4,
            Permission::NoPermissions => 100,
            Permission::Deny => 101,
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no permission.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a permission; use one of DENY, NO_PERMISSIONS, READ, USE, EDIT, MANAGE")]
pub struct UnknownPermission(pub String);

impl FromStr for Permission {
    type Err = UnknownPermission;

    /// Reads the exact, upper-case name.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Permission::ALL
            .into_iter()
            .find(|permission| permission.name() == name)
            .ok_or_else(|| UnknownPermission(name.to_owned()))
    }
}

/// What an operation does to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Look at it.
    Read,
    /// Call it or build on it.
    Use,
    /// Change it.
    Update,
    /// Remove it.
    Delete,
    /// Share it.
    Manage,
    /// Whatever nobody vetoed: allowed unless a grant refuses. MLflow asks for it where a kind of child, such as the
    /// runs of an experiment, can be taken away from somebody who holds the parent.
    NotDenied,
}

impl Action {
    /// The word used in configuration, on the command line and in explanations.
    pub const fn name(self) -> &'static str {
        match self {
            Action::Read => "read",
            Action::Use => "use",
            Action::Update => "update",
            Action::Delete => "delete",
            Action::Manage => "manage",
            Action::NotDenied => "not be denied",
        }
    }

    /// The least permission that allows it. For [`Action::NotDenied`] that is [`Permission::NoPermissions`], if it is
    /// the default; as a grant it refuses.
    pub const fn least(self) -> Permission {
        match self {
            Action::NotDenied => Permission::NoPermissions,
            Action::Read => Permission::Read,
            Action::Use => Permission::Use,
            Action::Update => Permission::Edit,
            Action::Delete | Action::Manage => Permission::Manage,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no action.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not an action; use one of read, use, update, delete, manage", .0.escape_debug())]
pub struct UnknownAction(pub String);

impl FromStr for Action {
    type Err = UnknownAction;

    /// Reads the exact word, such as `read`; and `not-denied`.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "read" => Ok(Action::Read),
            "use" => Ok(Action::Use),
            "update" => Ok(Action::Update),
            "delete" => Ok(Action::Delete),
            "manage" => Ok(Action::Manage),
            "not-denied" => Ok(Action::NotDenied),
            _ => Err(UnknownAction(word.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_each_permission_allows_is_mlflows_table() {
        use Action::*;
        let table = [
            (Permission::Deny, [false, false, false, false, false, false]),
            (Permission::NoPermissions, [false, false, false, false, false, true]),
            (Permission::Read, [true, false, false, false, false, true]),
            (Permission::Use, [true, true, false, false, false, true]),
            (Permission::Edit, [true, true, true, false, false, true]),
            (Permission::Manage, [true, true, true, true, true, true]),
        ];
        for (permission, expected) in table {
            let found = [Read, Use, Update, Delete, Manage, NotDenied].map(|a| permission.allows(a));
            assert_eq!(found, expected, "{permission}");
        }
    }

    #[test]
    fn names_are_read_back_exactly() {
        for permission in Permission::ALL {
            assert_eq!(permission.name().parse(), Ok(permission));
        }
        for wrong in ["", "read", " READ", "OWNER"] {
            assert_eq!(wrong.parse::<Permission>(), Err(UnknownPermission(wrong.into())));
        }
    }
}
