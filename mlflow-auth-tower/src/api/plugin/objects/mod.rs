//! Grants on objects: exact ones and patterns, of users and groups; who holds something on an object; which objects there
//! are to share.
#![doc = include_str!("README.md")]

mod answers;
mod exact;
mod family;
mod held;
mod holders;
mod listed;
mod object;
mod owner;
mod patterns;
mod rights;

use crate::api::Call;
use crate::reply::Reply;
use family::Family;
use mlflow_auth_core::routes::oidc_plugin::{Act, Holder, Objects};

impl Call<'_> {
    /// The exact grants of one holder on objects of one kind.
    pub(super) async fn on_grants(&self, objects: Objects, holder: Holder, act: Act) -> Result<Reply, Reply> {
        let family = Family::of(objects);
        match (act, holder, objects) {
            // The scorers of a user are those that a grant names, as in mlflow-oidc-auth.
            (Act::List, Holder::User, Objects::Scorers) | (Act::List, Holder::Group, _) => {
                self.granted(family, holder).await
            }
            (Act::List, Holder::User, _) => self.effective(family).await,
            _ => self.exact_grant(family, holder, act).await,
        }
    }

    /// The patterns of one holder on objects of one kind.
    pub(super) async fn on_patterns(&self, objects: Objects, holder: Holder, act: Act) -> Result<Reply, Reply> {
        self.patterns(Family::of(objects), holder, act).await
    }

    /// Who holds an exact grant on one object.
    pub(super) async fn on_holders(&self, objects: Objects, holder: Holder) -> Result<Reply, Reply> {
        self.holders(Family::of(objects), holder).await
    }

    /// The objects that the caller may share.
    pub(super) async fn on_objects(&self, objects: Objects) -> Result<Reply, Reply> {
        self.shareable(objects).await
    }
}
