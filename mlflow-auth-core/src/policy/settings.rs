//! How decisions are made: the two systems that people come from.

use std::fmt;
use std::str::FromStr;

/// Where an answer can come from in first-match mode. A role counts as a group: its exact grants with
/// [`Source::Group`], its patterns with [`Source::GroupRegex`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// A grant that names the user and the resource, or the user and everything of its type.
    User,
    /// The same for the user's groups and roles, merged by rank.
    Group,
    /// The user's own patterns.
    Regex,
    /// The patterns of all the user's groups and roles, pooled.
    GroupRegex,
}

impl Source {
    /// All sources, in the default order.
    pub const ALL: [Source; 4] = [Source::User, Source::Group, Source::Regex, Source::GroupRegex];

    /// The name in `PERMISSION_SOURCE_ORDER`.
    pub const fn name(self) -> &'static str {
        match self {
            Source::User => "user",
            Source::Group => "group",
            Source::Regex => "regex",
            Source::GroupRegex => "group-regex",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The order in which sources are asked. One that is left out is never asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceOrder(Vec<Source>);

/// A `PERMISSION_SOURCE_ORDER` that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` in the source order is unknown or stands twice; use user, group, regex, group-regex, each at most once")]
pub struct UnknownSource(pub String);

impl SourceOrder {
    /// The sources, first asked first.
    pub fn sources(&self) -> &[Source] {
        &self.0
    }
}

impl Default for SourceOrder {
    fn default() -> Self {
        Self(Source::ALL.to_vec())
    }
}

impl FromStr for SourceOrder {
    type Err = UnknownSource;

    /// Reads names with commas between, such as `user,group,regex,group-regex`. Unlike mlflow-oidc-auth, which warns
    /// and goes on without the source, an unknown name is an error: a source silently left out is a rule silently
    /// ignored.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut order = Vec::new();
        for name in text.split(',').map(str::trim) {
            let source = Source::ALL.into_iter().find(|source| source.name() == name);
            match source.filter(|source| !order.contains(source)) {
                Some(source) => order.push(source),
                None => return Err(UnknownSource(name.to_owned())),
            }
        }
        Ok(Self(order))
    }
}

impl fmt::Display for SourceOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|source| source.name()).collect();
        f.write_str(&names.join(","))
    }
}

/// How grants that speak about one resource become one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The first source, in this order, that holds any answer decides, be it broader or narrower. As mlflow-oidc-auth.
    FirstMatch(SourceOrder),
    /// All grants of the user, the groups and the roles are folded: a `DENY` wins, else the highest permission, raised
    /// to at least the default. As MLflow's own auth app.
    Union,
}

impl Default for Mode {
    fn default() -> Self {
        Mode::FirstMatch(SourceOrder::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_and_written() {
        let order: SourceOrder = "group-regex, user".parse().unwrap();
        assert_eq!(order.sources(), [Source::GroupRegex, Source::User]);
        assert_eq!(order.to_string(), "group-regex,user");
        for (text, named) in [("user,idp", "idp"), ("user,user", "user"), ("", ""), ("user,", "")] {
            assert_eq!(text.parse::<SourceOrder>(), Err(UnknownSource(named.into())));
        }
    }
}
