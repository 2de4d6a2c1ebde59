//! Times and durations, as `google.protobuf.Timestamp` and `google.protobuf.Duration` are written in JSON.

/// The longest that a duration may be, in seconds.
const LONGEST: u64 = 315_576_000_000;
/// The seconds of the first and the last second of a timestamp, after the first of January 1970.
const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// `YYYY-MM-DDThh:mm:ss`, with up to nine digits of a fraction, then `Z` or an offset such as `+01:00`.
pub(super) fn is_timestamp(text: &str) -> bool {
    seconds(text).is_some_and(|seconds| SECONDS.contains(&seconds))
}

/// Seconds, with up to nine digits of a fraction, and an `s`.
pub(super) fn is_duration(text: &str) -> bool {
    let Some(number) = text.strip_suffix('s') else { return false };
    let number = number.strip_prefix('-').unwrap_or(number);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    is_fraction(fraction) && matches!(whole.len(), 1..=12) && digits(whole).is_some_and(|whole| whole <= LONGEST)
}

fn is_fraction(text: &str) -> bool {
    matches!(text.len(), 1..=9) && digits(text).is_some()
}

fn digits(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn seconds(text: &str) -> Option<i64> {
    let (date, rest) = text.split_once('T')?;
    let zone = rest.find(['Z', '+', '-'])?;
    let (time, zone) = rest.split_at_checked(zone)?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    if !is_fraction(fraction) {
        return None;
    }
    let [year, month, day] = parts(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = parts(time, ':', [2, 2, 2])?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(days(year, month, day)? * 86_400 + hour * 3_600 + minute * 60 + second - offset(zone)?)
}

fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let sign = if zone.starts_with('+') { 1 } else { -1 };
    let [hour, minute] = parts(zone.get(1..)?, ':', [2, 2])?;
    (hour <= 23 && minute <= 59).then_some(sign * (hour * 3_600 + minute * 60))
}

/// Numbers of exactly so many digits, with `between` between them.
fn parts<const N: usize>(text: &str, between: char, lengths: [usize; N]) -> Option<[i64; N]> {
    let mut texts = text.split(between);
    let mut numbers = [0; N];
    for (number, length) in numbers.iter_mut().zip(lengths) {
        let text = texts.next().filter(|text| text.len() == length)?;
        *number = digits(text)?.try_into().ok()?;
    }
    texts.next().is_none().then_some(numbers)
}

/// The days from the first of January 1970 to that day of the Gregorian calendar, if there is such a day.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let before = usize::try_from(month).ok()?.checked_sub(1)?;
    let length = *lengths.get(before)?;
    if year < 1 || day < 1 || day > length {
        return None;
    }
    let years = year - 1;
    let leap_days = years / 4 - years / 100 + years / 400;
    let this_year: i64 = lengths.iter().take(before).sum();
    Some(years * 365 + leap_days + this_year + day - 1 - 719_162)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_days() {
        for (date, expected) in [
            ((1970, 1, 1), Some(0)),
            ((1, 1, 1), Some(-719_162)),
            ((2000, 2, 29), Some(11_016)),
            ((2024, 12, 31), Some(20_088)),
            ((9999, 12, 31), Some(2_932_896)),
            ((1900, 2, 29), None),
            ((2023, 2, 29), None),
            ((2023, 13, 1), None),
            ((2023, 0, 1), None),
            ((2023, 4, 31), None),
            ((0, 1, 1), None),
        ] {
            assert_eq!(days(date.0, date.1, date.2), expected, "{date:?}");
        }
    }
}
