//! Moments as databases write them.

use mlflow_auth_core::store::Seconds;
use time::{Date, Month, PrimitiveDateTime, Time};

/// Reads a moment in UTC, such as `2026-11-22 13:00:00.123`, with or without `+00`; none if it is none.
pub(super) fn moment(text: &str) -> Option<Seconds> {
    let text = ["+00:00", "+00", "Z"].iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text);
    let (date, clock) = text.split_once([' ', 'T'])?;
    let mut date = date.splitn(3, '-').map(str::parse::<u16>);
    let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
    let mut clock = clock.split_once('.').map_or(clock, |(clock, _)| clock).splitn(3, ':').map(str::parse::<u8>);
    let (hour, minute, second) = (clock.next()?.ok()?, clock.next()?.ok()?, clock.next()?.ok()?);
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = Date::from_calendar_date(year.into(), month, u8::try_from(day).ok()?).ok()?;
    let moment = PrimitiveDateTime::new(date, Time::from_hms(hour, minute, second).ok()?).assume_utc();
    Seconds::try_from(moment.unix_timestamp()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_or_not() {
        for (text, expected) in [
            ("2026-11-22 13:00:00", Some(1_795_352_400)),
            ("2026-11-22T13:00:00.999999+00:00", Some(1_795_352_400)),
            ("2026-11-22 13:00:00+00", Some(1_795_352_400)),
            ("1970-01-01 00:00:01Z", Some(1)),
            ("1969-12-31 23:59:59", None),
            ("2026-11-22 13:00:00+02", None),
            ("2026-13-22 13:00:00", None),
            ("2026-11-22", None),
            ("", None),
        ] {
            assert_eq!(moment(text), expected, "{text}");
        }
    }
}
