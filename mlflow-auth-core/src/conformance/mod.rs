//! What every store must do, as functions to call from a test of your own.
//!
//! Each function shows one behaviour that the documentation of [`PermissionStore`], [`UserStore`],
//! [`TokenStore`](crate::store::TokenStore), [`SessionStore`](crate::store::SessionStore),
//! [`IdentityStore`](crate::store::IdentityStore), [`Transfer`](crate::store::Transfer) and
//! [`ChangeFeed`](crate::store::ChangeFeed) promises, on a store that is empty when it begins, and panics if the store
//! does otherwise. The entry functions run them all, each on a store of its own:
//!
//! ```
//! use mlflow_auth_core::{conformance, store::MemoryStore};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! conformance::all(async || MemoryStore::new()).await;
//! conformance::sign_in(async || MemoryStore::new()).await;
//! conformance::transfer(async || MemoryStore::new()).await;
//! # });
//! conformance::same_as_memory(16, async || MemoryStore::new());
//! ```
//!
//! Wrappers run it too. What needs a second process, a crash or a broken disk is for the tests of the backend.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this is a suite of tests: it says no by panicking"
)]

pub mod accounts;
pub mod attempts;
pub mod feed;
mod fixtures;
pub mod grants;
pub mod groups;
pub mod identities;
pub mod lists;
mod model;
pub mod moving;
pub mod names;
pub mod people;
pub mod resources;
pub mod roles;
pub mod sessions;
pub mod strangers;
pub mod tokens;
pub mod words;

pub use model::{moved_same_as_memory, same_as_memory, sign_in_same_as_memory};

use crate::store::{PermissionStore, Store, UserStore};

/// A store of grants and accounts, as the behaviours take it that need both.
pub trait GrantsAndAccounts: PermissionStore + UserStore {}

impl<S: PermissionStore + UserStore> GrantsAndAccounts for S {}

macro_rules! each_on_its_own {
    ($make:expr => $($behaviour:path,)*) => {
        $($behaviour(&$make().await).await;)*
    };
}

/// Runs what concerns accounts, groups, roles and grants. `make` makes an empty store.
pub async fn all<S: PermissionStore + UserStore>(make: impl AsyncFn() -> S) {
    permissions(&make).await;
    users(&make).await;
    each_on_its_own! { make =>
        people::grants_and_memberships_need_no_account,
        people::a_removed_account_leaves_nothing_for_a_namesake,
        people::forgetting_a_user_keeps_the_account,
        people::an_account_takes_up_what_its_name_was_given,
        people::the_removal_of_an_account_tells_all_it_touched,
    }
}

/// Runs what concerns groups, roles and grants. `make` makes an empty store.
pub async fn permissions<S: PermissionStore>(make: impl AsyncFn() -> S) {
    each_on_its_own! { make =>
        grants::every_form_is_read_back,
        grants::every_permission_is_read_back,
        grants::places_are_told_apart,
        grants::a_second_grant_on_one_place_is_refused,
        grants::a_second_grant_on_one_place_replaces,
        grants::what_is_revoked_is_gone,
        grants::what_is_not_there_cannot_be_revoked,
        grants::a_role_must_exist_to_hold_a_grant,
        grants::what_cannot_be_kept_is_refused,
        grants::grants_on_a_resource_are_the_exact_ones,
        grants::patterns_on_a_type_are_listed,
        grants::a_rewritten_grant_keeps_its_number,
        grants::a_grant_is_not_rewritten_onto_another,
        grants::lists_are_ordered,
        grants::numbers_are_never_used_again,
        resources::a_deleted_resource_is_forgotten,
        resources::a_renamed_resource_keeps_its_grants,
        resources::a_rename_replaces_what_stood_there,
        resources::a_rename_to_the_same_name_changes_nothing,
        resources::a_deleted_workspace_leaves_nothing_for_a_namesake,
        groups::a_group_must_be_new,
        groups::joining_makes_the_group,
        groups::leaving_keeps_the_group,
        groups::an_unknown_group_has_no_members,
        groups::a_forgotten_group_leaves_nothing_for_a_namesake,
        groups::lists_are_ordered,
        roles::a_role_must_be_new_in_its_workspace,
        roles::what_a_role_is_for_can_change,
        roles::a_renamed_role_keeps_all_it_had,
        roles::a_role_cannot_take_the_name_of_another,
        roles::assignments_are_made_and_unmade_once,
        roles::an_unknown_role_can_do_nothing,
        roles::a_forgotten_role_leaves_nothing_for_a_namesake,
        roles::lists_are_ordered,
        names::names_are_compared_byte_by_byte,
        names::texts_are_kept_byte_by_byte,
        lists::a_list_is_made_in_order,
        lists::a_list_that_fails_changes_nothing,
        lists::an_empty_list_changes_nothing,
        lists::a_condition_on_the_revision_must_hold,
        lists::a_long_list_is_one_commit,
        feed::every_change_is_told,
        feed::what_was_told_is_not_told_again,
        feed::events_come_in_order,
        feed::a_quiet_feed_waits_no_longer_than_patience,
        feed::a_change_wakes_who_waits,
        feed::a_failed_list_is_not_told,
        feed::a_revision_to_come_is_a_gap,
        feed::revisions_grow,
    }
}

/// Runs what concerns accounts. `make` makes an empty store.
pub async fn users<S: UserStore>(make: impl AsyncFn() -> S) {
    each_on_its_own! { make =>
        accounts::an_account_is_read_back,
        accounts::a_name_is_taken_once,
        accounts::accounts_are_ordered_by_name,
        accounts::names_are_compared_byte_by_byte,
        accounts::an_update_changes_what_it_names,
        accounts::a_profile_is_read_back_and_changes,
        accounts::what_cannot_be_kept_is_refused,
        accounts::the_last_admin_stays_where_it_must,
        accounts::two_admins_cannot_both_go,
        accounts::a_condition_must_hold,
        accounts::one_of_many_conditional_updates_wins,
        accounts::an_unknown_account_cannot_be_changed,
        accounts::numbers_are_never_used_again,
        accounts::every_write_is_told,
    }
}

/// Runs what concerns tokens, sessions, identities and failed attempts. `make` makes an empty store.
pub async fn sign_in<S: Store>(make: impl AsyncFn() -> S) {
    proofs(&make).await;
    arrivals(&make).await;
}

async fn proofs<S: Store>(make: impl AsyncFn() -> S) {
    each_on_its_own! { make =>
        tokens::a_token_is_read_back,
        tokens::names_and_prefixes_are_compared_byte_by_byte,
        tokens::only_an_active_account_gets_a_token,
        tokens::a_name_is_taken_once_by_one_owner,
        tokens::a_prefix_is_taken_once_by_anybody,
        tokens::a_replacement_ends_the_token_before,
        tokens::there_are_no_more_than_there_may_be,
        tokens::expired_tokens_make_room_and_are_told_until_then,
        tokens::what_cannot_be_kept_is_refused,
        tokens::a_token_is_ended_by_its_owner_only,
        tokens::all_tokens_of_one_user_end,
        tokens::use_is_noted_and_never_put_back,
        tokens::numbers_are_never_used_again,
        tokens::an_account_takes_its_tokens_with_it,
        tokens::what_is_made_and_ended_is_told,
        tokens::a_token_made_while_its_owner_is_shut_out_does_not_live,
        sessions::a_session_is_read_back,
        sessions::only_an_active_person_gets_a_session,
        sessions::a_secret_is_taken_once,
        sessions::a_new_session_ends_the_one_it_replaces,
        sessions::what_cannot_be_kept_is_refused,
        sessions::a_session_is_ended_by_its_owner_only,
        sessions::all_sessions_of_one_user_end,
        sessions::use_is_noted_and_never_put_back,
        sessions::one_asks_the_provider_at_a_time,
        sessions::what_the_provider_said_is_kept,
        sessions::numbers_are_never_used_again,
        sessions::what_happens_to_an_account_ends_its_sessions,
        sessions::what_is_over_is_forgotten,
        sessions::what_is_opened_and_ended_is_told,
        sessions::what_is_not_to_be_told_is_not,
        sessions::what_was_spent_cannot_be_spent_again,
        sessions::one_of_many_spends,
        sessions::one_of_many_leases,
        sessions::a_session_opened_while_its_owner_is_shut_out_does_not_live,
        attempts::failures_are_counted_by_name,
        attempts::what_is_over_is_not_counted_on,
        attempts::failures_at_the_same_time_are_counted_each,
    }
}

async fn arrivals<S: Store>(make: impl AsyncFn() -> S) {
    each_on_its_own! { make =>
        identities::somebody_new_gets_an_account_if_they_may,
        identities::a_bound_identity_is_its_account_whatever_it_is_called,
        identities::a_name_is_taken_only_as_far_as_it_may,
        identities::who_is_refused_is_refused_in_order,
        identities::the_same_subject_of_another_issuer_is_somebody_else,
        identities::identities_are_compared_byte_by_byte,
        identities::what_cannot_be_kept_is_refused,
        identities::an_arrival_changes_what_it_names,
        identities::groups_are_added_or_replaced_or_left_alone,
        identities::memberships_of_others_stay,
        identities::a_membership_given_by_hand_stays_so,
        identities::an_arrival_that_changes_nothing_writes_nothing,
        identities::arrivals_are_told,
        identities::a_binding_is_ended_of_its_user_only,
        strangers::a_promised_name_is_not_for_strangers,
        strangers::no_session_outlives_the_end_of_a_binding,
        identities::an_account_takes_its_identities_with_it,
        identities::of_two_who_ask_for_one_new_name_one_gets_it,
        identities::the_first_to_take_an_account_keeps_it,
    }
}

/// Runs what concerns moving what a store holds to another one. `make` makes an empty store.
pub async fn transfer<S: Store>(make: impl AsyncFn() -> S) {
    each_on_its_own! { make =>
        moving::what_was_added_is_read_back,
        moving::what_was_added_is_seen_by_every_read,
        moving::what_was_written_is_read,
        moving::unreadable_grants_stay_refusals,
        moving::texts_are_moved_byte_by_byte,
        moving::an_addition_is_told,
        moving::an_addition_needs_the_revision,
        moving::an_addition_that_fails_changes_nothing,
        moving::an_empty_addition_changes_nothing,
        moving::what_is_added_gets_new_numbers,
        moving::merging_again_finds_nothing_to_add,
    }
}

#[cfg(test)]
mod tests;
