//! Accounts made in a web page, where MLflow's own access control has it (3.17.2): `/signup`, below the static prefix like
//! all of MLflow. The form is of no use to pages of others: a browser says which page sends it.

use super::Call;
use crate::cross_site::from_our_page;
use crate::page::{Credentials, Page};
use crate::reply::Reply;
use http::HeaderValue;
use http::StatusCode;
use http::header::{CACHE_CONTROL, REFERRER_POLICY};

impl Call<'_> {
    /// The form, for whoever may create users.
    pub(super) fn sign_up_page(&self) -> Result<Reply, Reply> {
        self.may_create_users()?;
        Ok(self.form(StatusCode::OK, None))
    }

    /// What becomes of it: a page in either case.
    pub(super) async fn sign_up(&self) -> Result<Reply, Reply> {
        from_our_page(&self.flow.shared.origins, self.head.headers())?;
        self.may_create_users()?;
        match self.new_user().await {
            Ok(user) => {
                let page = Page::new(StatusCode::OK, "The account is there");
                let told = format!("{} can sign in now.", user.name);
                let (again, home) = (self.below("/signup"), self.below("/"));
                Ok(kept_nowhere(page.text(&told).way(&again, "Create another").way(&home, "To MLflow").reply()))
            }
            Err(reply) if reply.status().is_client_error() => {
                let problem = reply.message().unwrap_or_else(|| "The account cannot be made.".to_owned());
                Ok(self.form(reply.status(), Some(&problem)))
            }
            Err(reply) => Err(reply),
        }
    }

    fn form(&self, status: StatusCode, problem: Option<&str>) -> Reply {
        let page = Page::new(status, "Create an account");
        let page = problem.into_iter().fold(page, Page::text);
        kept_nowhere(page.credentials(&self.below("/api/2.0/mlflow/users/create-ui"), Credentials::New).reply())
    }

    fn below(&self, path: &str) -> String {
        format!("{}{path}", self.flow.shared.base())
    }
}

fn kept_nowhere(page: Reply) -> Reply {
    // Not less: the form must say where it comes from.
    let referrer = HeaderValue::from_static("same-origin");
    page.with_header(CACHE_CONTROL, HeaderValue::from_static("no-store")).with_header(REFERRER_POLICY, referrer)
}
