//! Entries of people who may not sign in any more, though they are still there and still in their groups.

use super::connection::Entry;
use crate::error::LdapError;
use std::time::{Duration, SystemTime};

/// What says so: Active Directory's two, 389 Directory Server's, and the password policy's of OpenLDAP.
pub(super) const MARKS: [&str; 4] = [ACCOUNT_CONTROL, ACCOUNT_EXPIRES, ACCOUNT_LOCK, LOCKED_TIME];

const ACCOUNT_CONTROL: &str = "userAccountControl";
const ACCOUNT_EXPIRES: &str = "accountExpires";
const ACCOUNT_LOCK: &str = "nsAccountLock";
const LOCKED_TIME: &str = "pwdAccountLockedTime";

/// `ADS_UF_ACCOUNTDISABLE` in `userAccountControl`.
const DISABLED: i64 = 0x2;
/// What `pwdAccountLockedTime` says of an account that only an administrator opens again. Other moments are those of guesses:
/// whoever guesses at somebody must not end their sessions.
const FOR_GOOD: &str = "000001010000Z";
/// Seconds from the beginning of 1601, from which Active Directory counts, to that of 1970.
const FROM_1601: u64 = 11_644_473_600;
/// Its ticks in a second.
const TICKS: u64 = 10_000_000;

/// Whether the account of this entry is closed. Flags that are no number close it.
///
/// # Errors
/// [`LdapError`] if one of the marks is no text: then nobody can tell.
pub(super) fn is_closed(entry: &Entry, now: SystemTime) -> Result<bool, LdapError> {
    let value = |name: &str| Ok::<_, LdapError>(entry.values(name)?.first().map(String::as_str));
    let is_disabled =
        value(ACCOUNT_CONTROL)?.is_some_and(|flags| flags.parse::<i64>().map_or(true, |flags| flags & DISABLED != 0));
    let is_over = value(ACCOUNT_EXPIRES)?.and_then(end).is_some_and(|end| end <= now);
    let is_locked = value(ACCOUNT_LOCK)?.is_some_and(|lock| lock.eq_ignore_ascii_case("true"))
        || value(LOCKED_TIME)? == Some(FOR_GOOD);
    Ok(is_disabled || is_over || is_locked)
}

/// The moment in `accountExpires`. None for 0 and for the largest number: both say never.
fn end(ticks: &str) -> Option<SystemTime> {
    let ticks: u64 = ticks.parse().ok().filter(|ticks| *ticks != 0 && *ticks < i64::MAX.unsigned_abs())?;
    let seconds = (ticks / TICKS).saturating_sub(FROM_1601);
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_accounts_are_told_from_open_ones() {
        // 2026-11-22, in seconds since 1970 and in Active Directory's ticks.
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_305_600);
        for (name, value, closed) in [
            ("userAccountControl", "512", false),
            ("userAccountControl", "514", true),
            ("useraccountcontrol", "66050", true),
            ("userAccountControl", "no number", true),
            ("accountExpires", "0", false),
            ("accountExpires", "9223372036854775807", false),
            ("accountExpires", "134397792000000000", true),
            ("accountExpires", "134400000000000000", false),
            ("accountExpires", "1", true),
            ("nsAccountLock", "TRUE", true),
            ("nsAccountLock", "false", false),
            ("pwdAccountLockedTime", "000001010000Z", true),
            ("pwdAccountLockedTime", "20261122103000Z", false),
            ("description", "514", false),
        ] {
            assert_eq!(is_closed(&Entry::with("cn=ann", name, value), now).unwrap(), closed, "{name}: {value}");
        }
    }
}
