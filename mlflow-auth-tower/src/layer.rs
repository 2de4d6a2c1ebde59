//! How the layer is put together.

use crate::api::{Accounts, SignIns, Tokens};
use crate::creator_groups::CreatorGroups;
use crate::cross_site::Origins;
use crate::forward_auth::{ForwardAuth, ForwardAuthSettings};
use crate::graphql::Schemas;
use crate::judged::Plain;
use crate::lookup::Lookups;
use crate::service::Auth;
#[cfg(feature = "sign-in")]
use crate::sign_in::BrowserSignIn;
use http::HeaderName;
#[cfg(feature = "sign-in")]
use mlflow_auth_core::SessionAuthenticator;
#[cfg(feature = "sign-in")]
use mlflow_auth_core::routes::{Route, sign_in};
use mlflow_auth_core::routes::{RouteTable, TableError, mlflow, oidc_plugin, older, ours};
use mlflow_auth_core::shadow::Shadow;
use mlflow_auth_core::store::{IdentityStore, SessionStore, TokenStore, UserStore};
use mlflow_auth_core::{Authenticator, Authorizer, PasswordAuthenticator, TokenLimits};
use std::sync::Arc;
use tower::Layer;

/// Puts access control around a service.
///
/// ```
/// use mlflow_auth_core::routes::{Id, Need, Route, RouteTable};
/// use mlflow_auth_core::store::MemoryStore;
/// use mlflow_auth_core::{Action, Authorizer, Policy};
/// use mlflow_auth_tower::AuthLayer;
/// use std::sync::Arc;
///
/// static ROUTES: &[Route] =
///     &[Route::get("/datasets/{id}").needs(&[Need::on("dataset", Action::Read, Id::one("id"))])];
/// let authorizer = Authorizer::new(Policy::default(), Arc::new(MemoryStore::new()));
/// let layer = AuthLayer::new(RouteTable::new(ROUTES.iter().copied()).unwrap(), authorizer);
/// ```
#[derive(Clone)]
pub struct AuthLayer {
    shared: Arc<Shared>,
}

/// What the layer is made of.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) routes: Arc<RouteTable>,
    pub(crate) prefix: Vec<String>,
    pub(crate) authorizer: Authorizer,
    pub(crate) authenticators: Vec<Arc<dyn Authenticator>>,
    pub(crate) identity_headers: Vec<HeaderName>,
    pub(crate) accounts: Option<Accounts>,
    pub(crate) tokens: Option<Tokens>,
    pub(crate) sign_ins: Option<SignIns>,
    pub(crate) lookups: Arc<Lookups>,
    pub(crate) schemas: Arc<Schemas>,
    pub(crate) creator_groups: CreatorGroups,
    pub(crate) limits: Limits,
    pub(crate) says_why: bool,
    pub(crate) shadow: Option<Arc<Shadow>>,
    pub(crate) local: bool,
    pub(crate) seeds_roles: bool,
    pub(crate) origins: Origins,
    #[cfg(feature = "sign-in")]
    pub(crate) sign_in: Option<BrowserSignIn>,
}

impl Shared {
    /// What paths of ours begin with.
    pub(crate) fn base(&self) -> String {
        self.prefix.iter().map(|segment| format!("/{segment}")).collect()
    }

    /// The accounts, where some are kept.
    pub(crate) fn users(&self) -> Option<&dyn UserStore> {
        self.accounts.as_ref().map(|accounts| accounts.users.as_ref() as &dyn UserStore)
    }
}

/// How much of a request is read before it is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a JSON body. What streams through, such as artifacts, has no limit here.
    pub body: usize,
    /// Bytes of a body of spans, decompressed.
    pub spans: usize,
}

impl Default for Limits {
    /// 32 MiB of JSON, 64 MiB of spans.
    fn default() -> Self {
        Self { body: 32 << 20, spans: 64 << 20 }
    }
}

impl AuthLayer {
    /// A layer for a service with these routes. Nobody can sign in until an authenticator is added.
    pub fn new(routes: RouteTable, authorizer: Authorizer) -> Self {
        let shared = Shared {
            routes: Arc::new(routes),
            prefix: Vec::new(),
            authorizer,
            authenticators: Vec::new(),
            identity_headers: Vec::new(),
            accounts: None,
            tokens: None,
            sign_ins: None,
            lookups: Arc::new(Lookups::new(Vec::new())),
            schemas: Arc::default(),
            creator_groups: CreatorGroups::default(),
            limits: Limits::default(),
            says_why: false,
            shadow: None,
            local: false,
            seeds_roles: true,
            origins: Origins::default(),
            #[cfg(feature = "sign-in")]
            sign_in: None,
        };
        Self { shared: Arc::new(shared) }
    }

    /// A layer for MLflow 3.17.2, which answers the REST API of mlflow-oidc-auth too where accounts are kept
    /// ([`AuthLayer::with_accounts`]).
    ///
    /// # Errors
    /// [`TableError`] if MLflow's table is broken, which its tests rule out.
    pub fn mlflow(authorizer: Authorizer) -> Result<Self, TableError> {
        // MLflow's rows first: where both have a path, its own is found.
        let routes =
            mlflow::routes().chain(ours::routes()).chain(older::routes()).chain(oidc_plugin::routes()).copied();
        Ok(Self::new(RouteTable::new(routes)?, authorizer))
    }

    /// Asks `authenticator` who is calling, after those that were added before.
    pub fn with_authenticator(self, authenticator: Arc<dyn Authenticator>) -> Self {
        self.with(|shared| shared.authenticators.push(authenticator))
    }

    /// Takes these headers out of every request before it is forwarded, whoever sends it: those in which a proxy says who
    /// is calling, and which the service behind must not believe. Before anybody is asked who is calling, those of them
    /// go that `Connection` names: they were meant to be dropped on the way. Names with a `_` or a `.`, which a server
    /// could take for them, are dropped from all requests anyway.
    pub fn with_identity_headers(self, names: impl IntoIterator<Item = HeaderName>) -> Self {
        self.with(|shared| shared.identity_headers.extend(names))
    }

    /// Serves the REST API of users and grants over these accounts.
    pub fn with_accounts(self, users: Arc<dyn UserStore>, passwords: Arc<PasswordAuthenticator>) -> Self {
        self.with(|shared| shared.accounts = Some(Accounts { users, passwords }))
    }

    /// Issues, lists and ends access tokens over the REST API, where accounts are kept too. Who signs in with one is up to
    /// an [`AccessTokenAuthenticator`](mlflow_auth_core::AccessTokenAuthenticator), to be added before the one for
    /// passwords.
    pub fn with_tokens(self, store: Arc<dyn TokenStore>, limits: TokenLimits) -> Self {
        self.with(|shared| shared.tokens = Some(Tokens { store, limits }))
    }

    /// Lets admins see and end identities and sessions of accounts over the REST API, where accounts are kept too.
    pub fn with_sign_ins(self, identities: Arc<dyn IdentityStore>, sessions: Arc<dyn SessionStore>) -> Self {
        self.with(|shared| shared.sign_ins = Some(SignIns { identities, sessions }))
    }

    /// The service serves its routes below this prefix too, as `mlflow server --static-prefix` does. Slashes at its ends
    /// do not matter.
    pub fn with_static_prefix(self, prefix: &str) -> Self {
        let segments: Vec<String> =
            prefix.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect();
        self.with(|shared| {
            shared.lookups = Arc::new(Lookups::new(segments.clone()));
            shared.prefix = segments;
        })
    }

    /// Groups that get a permission on what their members create. There is none by default.
    pub fn with_creator_groups(self, groups: CreatorGroups) -> Self {
        self.with(|shared| shared.creator_groups = groups)
    }

    /// How much of a request is read before it is judged.
    pub fn with_limits(self, limits: Limits) -> Self {
        self.with(|shared| shared.limits = limits)
    }

    /// Tells whoever is refused what was missing. Off by default: it names grants and their holders.
    pub fn saying_why(self, says_why: bool) -> Self {
        self.with(|shared| shared.says_why = says_why)
    }

    /// Makes every decision again with the candidate of `shadow`, and counts what differs. Nothing of it reaches the
    /// answer. With accounts, admins read the report and make the candidate live over the REST API. Lists are filtered
    /// row by row, and their rows are not counted.
    pub fn with_shadow(self, shadow: Arc<Shadow>) -> Self {
        self.with(|shared| shared.shadow = Some(shadow))
    }

    /// Whether a new workspace begins with the roles `admin`, who manages it, and `user`, who uses it and reads all that is
    /// in it. It does by default, as in MLflow (`MLFLOW_RBAC_SEED_DEFAULT_ROLES`).
    pub fn with_first_roles(self, first_roles: bool) -> Self {
        self.with(|shared| shared.seeds_roles = first_roles)
    }

    /// Lets admins reach the operations on the server's own machine (MLflow's assistant), which are closed to everybody
    /// otherwise. Sounds dangerous because it is: they run programs there.
    pub fn dangerously_open_local_operations(self, open: bool) -> Self {
        self.with(|shared| shared.local = open)
    }

    /// By which addresses people reach the service. It tells our own pages from those of others, which may not use what a
    /// browser sends of itself. By default every page is ours whose origin names the host that a request was sent to.
    pub fn with_origins(self, origins: Origins) -> Self {
        self.with(|shared| shared.origins = origins)
    }

    /// Lets people sign in in a browser: adds the paths for it to the table, in front of those of the service, and asks
    /// sessions who is calling, after what was added before.
    ///
    /// # Errors
    /// [`TableError`] if the service has such a path itself.
    #[cfg(feature = "sign-in")]
    pub fn with_sign_in(self, sign_in: BrowserSignIn) -> Result<Self, TableError> {
        let rows: Vec<Route> = sign_in::routes().copied().chain(self.shared.routes.routes().iter().copied()).collect();
        let routes = Arc::new(RouteTable::new(rows)?);
        let sessions = Arc::new(SessionAuthenticator::new(sign_in.sessions().clone()));
        Ok(self.with(|shared| {
            shared.routes = routes;
            shared.authenticators.push(sessions);
            shared.sign_in = Some(sign_in);
        }))
    }

    /// Stands in front of a forwarder that takes judged requests and nothing else.
    pub fn guard<F>(&self, forwarder: F) -> Auth<F> {
        Auth::new(self.shared.clone(), forwarder)
    }

    /// Answers the subrequests of a proxy, which asks whether it may forward a request. What a decision needs to know is
    /// asked of `forwarder`; [`Plain`] makes one of a service.
    pub fn forward_auth<F>(&self, settings: ForwardAuthSettings, forwarder: F) -> ForwardAuth<F> {
        ForwardAuth::new(self.shared.clone(), settings, forwarder)
    }

    fn with(mut self, change: impl FnOnce(&mut Shared)) -> Self {
        change(Arc::make_mut(&mut self.shared));
        self
    }
}

impl<S> Layer<S> for AuthLayer {
    type Service = Auth<Plain<S>>;

    fn layer(&self, inner: S) -> Self::Service {
        self.guard(Plain(inner))
    }
}
