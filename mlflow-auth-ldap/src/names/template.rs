//! Templates with one place for a name, written as Python's `%` formatting has it.

/// Text with one place to fill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    before: String,
    after: String,
}

/// Text that is no template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidTemplate {
    #[error("it has no `%s` for the name")]
    NoPlace,
    #[error("it has more than one `%s`")]
    Places,
    #[error("a percent sign that is not part of `%s` must be written as `%%`")]
    Percent,
}

impl Template {
    /// Reads text in which `%s` stands once for the name, and `%%` for a percent sign.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidTemplate> {
        let (mut before, mut part, mut chars) = (None, String::new(), text.chars());
        while let Some(c) = chars.next() {
            if c != '%' {
                part.push(c);
                continue;
            }
            match chars.next() {
                Some('%') => part.push('%'),
                Some('s') if before.is_none() => before = Some(std::mem::take(&mut part)),
                Some('s') => return Err(InvalidTemplate::Places),
                _ => return Err(InvalidTemplate::Percent),
            }
        }
        Ok(Self { before: before.ok_or(InvalidTemplate::NoPlace)?, after: part })
    }

    /// The text with `value` in its place, as it stands: escape it first.
    pub(crate) fn fill(&self, value: &str) -> String {
        format!("{}{value}{}", self.before, self.after)
    }

    /// Whether this is a filter that compares an attribute with what is filled in, and nothing else with it.
    pub(crate) fn tests(&self, attribute: &str) -> bool {
        let comparison = format!("({attribute}=").to_ascii_lowercase();
        self.before.to_ascii_lowercase().ends_with(&comparison) && self.after.starts_with(')')
    }

    /// Whether there is nothing but the place.
    pub(crate) fn is_bare(&self) -> bool {
        self.before.trim().is_empty() && self.after.trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_is_filled_once() {
        let fill = |template: &str, value: &str| Template::parse(template).unwrap().fill(value);
        assert_eq!(fill("uid=%s,ou=people", "alice"), "uid=alice,ou=people");
        assert_eq!(fill("100%% of %s", "%s"), "100% of %s");
        assert_eq!(fill("%s@corp.example", "bob"), "bob@corp.example");
        for (filter, tests) in [
            ("(uid=%s)", true),
            ("(&(objectClass=person)(UID=%s))", true),
            ("(mail=%s)", false),
            ("(uid=%s@corp)", false),
            ("(cn=uid=%s)", false),
        ] {
            assert_eq!(Template::parse(filter).unwrap().tests("uid"), tests, "{filter}");
        }
        assert!(Template::parse("%s").unwrap().is_bare() && !Template::parse("%s@x").unwrap().is_bare());
    }

    #[test]
    fn what_pythons_formatting_would_fail_on_is_refused_at_the_start() {
        let bad = [
            ("uid=alice", InvalidTemplate::NoPlace),
            ("", InvalidTemplate::NoPlace),
            ("%s,%s", InvalidTemplate::Places),
            ("%d", InvalidTemplate::Percent),
            ("%s 100%", InvalidTemplate::Percent),
            ("%(name)s", InvalidTemplate::Percent),
        ];
        for (text, error) in bad {
            assert_eq!(Template::parse(text), Err(error), "{text}");
        }
    }
}
