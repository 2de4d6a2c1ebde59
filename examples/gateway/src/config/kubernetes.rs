//! Programs of a Kubernetes cluster.

use super::Reader;
use super::providers::{certificates, text};
use super::value;
use mlflow_auth_core::jwt::ServiceAccountRules;
use mlflow_auth_core::oidc::FetchSettings;
use std::path::PathBuf;

/// A Kubernetes cluster whose programs come in.
#[derive(Clone)]
pub struct Cluster {
    /// Where its API server is.
    pub api: String,
    /// What its tokens say in `iss`.
    pub issuer: String,
    /// Who they must be meant for.
    pub audiences: Vec<String>,
    /// Which programs come in.
    pub rules: ServiceAccountRules,
    /// A file with the token to ask the API server with.
    pub token_file: Option<PathBuf>,
    /// How it is asked.
    pub fetch: FetchSettings,
}

impl Reader {
    pub(super) fn kubernetes(&mut self) -> Option<Option<Cluster>> {
        let api = self.get("kubernetes_api", text);
        let namespaces = self.get("kubernetes_namespaces", value::list);
        let audiences = self.get("kubernetes_audience", value::list);
        let issuer = self.get("kubernetes_issuer", text);
        let authorities = self.get("kubernetes_ca_file", certificates);
        let token_file = self.get("kubernetes_token_file", text);
        let timeout = self.get("oidc_http_timeout", value::some_time);
        let (api, namespaces, audiences) = (api?, namespaces?, audiences?);
        if api.is_empty() {
            return Some(None);
        }
        if audiences.is_empty() {
            self.lacking(
                "kubernetes_audience",
                "name whom tokens are meant for, where `kubernetes_api` names a cluster",
            );
            return None;
        }
        let rules = match ServiceAccountRules::new(namespaces) {
            Ok(rules) => rules,
            Err(error) => {
                self.lacking("kubernetes_namespaces", &error.to_string());
                return None;
            }
        };
        let authorities = authorities?;
        let fetch = FetchSettings {
            timeout: timeout?,
            only_these_authorities: !authorities.is_empty(),
            authorities,
            ..FetchSettings::default()
        };
        let token_file = Some(token_file?).filter(|path| !path.is_empty()).map(PathBuf::from);
        Some(Some(Cluster { api, issuer: issuer?, audiences, rules, token_file, fetch }))
    }
}
