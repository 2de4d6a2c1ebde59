//! Times as mlflow-oidc-auth reads and writes them.

use mlflow_auth_core::store::Seconds;
use time::format_description::well_known::{Iso8601, Rfc3339};
use time::{Date, OffsetDateTime, PrimitiveDateTime};

/// Reads an ISO 8601 time; one without an offset is of UTC, one without a time of day its beginning. None for what is
/// neither, or before 1970.
pub(super) fn read(text: &str) -> Option<Seconds> {
    let with_offset = OffsetDateTime::parse(text, &Iso8601::DEFAULT).ok();
    let without = || PrimitiveDateTime::parse(text, &Iso8601::DEFAULT).ok().map(PrimitiveDateTime::assume_utc);
    let day = || Date::parse(text, &Iso8601::DEFAULT).ok().map(|day| day.midnight().assume_utc());
    let time = with_offset.or_else(without).or_else(day)?;
    Seconds::try_from(time.unix_timestamp()).ok()
}

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
    fn times_are_read_in_every_form_that_people_write() {
        for (text, expected) in [
            ("2027-01-01", Some(1_798_761_600)),
            ("2027-01-01T00:00:00", Some(1_798_761_600)),
            ("2027-01-01T00:00:00Z", Some(1_798_761_600)),
            ("2027-01-01T00:00", Some(1_798_761_600)),
            ("2027-01-01T02:00:00+02:00", Some(1_798_761_600)),
            ("2027-01-01T00:00:00.999+00:00", Some(1_798_761_600)),
            ("1969-12-31T23:59:59Z", None),
            ("2027-13-01", None),
            ("2027-01-01T25:00:00Z", None),
            ("tomorrow", None),
            ("1798761600", None),
            ("", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        assert_eq!(write(1_798_761_600), "2027-01-01T00:00:00+00:00");
        for seconds in [0, 1, 951_782_399, 1_709_251_199, 253_402_300_799] {
            assert_eq!(read(&write(seconds)), Some(seconds));
        }
        assert_eq!(write(Seconds::MAX), "");
    }
}
