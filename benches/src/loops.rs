//! What a user of the `regex` crate would write first.

use regex::{Error, Regex, RegexSet, RegexSetBuilder};

/// Every pattern compiled alone, tried in order.
pub struct Loop(Vec<Regex>);

impl Loop {
    /// Compiles `patterns`.
    ///
    /// # Errors
    /// Those of the crate.
    pub fn new(patterns: &[String]) -> Result<Self, Error> {
        patterns.iter().map(|pattern| Regex::new(pattern)).collect::<Result<_, _>>().map(Self)
    }

    /// The first that matches.
    pub fn first(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|pattern| pattern.is_match(name))
    }
}

/// All patterns in one `RegexSet`. Its default limits do not take ten thousand patterns.
pub struct Together(RegexSet);

impl Together {
    /// Compiles `patterns`, with the default limits or with ample ones.
    ///
    /// # Errors
    /// Those of the crate.
    pub fn new(patterns: &[String], ample: bool) -> Result<Self, Error> {
        let mut builder = RegexSetBuilder::new(patterns);
        if ample {
            builder.size_limit(1 << 30).dfa_size_limit(1 << 30);
        }
        builder.build().map(Self)
    }

    /// The first that matches.
    pub fn first(&self, name: &str) -> Option<usize> {
        self.0.matches(name).iter().next()
    }
}
