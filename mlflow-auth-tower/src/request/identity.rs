//! Headers in which a proxy says who is calling.

use http::header::CONNECTION;
use http::{HeaderMap, HeaderName};

/// Takes all of `names` out.
pub(crate) fn drop_all(headers: &mut HeaderMap, names: &[HeaderName]) {
    for name in names {
        headers.remove(name);
    }
}

/// Takes those of `names` out that `Connection` names (RFC 9110, section 7.6.1): whoever named them meant them to be gone
/// behind the next hop, and that is here. A client that adds the name of a header which its proxy sets would else have it
/// dropped in one place and believed in another.
pub(crate) fn drop_nominated(headers: &mut HeaderMap, names: &[HeaderName]) {
    if names.is_empty() || !headers.contains_key(CONNECTION) {
        return;
    }
    let named = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    let named: Vec<String> =
        named.flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase()).collect();
    for name in names.iter().filter(|name| named.iter().any(|named| named == name.as_str())) {
        headers.remove(name);
    }
}
