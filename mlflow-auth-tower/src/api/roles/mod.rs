//! Roles, what they give, and who has them.
//!
//! Who may is told from the parameter that is acted on and from nothing else: the workspace of a role is that of the
//! role which the number names, and a call that names a second one is refused.

mod assignments;
mod permissions;
mod role;
mod target;

use super::Call;
use crate::reply::Reply;

/// Answers one call.
///
/// # Errors
/// The answer that says why not.
pub(super) async fn answer(call: &Call<'_>, operation: &str) -> Result<Reply, Reply> {
    match operation {
        "roles/create" => call.create_role().await,
        "roles/get" => call.get_role().await,
        "roles/list" => call.list_roles().await,
        "roles/update" => call.update_role().await,
        "roles/delete" => call.delete_role().await,
        "roles/permissions/add" => call.add_role_permission().await,
        "roles/permissions/remove" => call.remove_role_permission().await,
        "roles/permissions/list" => call.list_role_permissions().await,
        "roles/permissions/update" => call.update_role_permission().await,
        "roles/assign" => call.assign_role().await,
        "roles/unassign" => call.unassign_role().await,
        "roles/users/list" => call.list_role_users().await,
        "users/roles/list" => call.list_user_roles().await,
        other => Err(Reply::internal(format!("the operation `{other}` is not served"))),
    }
}
