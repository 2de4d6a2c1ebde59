//! How passwords are checked.

use std::thread::available_parallelism;
use std::time::Duration;

/// How a [`PasswordAuthenticator`](super::PasswordAuthenticator) checks passwords. Start from the default and change what
/// you need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordSettings {
    /// How long a credential that was found right is used without asking the store again; 60 seconds by default. Changes
    /// that the store tells of end it at once; this bounds what is changed behind the store's back. After it, one read
    /// tells whether the account and its stored hash are the same, and only if the hash is not is the password hashed
    /// again. Zero asks the store every time.
    pub remember: Duration,
    /// How many credentials are remembered at most; 16,384 by default, about 200 bytes each. The least used go first.
    /// Zero remembers none, and every request costs a hash.
    pub remembered: usize,
    /// How many passwords are hashed at once, at least one; the number of cores by default. Each takes a thread, and up
    /// to 256 MiB for the costliest stored hash that is accepted (32 MiB for MLflow's, 19 MiB for new ones).
    pub parallel_hashes: usize,
    /// How many more may wait for that; 512 by default. Who comes then is told that the check is unavailable (503).
    pub waiting_hashes: usize,
    /// How many log-ins of one account may fail one after the other before the next has to wait: one second, then
    /// two, four, … up to [`longest_pause`](Self::longest_pause). 10 by default; zero never makes anyone wait.
    ///
    /// Who waits is rejected without a look at the password, except for credentials that this process has found right
    /// before: whoever guesses at an account does not lock out the clients that use it. The count starts anew with a
    /// success, and 15 minutes after the last failure. It is kept for the accounts tried most recently, whether they exist
    /// or not; in this process, and [where it is told to](super::PasswordAuthenticator::counting_in) with all others.
    pub free_attempts: u32,
    /// The longest that one more failure makes an account wait; 60 seconds by default.
    pub longest_pause: Duration,
}

impl Default for PasswordSettings {
    fn default() -> Self {
        Self {
            remember: Duration::from_secs(60),
            remembered: 1 << 14,
            parallel_hashes: available_parallelism().map_or(1, Into::into),
            waiting_hashes: 512,
            free_attempts: 10,
            longest_pause: Duration::from_secs(60),
        }
    }
}
