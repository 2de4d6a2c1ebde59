//! Where somebody goes after signing in.

/// A place of this server: what a browser is sent to after it signed in. Never another server, whatever reader of
/// addresses looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned(String);

/// Longer than the addresses that pages have.
const LONGEST: usize = 2048;

impl Returned {
    /// A path of this server with its query: one slash at the beginning, no backslash and no control character anywhere.
    /// `None` for anything else.
    pub fn new(text: &str) -> Option<Self> {
        let rest = text.strip_prefix('/')?;
        let plain = text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if rest.starts_with('/') || !plain {
            return None;
        }
        let here = url::Url::parse("https://here.invalid/").ok()?;
        let there = here.join(text).ok()?;
        (there.origin() == here.origin()).then(|| Self(text.to_owned()))
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_paths_of_this_server_are_gone_back_to() {
        for (text, good) in [
            ("/", true),
            ("/#/experiments/1", true),
            ("/mlflow/graphql?x=%2F%2Fevil.example&y=https://evil.example/", true),
            ("/a//b", true),
            ("", false),
            ("a", false),
            ("//evil.example", false),
            ("///evil.example", false),
            ("/\\evil.example", false),
            ("/a\\..\\\\evil.example", false),
            ("\\\\evil.example", false),
            ("https://evil.example/", false),
            ("https:/evil.example", false),
            ("javascript:alert(1)", false),
            (" /", false),
            ("/\t/evil.example", false),
            ("\t//evil.example", false),
            ("/\n/evil.example", false),
            ("/a\r\nset-cookie: x=y", false),
            ("/\0", false),
            ("/ä", false),
            ("/\u{2215}/evil.example", false),
        ] {
            assert_eq!(Returned::new(text).is_some(), good, "{text:?}");
        }
        assert!(Returned::new(&format!("/{}", "a".repeat(2048))).is_none());
    }

    proptest! {
        #[test]
        fn whatever_is_gone_back_to_is_here(text in "[/\\\\a.:@?#%\t\n 0-9]{0,12}") {
            if let Some(place) = Returned::new(&text) {
                let here = url::Url::parse("https://mlflow.example/login").unwrap();
                prop_assert_eq!(here.join(place.as_str()).unwrap().origin(), here.origin());
            }
        }
    }
}
