//! Patterns that are refused when they are written, and how soon; and those that only look dangerous.
#![cfg(test)]

use mlflow_auth_core::{Pattern, PatternError, RuleSet};
use std::time::{Duration, Instant};

/// A test is not optimised as a release is.
const SOON: Duration = Duration::from_millis(if cfg!(debug_assertions) { 250 } else { 50 });

/// Pattern, what the error says, and how many characters stand before what is wrong.
const REFUSED: &[(&str, &str, Option<usize>)] = &[
    ("", "write `.*`", None),
    ("^(?!secret-).*$", "lower priority number", Some(1)),
    ("ä(?=b)", "look-around", Some(1)),
    ("(?<=a)b", "look-around", Some(0)),
    ("(?<!a)b", "look-around", Some(0)),
    (r"(a)\1", "back-references", Some(3)),
    ("(?P<n>a)(?P=n)", "back-references", Some(10)),
    ("(?>a)", "write `(?:`", Some(2)),
    ("(?#a)", "comments", Some(2)),
    ("(a)?(?(1)b|c)", "conditions", Some(6)),
    ("a++", "into a group", Some(2)),
    ("a{2}{3}", "into a group", Some(4)),
    ("a{ 2}", "white space", Some(1)),
    ("a{x}", r"write `\{`", Some(2)),
    ("a{", r"write `\{`", Some(1)),
    ("[[a]]", r"write `\[`", Some(1)),
    ("[[:alpha:]]", "`[a-z]`", Some(1)),
    ("[a&&b]", "`&&`", Some(1)),
    ("[a--b]", "--", Some(0)),
    ("[a~~b]", "`~~`", Some(1)),
    ("[]a]", r"write `\]`", Some(0)),
    ("[a", r"write `\[`", Some(0)),
    (r"\<a", "`<` for the sign", Some(0)),
    (r"a\>", "`>` for the sign", Some(1)),
    (r"\b{start}", r"write `\b`", Some(0)),
    (r"a\Z", "write `$`", Some(1)),
    (r"a\z", "write `$`", Some(1)),
    ("(?x)a", "white space", Some(2)),
    ("(?a)a", "`i`, `m` and `s`", Some(2)),
    ("(?U)a", "`i`, `m` and `s`", Some(2)),
    ("(?R)a", "`i`, `m` and `s`", Some(2)),
    ("(?-u:a)", "`i`, `m` and `s`", Some(3)),
    ("a(?i)b", "at its start", Some(1)),
    ("(?-i)a", "leave this out", Some(0)),
    ("team-(", "unclosed group", Some(5)),
    ("*", "missing", Some(0)),
];

#[test]
fn a_refusal_says_what_to_write_instead() {
    for (text, says, position) in REFUSED {
        let error = Pattern::new(text).unwrap_err();
        assert_eq!(error.position, *position, "{error}");
        assert_eq!(error.pattern, *text);
        let shown = error.to_string();
        assert!(shown.contains(says) && shown.contains(text), "{shown}");
    }
}

#[test]
fn a_hostile_pattern_is_refused_at_once() {
    let hostile: Vec<(&str, String)> = vec![
        ("long", "a".repeat(1025)),
        ("megabytes", "a|".repeat(5_000_000)),
        ("deep", format!("{}a{}", "(".repeat(500), ")".repeat(500))),
        ("counted", "(?:a{1000}){1000}".to_owned()),
        ("counted thrice", "(?:(?:a{1000}){1000}){1000}".to_owned()),
        ("beyond counting", "((((a{4294967295}){4294967295}){4294967295}){4294967295})".to_owned()),
        ("words", r"(?:\w{100}\d{100}){100}".to_owned()),
        ("words without case", format!("(?i){}", r"[^\w\s]".repeat(140))),
        ("letters", r"\pL".repeat(330)),
        ("every class", r"(?i)[\w\W\s\S\d\D]".repeat(50)),
        ("optional", format!("(?:{}){{1,900}}", "a?".repeat(200))),
        ("everything counted", r"(?:.{1,500}){1,500}".to_owned()),
        ("ranges", format!("(?i){}", "[a-\u{10ffff}]".repeat(80)) + &"{9}".repeat(20)),
        ("one class counted", "[a-z]{1,1000000}".to_owned()),
        ("a wide class counted", r"(?i)[\w-]{20000}".to_owned()),
        ("classes counted in turn", r"(?:[a-z]{50}[0-9]{50}\w{50}){1000}".to_owned()),
        ("open counts", "(?:(?:a{500,}){500,}){2,}".to_owned()),
        ("doubled each time", format!("{}a{}", "(?:".repeat(30), "{2})".repeat(30))),
        ("alternatives counted", format!("(?:{}){{50000}}", "ab|cd|".repeat(60) + "ef")),
        ("alternatives of classes", format!("(?:{})", [r"\w{999}"; 120].join("|"))),
    ];
    for (what, text) in hostile {
        let fastest = (0..3).map(|_| {
            let began = Instant::now();
            assert!(Pattern::new(&text).is_err(), "{what}");
            began.elapsed()
        });
        let fastest = fastest.min().unwrap();
        assert!(fastest < SOON, "{what}: {fastest:?}");
    }
}

/// What makes a backtracking engine try for ever is a matter of course to an automaton.
#[test]
fn what_others_choke_on_is_matched_in_one_pass() {
    let evil = ["(a|aa)+$", "(a+)+$", "(a*)*b", "(?:a|a|a)*$", "(.*)*x$", "^(?:a?){60}a{60}$", r"(\w+\s?)*!$"];
    let began = Instant::now();
    let patterns: Vec<Pattern> = evil.iter().map(|text| Pattern::new(text).unwrap()).collect();
    let set = RuleSet::new(patterns.iter().map(Some)).unwrap();
    let name = "a".repeat(5_000);
    assert_eq!(set.all_matches(&name), Ok(vec![0, 1, 3]));
    assert_eq!(set.all_matches(&format!("{name}!")), Ok(vec![6]));
    assert_eq!(set.first_match(&format!("{name}b")), Ok(Some(2)));
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
}

#[test]
fn a_large_pattern_is_judged_at_once() {
    let large = [
        "a|".repeat(511),
        format!("(?i){}", "[a-\u{10ffff}]".repeat(14)),
        format!("(?i){}", "[ab-\u{10ffff}]".repeat(2)),
        format!("(?i){}", r"[\w\s]".repeat(20)),
        format!("(?i){}", r"[\W]\W".repeat(20)),
        format!("(?i:{})", r"\p{L}".repeat(20)),
        r"(?i:[^\P{L}])".repeat(20),
        format!("{}(?i)", r"(?i:\S)".repeat(20)),
        format!("{}a{}", "(?:b|".repeat(200), ")".repeat(200)),
        format!("{}a{}", "(?:".repeat(250), ")?".repeat(250)),
        r"\w".repeat(20),
        r"\w{1000}".to_owned(),
        "[^a-z]".repeat(80),
    ];
    for text in large {
        let judge = || {
            let began = Instant::now();
            drop(Pattern::new(&text));
            began.elapsed()
        };
        let fastest = (0..3).map(|_| judge()).min().unwrap();
        assert!(fastest < SOON, "{text}: {fastest:?}");
    }
}

#[test]
fn an_error_shortens_a_long_pattern_and_keeps_it() {
    let error: PatternError = Pattern::new(&"é".repeat(3000)).unwrap_err();
    assert_eq!(error.pattern.chars().count(), 3000);
    assert!(error.to_string().chars().count() < 300, "{error}");
}
