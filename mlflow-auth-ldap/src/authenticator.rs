//! Signing in with a name and a password of a directory.

use crate::directory::{Directory, Known};
use crate::look_ups::LookUps;
use crate::outcome::{Outcome, broken_off};
use crate::sessions::identity;
use crate::settings::{InvalidLdapSettings, LdapSettings};
use async_trait::async_trait;
use mlflow_auth_core::accounts::{
    AccountRules, AccountStore, Accounts, AdmitError, GroupUpkeep, Identity, UnknownUsers,
};
use mlflow_auth_core::kit::{Attempts, Digest, Flights, LazyDigester};
use mlflow_auth_core::store::{AttemptStore, UserStore};
use mlflow_auth_core::{
    AuthenticationError, Authenticator, BasicCredentials, Freshness, Principal, Proof, Rejection, Secret, Stamp, Topic,
    Unavailable, Username,
};
use quick_cache::sync::Cache;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Signs in with `Authorization: Basic` against a directory.
///
/// * **Whose password.** A name that has a password in the [`UserStore`] is left to the next authenticator: no
///   directory takes over an account of our own. All other names are the directory's, and its answer is the last word.
/// * **What a request costs.** A credential that was found right is remembered, as a digest with a random key of this
///   process, for [`LdapSignInSettings::remember`]: then a request costs that digest and a look into a table. Requests with
///   the same credential at the same time cost one sign-in together. Wrong ones are not remembered.
/// * **Groups** are all that the directory lists; they hold for as long as the credential is remembered, and nothing of
///   them is written into the store. Being an admin by the directory is one of them.
/// * **A directory that does not answer** is [`AuthenticationError::Unavailable`]; credentials that are remembered go on.
/// * **Guessing** slows a name down, and a bounded number of sign-ins is under way at once.
/// * **Accounts that are not active** are refused as if the password were wrong.
///
/// It needs a Tokio runtime.
#[derive(Clone)]
pub struct LdapAuthenticator {
    pub(crate) shared: Arc<Shared>,
}

/// How sign-ins are remembered and slowed down. Start from the default and change what you need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LdapSignInSettings {
    /// What the directory may say of accounts. By default it is the only one that vouches for names: somebody without
    /// an account gets one, its groups make admins for as long as a credential is remembered, and none are written.
    pub accounts: AccountRules,
    /// How long a credential that was found right is used without asking the directory again; 60 seconds by default.
    pub remember: Duration,
    /// How many are remembered at most; 16,384 by default.
    pub remembered: usize,
    /// How many sign-ins of one name may fail one after the other before the next has to wait; 5 by default. Less than
    /// what makes the directory lock an account. Zero never makes anyone wait.
    pub free_attempts: u32,
    /// The longest that one more failure makes a name wait; 60 seconds by default.
    pub longest_pause: Duration,
}

impl Default for LdapSignInSettings {
    fn default() -> Self {
        Self {
            accounts: AccountRules {
                unknown_users: UnknownUsers::Create,
                trust_admin_groups: true,
                groups: GroupUpkeep::Never,
                ..AccountRules::only(PROVIDER)
            },
            remember: Duration::from_secs(60),
            remembered: 1 << 14,
            free_attempts: 5,
            longest_pause: Duration::from_secs(60),
        }
    }
}

/// What the directory is called among those who vouch for people.
pub(crate) const PROVIDER: &str = "ldap";

pub(crate) struct Shared {
    directory: Arc<Directory>,
    /// Of people whose password nobody has at hand; only with an account that searches.
    pub(crate) look_ups: Option<Arc<LookUps>>,
    users: Arc<dyn UserStore>,
    pub(crate) accounts: Accounts,
    freshness: Arc<Freshness>,
    settings: LdapSignInSettings,
    digester: LazyDigester,
    good: Cache<Digest, Good>,
    /// Names that have a password of their own.
    local: Cache<Username, Stamp>,
    attempts: Attempts,
    flights: Flights<Digest, Outcome<Option<Arc<Principal>>>>,
}

/// A credential that was found right.
#[derive(Clone)]
struct Good {
    principal: Arc<Principal>,
    /// Taken before the account was read.
    stamp: Stamp,
    /// When the directory was asked.
    asked: Instant,
}

/// How many names with a password of their own are remembered.
const LOCAL: usize = 1 << 14;

impl LdapAuthenticator {
    /// Asks the directory of `directory`, and `store` for accounts; `freshness` must hear of their changes. Connects to
    /// nobody yet.
    ///
    /// # Errors
    /// [`InvalidLdapSettings`], which names what does not fit.
    pub fn new(
        directory: &LdapSettings,
        store: Arc<dyn AccountStore>,
        freshness: Arc<Freshness>,
        settings: LdapSignInSettings,
    ) -> Result<Self, InvalidLdapSettings> {
        let directory = Arc::new(Directory::new(directory)?);
        let look_ups = || Arc::new(LookUps::new(Arc::clone(&directory), settings.remember));
        let shared = Shared {
            look_ups: directory.looks_up().then(look_ups),
            directory,
            accounts: Accounts::new(Arc::clone(&store), Arc::clone(&freshness), settings.accounts.clone()),
            users: store,
            freshness,
            digester: LazyDigester::default(),
            good: Cache::new(settings.remembered),
            local: Cache::new(LOCAL),
            attempts: Attempts::new(settings.free_attempts, settings.longest_pause),
            flights: Flights::new(),
            settings,
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Counts failed log-ins in a store as well, so that who guesses is slowed down by every server that shares it. To be
    /// called once.
    #[must_use]
    pub fn counting_in(self, store: Arc<dyn AttemptStore>) -> Self {
        self.shared.attempts.counting_in(store);
        self
    }

    /// Whether its passwords can open sessions: with an account that searches, which is asked about their owners later
    /// ([`SessionDirectory`](mlflow_auth_core::SessionDirectory)).
    pub fn opens_sessions(&self) -> bool {
        self.shared.look_ups.is_some()
    }

    /// Who has this name and this password. `None` for a name that has a password of its own, which is not the
    /// directory's to judge; for a form.
    ///
    /// # Errors
    /// [`Rejection::WrongPassword`], also for somebody whom no group lets in; [`Rejection::TooManyAttempts`];
    /// [`AuthenticationError::Unavailable`] if nobody can tell now.
    pub async fn verify(
        &self,
        user: &Username,
        password: &Secret,
    ) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        let digest = self.shared.digester.get()?.credential(user.as_str(), password.expose());
        if let Some(principal) = self.shared.remembered(&digest) {
            return Ok(Some(principal));
        }
        if self.shared.is_local(user) {
            return Ok(None);
        }
        if password.expose().is_empty() {
            return Err(Rejection::WrongPassword.into());
        }
        Box::pin(self.ask(user, password, digest)).await
    }

    async fn ask(
        &self,
        user: &Username,
        password: &Secret,
        digest: Digest,
    ) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        let stamp = self.shared.freshness.stamp(Topic::User(user));
        let (shared, user, password) = (Arc::clone(&self.shared), user.clone(), password.clone());
        let work = || async move { Outcome::from(shared.attempt(&user, &password, digest).await) };
        let outcome = self.shared.flights.join(digest, stamp, |begun| self.shared.freshness.is_current(begun), work);
        outcome.await.ok_or_else(broken_off)?.into()
    }
}

impl Shared {
    fn remembered(&self, digest: &Digest) -> Option<Arc<Principal>> {
        let good = self.good.get(digest)?;
        let current = self.freshness.is_current(good.stamp) && good.asked.elapsed() < self.settings.remember;
        current.then_some(good.principal)
    }

    fn is_local(&self, user: &Username) -> bool {
        self.local.get(user).is_some_and(|stamp| self.freshness.is_current(stamp))
    }

    async fn attempt(
        &self,
        user: &Username,
        password: &Secret,
        digest: Digest,
    ) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        // Somebody else's question may have ended since the caller looked.
        if let Some(principal) = self.remembered(&digest) {
            return Ok(Some(principal));
        }
        let stamp = self.freshness.stamp(Topic::User(user));
        if self.has_password(user).await? {
            self.local.insert(user.clone(), stamp);
            return Ok(None);
        }
        // To a directory, names in another case are the same account.
        let counted = Username::new(user.as_str().to_lowercase()).unwrap_or_else(|_| user.clone());
        // What was right before is no guess: whoever guesses does not keep the owner out.
        if self.good.get(&digest).is_some() {
            let outcome = self.sign_in(user, password, digest).await;
            if let Err(AuthenticationError::Rejected(_)) = outcome {
                self.good.remove(&digest);
            }
            return outcome.map(Some);
        }
        self.attempts.run(&counted, self.sign_in(user, password, digest)).await.map(Some)
    }

    /// Whether `name` has an account with a password of its own.
    pub(crate) async fn has_password(&self, name: &Username) -> Result<bool, Unavailable> {
        let found = self.users.credentials(name).await.map_err(|error| Unavailable::new("the user store", error))?;
        Ok(matches!(found, Some((_, Some(_)))))
    }

    async fn sign_in(
        &self,
        typed: &Username,
        password: &Secret,
        digest: Digest,
    ) -> Result<Arc<Principal>, AuthenticationError> {
        let asked = Instant::now();
        let Known { user, belonging } = self.directory.sign_in(typed, password).await?;
        // A directory in which somebody takes the name of an account of ours does not make them its owner.
        if self.has_password(&user).await? {
            tracing::warn!(%user, "refused somebody of the directory: this account has a password of its own");
            return Err(Rejection::WrongPassword.into());
        }
        let identity = identity(user, &belonging);
        let admitted = self.accounts.admit(&identity).await.map_err(|error| refused(&identity, error))?;
        let stamp = admitted.stamp;
        let principal = admitted.principal(Proof::Directory);
        self.good.insert(digest, Good { principal: Arc::clone(&principal), stamp, asked });
        Ok(principal)
    }
}

fn refused(identity: &Identity, error: AdmitError) -> AuthenticationError {
    match error {
        AdmitError::Unavailable(error) => error.into(),
        reason => {
            tracing::info!(user = %identity.user, %reason, "refused somebody of the directory");
            Rejection::WrongPassword.into()
        }
    }
}

#[async_trait]
impl Authenticator for LdapAuthenticator {
    async fn authenticate(
        &self,
        request: &http::request::Parts,
    ) -> Result<Option<Arc<Principal>>, AuthenticationError> {
        let read = BasicCredentials::from_headers(&request.headers).map_err(|_| Rejection::Malformed)?;
        match read {
            None => Ok(None),
            Some(BasicCredentials { user, password }) => self.verify(&user, &password).await,
        }
    }
}
