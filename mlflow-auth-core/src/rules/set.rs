//! Many patterns at once.
use super::Pattern;

/// Compiled patterns in the order in which they are asked.
#[derive(Debug)]
pub struct RuleSet {
    rules: Vec<Option<regex::Regex>>,
}

/// Why a set cannot be compiled.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct RuleSetError(String);

impl RuleSet {
    /// Compiles `patterns`, the first asked first. `None` stands for one that cannot be read: it matches everything.
    ///
    /// # Errors
    /// [`RuleSetError`]
    pub fn new<'p>(patterns: impl IntoIterator<Item = Option<&'p Pattern>>) -> Result<Self, RuleSetError> {
        let compile = |pattern: Option<&Pattern>| match pattern {
            None => Ok(None),
            Some(pattern) => regex::Regex::new(&format!("^(?:{})", pattern.as_str()))
                .map(Some)
                .map_err(|error| RuleSetError(error.to_string())),
        };
        Ok(Self { rules: patterns.into_iter().map(compile).collect::<Result<_, _>>()? })
    }

    /// The place of the first pattern that matches `name`.
    pub fn first_match(&self, name: &str) -> Option<usize> {
        self.rules.iter().position(|rule| rule.as_ref().is_none_or(|rule| rule.is_match(name)))
    }

    /// The places of all patterns that match `name`, in order.
    pub fn all_matches(&self, name: &str) -> Vec<usize> {
        let matches = |(place, rule): (usize, &Option<regex::Regex>)| {
            rule.as_ref().is_none_or(|rule| rule.is_match(name)).then_some(place)
        };
        self.rules.iter().enumerate().filter_map(matches).collect()
    }
}
