//! Which signatures are accepted.

use jsonwebtoken::Algorithm;

/// The signature algorithms that tokens of an issuer may have, by their names in RFC 7518 and RFC 8037. A token never
/// chooses: one that names another algorithm is refused.
///
/// ```
/// use mlflow_auth_core::jwt::Algorithms;
///
/// assert!(Algorithms::new(["RS256", "ES256"]).is_ok());
/// let error = Algorithms::new(["HS256"]).unwrap_err();
/// assert_eq!(error.to_string(), "`HS256` signs with a shared secret, which must be configured as one");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Algorithms(Vec<Algorithm>);

/// Algorithms that cannot be accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidAlgorithms {
    /// A name that is none, or one that this build does not know.
    #[error("`{}` is not a signature algorithm; use RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or EdDSA", .0.escape_debug())]
    Unknown(String),
    /// An algorithm that is no signature of an issuer.
    #[error("`{}` signs with a shared secret, which must be configured as one", .0.escape_debug())]
    Symmetric(String),
    /// None at all.
    #[error("at least one signature algorithm must be accepted")]
    None,
}

/// What the plugin mlflow-oidc-auth accepts from its default provider, less what no library here verifies (ES512).
const ASYMMETRIC: [(&str, Algorithm); 9] = [
    ("RS256", Algorithm::RS256),
    ("RS384", Algorithm::RS384),
    ("RS512", Algorithm::RS512),
    ("PS256", Algorithm::PS256),
    ("PS384", Algorithm::PS384),
    ("PS512", Algorithm::PS512),
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
    ("EdDSA", Algorithm::EdDSA),
];

impl Algorithms {
    /// The algorithms of these names, written exactly as in RFC 7518.
    ///
    /// # Errors
    /// [`InvalidAlgorithms`] for a name that is unknown, stands for a shared secret, or is missing altogether.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<Self, InvalidAlgorithms> {
        let found: Vec<Algorithm> = names.into_iter().map(asymmetric).collect::<Result<_, _>>()?;
        if found.is_empty() { Err(InvalidAlgorithms::None) } else { Ok(Self(found)) }
    }

    /// All that sign with a private key.
    pub fn asymmetric() -> Self {
        Self(ASYMMETRIC.map(|(_, algorithm)| algorithm).to_vec())
    }

    /// `HS256`, for secrets that are configured as such and nothing else.
    pub(super) fn symmetric() -> Self {
        Self(vec![Algorithm::HS256])
    }

    /// The algorithm of this name, if it is accepted.
    pub(super) fn accepted(&self, name: &str) -> Option<Algorithm> {
        self.0.iter().copied().find(|algorithm| name_of(*algorithm) == name)
    }
}

fn asymmetric(name: &str) -> Result<Algorithm, InvalidAlgorithms> {
    match ASYMMETRIC.iter().find(|(known, _)| *known == name) {
        Some((_, algorithm)) => Ok(*algorithm),
        None if name.starts_with("HS") => Err(InvalidAlgorithms::Symmetric(name.to_owned())),
        None => Err(InvalidAlgorithms::Unknown(name.to_owned())),
    }
}

/// The name in RFC 7518.
pub(super) fn name_of(algorithm: Algorithm) -> &'static str {
    match ASYMMETRIC.iter().find(|(_, known)| *known == algorithm) {
        Some((name, _)) => name,
        None => "HS256",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_exact_and_secrets_are_not_signatures() {
        for (names, expected) in [
            (&["none"][..], InvalidAlgorithms::Unknown("none".into())),
            (&["RS256", "None"], InvalidAlgorithms::Unknown("None".into())),
            (&["rs256"], InvalidAlgorithms::Unknown("rs256".into())),
            (&["ES512"], InvalidAlgorithms::Unknown("ES512".into())),
            (&["HS512"], InvalidAlgorithms::Symmetric("HS512".into())),
            (&[], InvalidAlgorithms::None),
        ] {
            assert_eq!(Algorithms::new(names.iter().copied()), Err(expected));
        }
    }

    #[test]
    fn only_what_is_listed_is_accepted() {
        let accepted = Algorithms::new(["RS256"]).unwrap();
        assert_eq!(accepted.accepted("RS256"), Some(Algorithm::RS256));
        for name in ["ES256", "HS256", "none", "", "rs256"] {
            assert_eq!(accepted.accepted(name), None, "{name}");
            assert_eq!(Algorithms::symmetric().accepted("RS256"), None);
        }
        assert!(ASYMMETRIC.iter().all(|(name, _)| Algorithms::asymmetric().accepted(name).is_some()));
        assert_eq!(Algorithms::asymmetric().accepted("HS256"), None);
    }
}
