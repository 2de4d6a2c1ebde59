//! Groups that a service of yours knows.

use crate::authn::GroupResolver;
use crate::authn::oidc::{FetchError, FetchSettings, Fetcher, InvalidFetcher};
use crate::vocabulary::{GroupName, InvalidName, Secret, Unavailable, Username};
use async_trait::async_trait;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use quick_cache::sync::Cache;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// Asks an address for the groups of a user.
///
/// An address with `{user}` in its query is asked with `GET`, the name in that place; another one gets a `POST` with
/// `{"user": "alice@example.com"}`. The answer is 200 and a JSON list of names, `["mlflow", "team-a"]`; it is empty for
/// somebody who is in no group or not known.
///
/// * **What a request costs.** An answer is used for [`GroupHookSettings::remember`], and requests about one user at the
///   same time ask once. How many are asked about at once is bounded.
/// * **Anything else is an outage**, never an empty list: no answer in time, another status, too long an answer, what is
///   no list of group names. It is remembered for a second, so that a service that is down is not run over.
/// * **Deployment.** What the address answers decides over everybody's rights: it must be TLS, or a loopback address.
///   Redirects are not followed.
pub struct GroupHook {
    fetcher: Fetcher,
    address: Address,
    settings: GroupHookSettings,
    answers: Cache<Username, Answer>,
    seats: Semaphore,
}

/// How a [`GroupHook`] asks.
#[derive(Clone)]
pub struct GroupHookSettings {
    /// How long an answer may take and how long it may be, and whose certificates are believed.
    pub fetch: FetchSettings,
    /// A bearer token to ask with.
    pub token: Option<Secret>,
    /// How long an answer is used.
    pub remember: Duration,
    /// How many answers are remembered.
    pub remembered: usize,
    /// How many users are asked about at once; others wait as long as an answer may take.
    pub parallel: usize,
}

impl Default for GroupHookSettings {
    /// Five seconds and a mebibyte for an answer, which is used for a minute; 16,384 of them; 32 at once.
    fn default() -> Self {
        Self {
            fetch: FetchSettings { timeout: Duration::from_secs(5), ..FetchSettings::default() },
            token: None,
            remember: Duration::from_secs(60),
            remembered: 16_384,
            parallel: 32,
        }
    }
}

/// Why a hook cannot be asked at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidHook {
    /// The address is none, or in clear text and not of this machine.
    #[error("`{}` is no address to ask for groups: it must begin with https://, or http:// and a loopback address", .0.escape_debug())]
    Address(String),
    /// The place for the name is in the path, where some names would lead elsewhere.
    #[error("`{}` must have its one `{{user}}` behind `?`", .0.escape_debug())]
    Place(String),
    /// A certificate cannot be read.
    #[error(transparent)]
    Client(#[from] InvalidFetcher),
}

#[derive(Debug)]
enum Address {
    /// What comes before the name, and what after it.
    Get(String, String),
    Post(String),
}

/// What was answered.
#[derive(Clone)]
struct Answer {
    /// `None` for an outage.
    groups: Option<Arc<[GroupName]>>,
    seen: Instant,
}

/// What is no answer.
#[derive(Debug, thiserror::Error)]
enum NoAnswer {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("the answer is no list of texts")]
    Json(#[from] serde_json::Error),
    #[error("the answer names a group that cannot be one")]
    Name(#[from] InvalidName),
    #[error("too many users are asked about already")]
    Busy,
}

/// How long an outage is remembered.
const PAUSE: Duration = Duration::from_secs(1);

const WHAT: &str = "the service that knows groups";

impl GroupHook {
    /// Asks `address`. Nothing is asked yet.
    ///
    /// # Errors
    /// [`InvalidHook`]
    pub fn new(address: &str, settings: GroupHookSettings) -> Result<Self, InvalidHook> {
        Ok(Self {
            address: Address::read(address)?,
            fetcher: Fetcher::new(&settings.fetch)?,
            answers: Cache::new(settings.remembered),
            seats: Semaphore::new(settings.parallel.clamp(1, Semaphore::MAX_PERMITS)),
            settings,
        })
    }

    /// The answer that is remembered, if it may still be used.
    fn remembered(&self, user: &Username) -> Option<Answer> {
        self.answers.get(user).filter(|answer| self.is_young(answer))
    }

    fn is_young(&self, answer: &Answer) -> bool {
        let most = if answer.groups.is_some() { self.settings.remember } else { PAUSE.min(self.settings.remember) };
        answer.seen.elapsed() < most
    }

    async fn ask(&self, user: &Username) -> Result<Vec<GroupName>, NoAnswer> {
        let seat = tokio::time::timeout(self.settings.fetch.timeout, self.seats.acquire()).await;
        let _seat = seat.map_err(|_| NoAnswer::Busy)?.map_err(|_| NoAnswer::Busy)?;
        let token = self.settings.token.as_ref();
        let text = match &self.address {
            Address::Get(before, after) => {
                let name = utf8_percent_encode(user.as_str(), NON_ALPHANUMERIC);
                self.fetcher.get_with(&format!("{before}{name}{after}"), token).await?
            }
            Address::Post(address) => {
                let body = serde_json::json!({"user": user.as_str()}).to_string();
                self.fetcher.post_with(address, body, token).await?
            }
        };
        let names: Vec<String> = serde_json::from_slice(&text)?;
        let mut groups: Vec<GroupName> = names.iter().map(GroupName::new).collect::<Result<_, _>>()?;
        groups.sort_unstable();
        groups.dedup();
        Ok(groups)
    }
}

#[async_trait]
impl GroupResolver for GroupHook {
    async fn groups_of(&self, user: &Username) -> Result<Vec<GroupName>, Unavailable> {
        if let Some(answer) = self.remembered(user) {
            return told(answer);
        }
        self.answers.remove_if(user, |answer| !self.is_young(answer));
        let place = match self.answers.get_value_or_guard_async(user).await {
            // Somebody else has just asked.
            Ok(answer) => return told(answer),
            Err(place) => place,
        };
        // Taken before it is asked, so that nothing is used for longer.
        let asked = Instant::now();
        let found = self.ask(user).await;
        let groups: Option<Arc<[GroupName]>> = found.as_ref().ok().map(|groups| groups.as_slice().into());
        let seen = if groups.is_some() { asked } else { Instant::now() };
        // It fails if the place was taken meanwhile, which costs one question.
        let _ = place.insert(Answer { groups, seen });
        found.map_err(|error| {
            tracing::warn!(%user, %error, source = ?std::error::Error::source(&error), "groups could not be had");
            Unavailable::new(WHAT, error)
        })
    }
}

fn told(answer: Answer) -> Result<Vec<GroupName>, Unavailable> {
    match answer.groups {
        Some(groups) => Ok(groups.to_vec()),
        None => Err(Unavailable::new(WHAT, "it was asked a moment ago and did not answer")),
    }
}

impl Address {
    fn read(address: &str) -> Result<Self, InvalidHook> {
        crate::authn::oidc::provider_url(address).map_err(|_| InvalidHook::Address(address.to_owned()))?;
        let Some((before, after)) = address.split_once("{user}") else { return Ok(Self::Post(address.to_owned())) };
        if !before.contains('?') || before.contains('#') || after.contains("{user}") {
            return Err(InvalidHook::Place(address.to_owned()));
        }
        Ok(Self::Get(before.to_owned(), after.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_query_of_an_address_that_nobody_overhears() {
        for (address, good) in [
            ("https://groups.example/of", true),
            ("https://groups.example/of?user={user}", true),
            ("http://127.0.0.1:8000/?a=b&user={user}&c=d", true),
            ("https://groups.example/of/{user}", false),
            ("https://groups.example/{user}?user=x", false),
            ("https://groups.example/?user={user}&again={user}", false),
            ("https://groups.example/#?{user}", false),
            ("https://{user}.example/?x", false),
            ("http://groups.example/of?user={user}", false),
            ("https://user:secret@groups.example/", false),
            ("groups.example", false),
            ("", false),
        ] {
            assert_eq!(Address::read(address).is_ok(), good, "{address}");
        }
    }
}
