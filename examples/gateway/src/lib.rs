#![doc = include_str!("../README.md")]

mod answer;
mod ask;
mod assemble;
mod bootstrap;
mod cli;
mod client_address;
mod config;
mod credentials;
mod doors;
mod explain;
mod groups;
mod issuers;
mod ldap;
mod passwords;
mod proxies;
mod proxy;
mod run;
mod server;
mod shadow;
mod sign_in;
mod tasks;

pub use assemble::{AssembleError, Assembled, Store, assemble};
pub use bootstrap::{Bootstrap, BootstrapError, bootstrap};
pub use cli::{Asked, parse};
pub use client_address::ClientAddress;
pub use config::{
    Admin, Assertion, AssertionKeys, CacheSettings, Client, Cluster, Config, ConfigError, ConfigErrors, Environment,
    Flags, ForwardAuthConfig, GroupConfig, HtpasswdConfig, Kind, LdapConfig, Loaded, LogFormat, Origin, Provider,
    ProxyConfig, SETTINGS, SessionConfig, Setting, SharedSecret, StoreLocation, TokenConfig, load,
};
pub use doors::{Answering, Doors};
pub use explain::{Answer, ExplainError, Question, explain};
pub use groups::{InvalidGroups, resolvers};
pub use issuers::{InvalidIssuer, people};
pub use proxies::InvalidProxy;
pub use proxy::{Connector, DangerouslyUnjudged, Forward, ForwardSettings, PublicUrl, QuickStream};
pub use run::{RunError, run};
pub use server::{Readiness, ServerSettings, Stopped, serve};
pub use shadow::{Credentials, Obeyed, Order, OrderError, ShadowSettings, Watch, obey};
pub use sign_in::SignInError;
pub use tasks::{
    Change, ImportError, ImportFrom, ImportTask, Outcome, SourceKind, Task, TaskError, TokenTask, Which, perform,
};

/// The first page of the project, so that its code compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct FirstPage;
