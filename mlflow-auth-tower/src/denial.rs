//! Refusals: what the log says of them, and what the caller is told.

use crate::reply::Reply;
use crate::request::Canonical;
use mlflow_auth_core::routes::Route;
use mlflow_auth_core::{Principal, Verdict};

/// Who was refused what.
pub(crate) struct Denial<'a> {
    pub(crate) who: &'a Principal,
    pub(crate) head: &'a Canonical,
    pub(crate) route: Option<&'a Route>,
    pub(crate) verdict: Option<&'a Verdict<'a>>,
}

impl<'a> Denial<'a> {
    pub(crate) fn new(who: &'a Principal, head: &'a Canonical) -> Self {
        Self { who, head, route: None, verdict: None }
    }

    /// The answer. The log always says why, in fields; the answer where the operator allows it.
    pub(crate) fn reply(&self, why: &str, says_why: bool) -> Reply {
        self.log(why);
        match says_why {
            true => Reply::denied_because(&one_line(why)),
            false => Reply::denied(),
        }
    }

    /// Every value is logged as a text and none as it displays itself: subscribers quote and escape texts, so that
    /// nothing in a request can look like another field or another line.
    fn log(&self, why: &str) {
        let Self { who, head, route, verdict } = self;
        let asked = verdict.and_then(|verdict| verdict.asked);
        let (resource, path) = (asked.map(|(_, resource)| resource.to_string()), head.path());
        let missing = verdict.and_then(Verdict::missing);
        let grant = verdict.and_then(|verdict| verdict.reason.grant());
        let holder = grant.map(|grant| grant.spec.subject.to_string());
        tracing::info!(
            user = who.user.as_str(),
            proof = who.proof.name(),
            method = head.method.as_str(),
            route = route.map(|route| route.path),
            path = path.as_str(),
            action = asked.map(|(action, _)| action.name()),
            resource = resource.as_deref(),
            needed = missing.map(|missing| missing.needed.name()),
            held = verdict.map(|verdict| verdict.permission.name()),
            reason = verdict.map(|verdict| verdict.reason.name()),
            source = verdict.and_then(|verdict| verdict.reason.source()).map(|source| source.name()),
            grant = grant.map(|grant| grant.id),
            holder = holder.as_deref(),
            why,
            "refused"
        );
    }
}

/// Without characters that end a line, or that show it in another way than it reads.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\'' | '\\' => line.push(c),
            c => line.extend(c.escape_debug()),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_line() {
        let cases = [
            (
                "`alice` may not read experiment `7` (`it's \"mine\"\\`)",
                "`alice` may not read experiment `7` (`it's \"mine\"\\`)",
            ),
            ("a\nb\r\u{1b}[2K\u{2028}\u{202e}c", "a\\nb\\r\\u{1b}[2K\\u{2028}\\u{202e}c"),
            ("größe 日本", "größe 日本"),
        ];
        for (text, line) in cases {
            assert_eq!(one_line(text), line);
        }
    }
}
