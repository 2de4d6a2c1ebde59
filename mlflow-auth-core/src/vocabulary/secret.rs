//! Text that must not be seen.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A password, a token or a key.
///
/// It has no `Debug`, no `Display` and no `PartialEq`, so that it cannot slip into a log, an error or a comparison whose
/// time tells something. The memory is overwritten when it is dropped.
///
/// ```compile_fail
/// let secret = mlflow_auth_core::Secret::new("hunter2");
/// println!("{secret:?}");
/// ```
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Hides `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself. Every call is a place to look at in a review.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether `other` is the same text, in a time that depends on the lengths alone.
    pub fn matches(&self, other: &str) -> bool {
        self.0.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_whole_texts() {
        let secret = Secret::new("hunter2");
        assert!(secret.matches("hunter2"));
        for other in ["", "hunter", "hunter22", "Hunter2"] {
            assert!(!secret.matches(other));
        }
    }
}
