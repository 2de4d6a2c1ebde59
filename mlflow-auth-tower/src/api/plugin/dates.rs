//! Times as mlflow-oidc-auth reads and writes them.

use mlflow_auth_core::store::Seconds;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Such as `2027-01-01T00:00:00+00:00`.
pub(super) fn write(seconds: Seconds) -> String {
    let time = i64::try_from(seconds).ok().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    let text = time.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_default();
    text.strip_suffix('Z').map_or(text.clone(), |local| format!("{local}+00:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_an_offset() {
        assert_eq!(write(1_798_761_600), "2027-01-01T00:00:00+00:00");
        assert_eq!((write(0).as_str(), write(Seconds::MAX).as_str()), ("1970-01-01T00:00:00+00:00", ""));
    }
}
