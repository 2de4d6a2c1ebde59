//! A header that a proxy signs.

use super::Reader;
use crate::config::providers::{admitted_groups, certificates, claims, groups_of, text};
use crate::config::value::{self, Read};
use mlflow_auth_core::Trust;
use mlflow_auth_core::jwt::{AlbRules, ClaimPath, IdentityRules, SignedHeader, SignedHeaderSettings, TokenRules};
use mlflow_auth_core::oidc::FetchSettings;

/// What is made of a header that a proxy signs.
#[derive(Clone)]
pub struct Assertion {
    /// The header, and what it must say.
    pub header: SignedHeader,
    /// Who signs it.
    pub keys: AssertionKeys,
    /// How claims are read.
    pub identities: IdentityRules,
    /// Who comes in, and from where.
    pub settings: SignedHeaderSettings,
    /// How keys are fetched.
    pub fetch: FetchSettings,
}

/// Where the keys are that sign it.
#[derive(Clone)]
pub enum AssertionKeys {
    /// A key set at this address.
    Set(String),
    /// Those of load balancers in a region of AWS.
    Region(AlbRules, String),
    /// Those of load balancers at another address, to which the id of the key is added.
    Below(AlbRules, String),
}

impl Reader {
    pub(super) fn assertion(&mut self, trust: Option<Trust>) -> Option<Option<Assertion>> {
        let product = self.get("proxy_assertion", product)?;
        let identities = self.assertion_identities();
        let chained = self.get("proxy_chained", value::switch);
        let (timeout, authorities) =
            (self.get("oidc_http_timeout", value::some_time), self.get("oidc_ca_file", certificates));
        let Some(product) = product else { return Some(None) };
        let (header, keys) = self.signed_header(product)?;
        let settings = SignedHeaderSettings { trust, chained: chained?, ..SignedHeaderSettings::default() };
        let fetch = FetchSettings { timeout: timeout?, authorities: authorities?, ..FetchSettings::default() };
        Some(Some(Assertion { header, keys, identities: identities?, settings, fetch }))
    }

    fn signed_header(&mut self, product: Product) -> Option<(SignedHeader, AssertionKeys)> {
        let [issuer, keys, region, client] = ["issuer", "keys", "region", "client"]
            .map(|name| self.get(setting(name), text).filter(|text| !text.is_empty()));
        let audiences = self.get("proxy_assertion_audience", value::list)?;
        let signers = self.get("proxy_assertion_signers", value::list)?;
        if product != Product::Alb && audiences.is_empty() {
            self.lacking("proxy_assertion_audience", "name whom a signed header must be meant for");
            return None;
        }
        if product == Product::GoogleIap {
            let keys = keys.unwrap_or_else(|| SignedHeader::GOOGLE_IAP_KEYS.to_owned());
            return Some((SignedHeader::google_iap(audiences), AssertionKeys::Set(keys)));
        }
        let Some(issuer) = issuer else {
            self.lacking("proxy_assertion_issuer", "name who says it in a signed header");
            return None;
        };
        match product {
            Product::Pomerium => {
                let Some(keys) = keys else {
                    let example =
                        "name where its keys are, such as https://mlflow.example.com/.well-known/pomerium/jwks.json";
                    self.lacking("proxy_assertion_keys", example);
                    return None;
                };
                let mut header = SignedHeader::pomerium(issuer, String::new());
                header.rules.audiences = audiences;
                Some((header, AssertionKeys::Set(keys)))
            }
            Product::CloudflareAccess => {
                let keys = keys.unwrap_or_else(|| SignedHeader::cloudflare_keys(&issuer));
                Some((SignedHeader::cloudflare_access(issuer, audiences), AssertionKeys::Set(keys)))
            }
            Product::Alb | Product::GoogleIap => {
                self.alb(AlbRules { issuer, signers, client, leeway: TokenRules::default().leeway }, region, keys)
            }
        }
    }

    fn alb(
        &mut self,
        rules: AlbRules,
        region: Option<String>,
        keys: Option<String>,
    ) -> Option<(SignedHeader, AssertionKeys)> {
        if rules.signers.is_empty() {
            self.lacking("proxy_assertion_signers", "name the load balancers that are yours: all of AWS sign alike");
            return None;
        }
        let keys = match (keys, region) {
            (Some(keys), _) => AssertionKeys::Below(rules, keys),
            (None, Some(region)) => AssertionKeys::Region(rules, region),
            (None, None) => {
                self.lacking("proxy_assertion_region", "name the region of the load balancer");
                return None;
            }
        };
        Some((SignedHeader::alb(), keys))
    }

    fn assertion_identities(&mut self) -> Option<IdentityRules> {
        let username = self.get("proxy_assertion_username_field", claims);
        let groups = self.get("proxy_assertion_groups_attribute", |text| Ok(ClaimPath::new(text)));
        let lower_case = self.get("proxy_lower_case", value::switch);
        let admitted_groups = self.get("proxy_allowed_groups", admitted_groups);
        let admin_groups = self.get("proxy_admin_groups", groups_of);
        Some(IdentityRules {
            username: username?,
            lower_case: lower_case?,
            groups: groups?,
            admitted_groups: admitted_groups?,
            admin_groups: admin_groups?,
            ..IdentityRules::default()
        })
    }
}

fn setting(name: &str) -> &'static str {
    match name {
        "issuer" => "proxy_assertion_issuer",
        "keys" => "proxy_assertion_keys",
        "region" => "proxy_assertion_region",
        _ => "proxy_assertion_client",
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Product {
    Pomerium,
    Alb,
    CloudflareAccess,
    GoogleIap,
}

fn product(text: &str) -> Read<Option<Product>> {
    match text {
        "" => Ok(None),
        "pomerium" => Ok(Some(Product::Pomerium)),
        "alb" => Ok(Some(Product::Alb)),
        "cloudflare-access" => Ok(Some(Product::CloudflareAccess)),
        "google-iap" => Ok(Some(Product::GoogleIap)),
        _ => Err(format!("`{text}` is none of `pomerium`, `alb`, `cloudflare-access`, `google-iap`")),
    }
}
