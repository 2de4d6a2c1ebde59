//! Cookies of a request (RFC 6265, section 4.2).

use crate::authn::Rejection;
use http::HeaderMap;
use http::header::COOKIE;

/// All cookies of a request, in order. What has no `=` is left out.
pub fn all(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let texts = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

/// The value of the cookie of this name.
///
/// # Errors
/// [`Rejection::Malformed`] if there are two: one of them was set by somebody else, who can set cookies for this host.
pub fn one<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, Rejection> {
    let mut values = all(headers).filter(|(known, _)| *known == name).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        (_, Some(_)) => Err(Rejection::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_cookies_of_a_name_are_refused() {
        for (headers, expected) in [
            (vec![], Ok(None)),
            (vec!["a=1; s=2; b=3"], Ok(Some("2"))),
            (vec!["s=2"], Ok(Some("2"))),
            (vec!["  s=2  ;"], Ok(Some("2"))),
            (vec!["s=a=b"], Ok(Some("a=b"))),
            (vec!["s="], Ok(Some(""))),
            (vec!["S=2; xs=3; s"], Ok(None)),
            (vec!["s=2; s=3"], Err(Rejection::Malformed)),
            (vec!["s=2; s=2"], Err(Rejection::Malformed)),
            (vec!["s=2", "s=3"], Err(Rejection::Malformed)),
        ] {
            let mut map = HeaderMap::new();
            for text in &headers {
                map.append(COOKIE, text.parse().unwrap());
            }
            assert_eq!(one(&map, "s"), expected, "{headers:?}");
        }
    }
}
