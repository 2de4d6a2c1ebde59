//! Workspaces.

use super::Kind::Switch;
use super::Setting;

pub(super) const SETTINGS: &[Setting] = &[Setting::new(
    "rbac_seed_default_roles",
    "MLFLOW_RBAC_SEED_DEFAULT_ROLES",
    Switch,
    "true",
    "Whether a new workspace begins with the roles `admin`, who manages it, and `user`, who uses it and reads all in it",
)];
