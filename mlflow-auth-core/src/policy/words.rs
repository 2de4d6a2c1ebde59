//! An explanation as lines that an administrator reads.

use super::{Explanation, Verdict};
use std::fmt;

/// Why, without who and what.
struct Because<'v, 'a>(&'v Verdict<'a>);

impl fmt::Display for Because<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.because(f)
    }
}

impl Verdict<'_> {
    /// The reason as a sentence, without who asked for what.
    pub fn why(&self) -> String {
        Because(self).to_string()
    }
}

impl fmt::Display for Explanation<'_> {
    /// The verdict; why; what is held; what it takes and what is missing; what was shadowed, one line each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { verdict, shadowed } = self;
        let word = if verdict.allowed { "allow" } else { "refuse" };
        write!(f, "{word}: ")?;
        verdict.claim(f)?;
        write!(f, "\n  because:  {}", Because(verdict))?;
        write!(f, "\n  holds:    {}", verdict.permission)?;
        if let Some((action, _)) = verdict.asked {
            write!(f, "\n  takes:    {}", action.least())?;
        }
        if let Some(missing) = verdict.missing() {
            write!(f, "\n  missing:  {missing}")?;
        }
        if shadowed.is_empty() {
            return f.write_str("\n  shadowed: nothing else speaks about it");
        }
        f.write_str("\n  shadowed, in the order in which they would have been asked:")?;
        for (number, met) in (1..).zip(shadowed) {
            let would = match verdict.asked {
                Some((action, _)) if met.would_allow(action) => ", would have allowed it",
                Some(_) => ", would not have allowed it",
                None => "",
            };
            write!(f, "\n    {number}. {} (source {}){would}", met.grant, met.source)?;
        }
        Ok(())
    }
}
