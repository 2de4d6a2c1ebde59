//! Settings that fit together.

use super::uri::Uri;
use super::{InvalidLdapSettings, LdapSettings};
use crate::directory::TOKEN_GROUPS;
use crate::names::{Dn, InvalidTemplate, Template};
use crate::tls::Trust;
use crate::wire::{Address, Security};
use mlflow_auth_core::Secret;

/// Settings that were looked through.
pub(crate) struct Plan {
    pub(crate) servers: Vec<(String, Address, Security)>,
    pub(crate) way: Way,
    /// What finds the entry of a user.
    pub(crate) own: OwnSearch,
    /// Who searches; users for themselves if nobody.
    pub(crate) service: Option<(String, Secret)>,
    /// The attribute that becomes the user name.
    pub(crate) identity: String,
    pub(crate) source: Source,
    pub(crate) admin: Wanted,
    pub(crate) user: Wanted,
    pub(crate) naming: Naming,
}

/// How somebody binds.
pub(crate) enum Way {
    /// With a distinguished name.
    Dn(Template),
    /// With a name of another form, such as `name@domain`.
    Name(Template),
    /// With the name of the entry that a search found.
    Found,
}

/// What finds the entry of a user.
pub(crate) enum OwnSearch {
    /// It is the one that was bound with.
    Bound,
    /// A filter for what they typed.
    Filter { base: String, filter: Template },
    /// The search for groups finds it.
    ByGroups,
}

/// Where groups come from.
pub(crate) enum Source {
    /// Nowhere.
    None,
    /// Entries that a search finds, each a group. The attribute that names it, or the name of the entry.
    Entries { base: String, filter: Template, attribute: Option<String> },
    /// What Active Directory puts into the user's token: groups below this entry.
    Tokens { base: String },
    /// An attribute of the user's entry.
    Own { attribute: String, search: Option<(String, Template)> },
}

/// Which group opens a door.
pub(crate) enum Wanted {
    Nobody,
    Everybody,
    Dn(Dn),
    Text(String),
}

/// What a group is called.
pub(crate) enum Naming {
    /// By the value in the first part of its name.
    First,
    /// By all of its name.
    Whole,
    /// By an attribute.
    Attribute(String),
}

type Checked<T> = Result<T, InvalidLdapSettings>;

fn wrong<T>(name: &'static str, problem: impl Into<String>) -> Checked<T> {
    Err(InvalidLdapSettings::new(name, problem))
}

impl LdapSettings {
    /// Looks the settings through.
    pub(crate) fn check(&self) -> Checked<Plan> {
        let way = self.way()?;
        let service = self.service()?;
        let source = self.source()?;
        let own = self.own(&way, &source)?;
        if matches!(way, Way::Found) && service.is_none() {
            return wrong("LDAP_BIND_DN", "without LDAP_LOOKUP_BIND an account that searches for users is needed");
        }
        let identity = self.identity(&way)?;
        let (admin, user) = (wanted(&self.group_admin_dn), wanted(&self.group_user_dn));
        if matches!(admin, Wanted::Everybody) {
            return wrong("LDAP_GROUP_ADMIN_DN", "not everybody can be an admin");
        }
        if matches!((&admin, &user), (Wanted::Nobody, Wanted::Nobody)) {
            return wrong(
                "LDAP_GROUP_USER_DN",
                "it must name the group whose members come in, or be `*` for everybody",
            );
        }
        if matches!(source, Source::None) && !matches!((&admin, &user), (Wanted::Nobody, Wanted::Everybody)) {
            return wrong("LDAP_GROUP_SEARCH_FILTER", "without it nobody is in any group");
        }
        let naming = self.naming()?;
        if matches!((&source, &naming), (Source::Own { .. }, Naming::Attribute(kind)) if !is_naming(kind)) {
            let problem = "with memberOf only an attribute that is part of a group's name can name it";
            return wrong("LDAP_GROUP_NAME_ATTRIBUTE", problem);
        }
        Ok(Plan { servers: self.servers()?, way, own, service, identity, source, admin, user, naming })
    }

    fn servers(&self) -> Checked<Vec<(String, Address, Security)>> {
        let uris = self.uris.iter().map(|uri| Uri::parse(uri)).collect::<Checked<Vec<_>>>()?;
        if uris.is_empty() {
            return wrong("LDAP_URI", "it names no server");
        }
        if self.start_tls == Some(false) && !self.authorities.is_empty() && uris.iter().any(|uri| !uri.tls) {
            return wrong(
                "LDAP_START_TLS",
                "with LDAP_CA it cannot be false for ldap://: what LDAP_CA says would not count",
            );
        }
        let begins = |uri: &Uri| match self.start_tls {
            Some(begins) => begins,
            None if !self.authorities.is_empty() => true,
            None => !uri.is_local() && !self.insecure_plaintext,
        };
        let trust = Trust {
            authorities: &self.authorities,
            verify: self.verify_certificates,
            certificate: &self.client_certificate,
            key: &self.client_key,
        };
        let needs_tls = |uri: &Uri| matches!(uri.address, Address::Tcp { .. }) && (uri.tls || begins(uri));
        let config = match uris.iter().any(needs_tls) {
            true => Some(trust.config()?),
            false => None,
        };
        let secure = |uri: &Uri| match &config {
            Some(config) if uri.tls => Security::Tls(config.clone()),
            Some(config) if needs_tls(uri) => Security::StartTls(config.clone()),
            _ if self.insecure_plaintext => Security::Insecure,
            _ => Security::LoopbackOnly,
        };
        Ok(uris.into_iter().map(|uri| (uri.label.clone(), uri.address.clone(), secure(&uri))).collect())
    }

    fn way(&self) -> Checked<Way> {
        const NAME: &str = "LDAP_LOOKUP_BIND";
        if self.lookup_bind.is_empty() {
            return Ok(Way::Found);
        }
        let template = template(NAME, &self.lookup_bind)?;
        if template.is_bare() {
            return wrong(
                NAME,
                "it must say more than `%s`: servers sign in by many names, and one user would be several",
            );
        }
        match Dn::parse(&template.fill("x")) {
            Ok(_) => Ok(Way::Dn(template)),
            Err(_) if self.lookup_bind.contains('@') || self.lookup_bind.contains('\\') => Ok(Way::Name(template)),
            Err(_) => wrong(NAME, format!("`{}` is no distinguished name, nor name@domain", self.lookup_bind)),
        }
    }

    fn service(&self) -> Checked<Option<(String, Secret)>> {
        match (self.bind_dn.as_str(), &self.bind_password) {
            ("", None) => Ok(None),
            ("", Some(_)) => wrong("LDAP_BIND_DN", "a password needs the account that it is of"),
            (name, Some(password)) if !password.expose().is_empty() => Ok(Some((name.to_owned(), password.clone()))),
            _ => wrong("LDAP_BIND_PASSWORD", "the account that searches needs its password"),
        }
    }

    fn own(&self, way: &Way, source: &Source) -> Checked<OwnSearch> {
        let (base, filter) = (&self.user_search_base_dn, &self.user_search_filter);
        if !filter.is_empty() {
            let (base, filter) =
                (dn("LDAP_USER_SEARCH_BASE_DN", base)?, search_filter("LDAP_USER_SEARCH_FILTER", filter)?);
            return Ok(OwnSearch::Filter { base, filter });
        }
        if !base.is_empty() {
            return wrong("LDAP_USER_SEARCH_FILTER", "it must say what finds a user below LDAP_USER_SEARCH_BASE_DN");
        }
        match (way, source) {
            (Way::Found, _) => {
                wrong("LDAP_USER_SEARCH_FILTER", "without LDAP_LOOKUP_BIND it must say what finds a user")
            }
            (_, Source::Own { search: Some(_), .. }) => Ok(OwnSearch::ByGroups),
            (Way::Dn(_), _) => Ok(OwnSearch::Bound),
            (Way::Name(_), _) => {
                let problem = "it must say what finds a user: LDAP_LOOKUP_BIND does not name their entry";
                wrong("LDAP_USER_SEARCH_FILTER", problem)
            }
        }
    }

    fn identity(&self, way: &Way) -> Checked<String> {
        const MARK: &str = "mlflow auth";
        let by_way = match way {
            Way::Dn(template) => {
                let dn = Dn::parse(&template.fill(MARK)).ok();
                dn.and_then(|dn| dn.first_kind_with(MARK).map(str::to_owned)).unwrap_or_else(|| "uid".to_owned())
            }
            Way::Name(_) => "sAMAccountName".to_owned(),
            Way::Found => "uid".to_owned(),
        };
        match self.username_attribute.as_str() {
            "" => Ok(by_way),
            name => attribute("LDAP_USERNAME_ATTRIBUTE", name),
        }
    }

    fn source(&self) -> Checked<Source> {
        let keyed = match self.group_attribute_key.as_str() {
            "" => false,
            "attributes" => true,
            other => return wrong("LDAP_GROUP_ATTRIBUTE_KEY", format!("`{other}` is neither empty nor `attributes`")),
        };
        let name = match self.group_attribute.as_str() {
            "" => "dn",
            name => name,
        };
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        if !keyed && !is("dn") {
            let problem = format!("`{name}` is an attribute: LDAP_GROUP_ATTRIBUTE_KEY must be `attributes`");
            return wrong("LDAP_GROUP_ATTRIBUTE", problem);
        }
        if is(TOKEN_GROUPS) {
            if !self.group_search_filter.is_empty() {
                return wrong("LDAP_GROUP_SEARCH_FILTER", "with tokenGroups it must be empty");
            }
            return Ok(Source::Tokens { base: dn("LDAP_GROUP_SEARCH_BASE_DN", &self.group_search_base_dn)? });
        }
        let search = match (self.group_search_base_dn.as_str(), self.group_search_filter.as_str()) {
            ("", "") => None,
            (base, filter) => {
                Some((dn("LDAP_GROUP_SEARCH_BASE_DN", base)?, search_filter("LDAP_GROUP_SEARCH_FILTER", filter)?))
            }
        };
        if is("memberOf") {
            return Ok(Source::Own { attribute: name.to_owned(), search });
        }
        let attribute = match is("dn") || is("distinguishedName") || is("entryDN") {
            true => None,
            false => Some(attribute("LDAP_GROUP_ATTRIBUTE", name)?),
        };
        Ok(search.map_or(Source::None, |(base, filter)| Source::Entries { base, filter, attribute }))
    }

    fn naming(&self) -> Checked<Naming> {
        match self.group_name_attribute.as_str() {
            "" => Ok(Naming::First),
            name if name.eq_ignore_ascii_case("dn") => Ok(Naming::Whole),
            name => Ok(Naming::Attribute(attribute("LDAP_GROUP_NAME_ATTRIBUTE", name)?)),
        }
    }
}

/// Whether the attribute is usually a part of a group's name.
fn is_naming(kind: &str) -> bool {
    ["cn", "commonName", "ou", "uid"].iter().any(|naming| naming.eq_ignore_ascii_case(kind))
}

fn wanted(text: &str) -> Wanted {
    match (text.trim(), Dn::parse(text)) {
        ("", _) => Wanted::Nobody,
        ("*", _) => Wanted::Everybody,
        (_, Ok(dn)) => Wanted::Dn(dn),
        (text, Err(_)) => Wanted::Text(text.to_owned()),
    }
}

fn template(name: &'static str, text: &str) -> Checked<Template> {
    let describe = |problem: InvalidTemplate| InvalidLdapSettings::new(name, format!("`{text}`: {problem}"));
    Template::parse(text).map_err(describe)
}

fn search_filter(name: &'static str, text: &str) -> Checked<Template> {
    let template = template(name, text)?;
    match ldap3::parse_filter(template.fill("x")) {
        Ok(_) => Ok(template),
        Err(()) => wrong(name, format!("`{text}` is no filter (RFC 4515)")),
    }
}

fn dn(name: &'static str, text: &str) -> Checked<String> {
    match Dn::parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => wrong(name, format!("`{text}` is no distinguished name")),
    }
}

fn attribute(name: &'static str, text: &str) -> Checked<String> {
    match crate::names::is_attribute(text) {
        true => Ok(text.to_owned()),
        false => wrong(name, format!("`{text}` is no attribute")),
    }
}
