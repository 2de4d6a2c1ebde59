//! With what somebody comes back from a provider.

use super::{Attempt, Forged, SignInError};
use crate::vocabulary::Secret;

/// The parameters of the callback (OpenID Connect Core 1.0, section 3.1.2.5), each at most once.
pub struct Callback {
    state: String,
    code: Option<Secret>,
    issuer: Option<String>,
    error: Option<String>,
}

/// Beyond what providers send.
const LONGEST: usize = 16 << 10;

impl Callback {
    /// Reads the pairs of the query. Parameters that mean nothing here pass.
    ///
    /// # Errors
    /// [`Forged::Parameter`] for one that stands there twice, and if there is no state.
    pub fn read(query: &[(String, String)]) -> Result<Self, Forged> {
        let one = |name: &'static str| {
            let mut values = query.iter().filter(|(known, _)| known == name).map(|(_, value)| value);
            match (values.next(), values.next()) {
                (Some(value), None) if value.len() <= LONGEST => Ok(Some(value.clone())),
                (None, _) => Ok(None),
                _ => Err(Forged::Parameter(name)),
            }
        };
        let state = one("state")?.filter(|state| !state.is_empty()).ok_or(Forged::Parameter("state"))?;
        let code = one("code")?.filter(|code| !code.is_empty()).map(Secret::new);
        Ok(Self { state, code, issuer: one("iss")?, error: one("error")? })
    }

    /// What tells which sign-in of the browser it ends.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// The code, if the one who answers is the one who was asked.
    ///
    /// # Errors
    /// [`SignInError::Forged`], or [`SignInError::Declined`] if the provider says so.
    pub(super) fn code(&self, attempt: &Attempt, must_name_itself: bool) -> Result<&Secret, SignInError> {
        match &self.issuer {
            Some(issuer) if *issuer == attempt.issuer => {}
            None if !must_name_itself => {}
            Some(_) | None => return Err(Forged::Issuer.into()),
        }
        match (&self.error, &self.code) {
            (Some(error), None) => Err(SignInError::Declined(error.clone())),
            (None, Some(code)) => Ok(code),
            (Some(_), Some(_)) => Err(Forged::Parameter("error").into()),
            (None, None) => Err(Forged::Parameter("code").into()),
        }
    }
}
