//! The `Bearer` scheme (RFC 6750).

use super::Rejection;
use http::HeaderMap;
use http::header::AUTHORIZATION;

/// The token of the request, if it has one of this scheme. The scheme is compared without regard to case.
///
/// # Errors
/// [`Rejection::Malformed`] for two headers, or a token that is no visible ASCII.
pub(super) fn token(headers: &HeaderMap) -> Result<Option<&str>, Rejection> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Rejection::Malformed);
    }
    let is_bearer = value.as_bytes().get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer "));
    if !is_bearer {
        return Ok(None);
    }
    let text = value.to_str().map_err(|_| Rejection::Malformed)?;
    Ok(text.get(7..).map(str::trim))
}
