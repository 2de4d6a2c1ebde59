//! What can go wrong with a set of patterns.

use std::error::Error;

/// Why a set cannot be compiled. Whoever holds an older set goes on with it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RuleSetError {
    /// There are more patterns than [`RuleLimits::rules`](super::RuleLimits::rules).
    #[error("one subject holds more than {limit} patterns on one type of resource; write fewer, broader ones")]
    TooMany {
        /// The most there may be.
        limit: usize,
    },
    /// They need more memory than [`RuleLimits::bytes`](super::RuleLimits::bytes).
    #[error(
        "the {rules} patterns of one subject need more than {limit} bytes when they are compiled; use smaller counts, or \
         ranges such as `[0-9A-Za-z_]` in place of `\\w`"
    )]
    TooLarge {
        /// How many there are, plain texts aside.
        rules: usize,
        /// The most they may take.
        limit: usize,
    },
    /// They hold too many different characters and classes beyond ASCII.
    #[error("the patterns of one subject tell too many characters apart; use fewer classes beyond ASCII")]
    TooManyCharacters,
    /// The automaton cannot be made, or cannot be run.
    #[error("the patterns of one subject cannot be compiled together")]
    Automaton(#[source] Box<dyn Error + Send + Sync>),
}

/// A name that the patterns could not judge. It must be taken for a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the patterns could not judge the name")]
pub struct Unjudged(pub(super) ());

impl Unjudged {
    /// Says why in the log: there is nothing that the caller could do about it.
    pub(super) fn tell(error: &RuleSetError) {
        tracing::error!(error = error as &dyn Error, "patterns cannot judge a name; it is refused");
    }
}
