//! The rule engine against the loop that it replaces: the first rule in order whose anchored expression matches.
#![cfg(test)]

use mlflow_auth_core::{Pattern, RuleLimits, RuleSet, RuleSetError};
use proptest::prelude::*;
use std::time::{Duration, Instant};

fn pattern(text: &str) -> Pattern {
    Pattern::new(text).unwrap_or_else(|error| panic!("{error}"))
}

fn set(patterns: &[impl AsRef<str>]) -> RuleSet {
    let patterns: Vec<Pattern> = patterns.iter().map(|text| pattern(text.as_ref())).collect();
    RuleSet::new(patterns.iter().map(Some)).unwrap()
}

/// The patterns of the benches: six shapes in turn.
fn mixed(i: usize) -> String {
    match i % 6 {
        0 => format!("^team-{i}-.*$"),
        1 => format!("^(staging|prod|dev)/team-{i}/.*$"),
        2 => format!("^.*-model-{i}$"),
        3 => format!("^proj{i}_(train|eval|serve)_v[0-9]+$"),
        4 => format!("^exp-{i}$"),
        _ => format!("(?i)^shared-{i}-[a-z0-9-]+$"),
    }
}

fn matched_by(i: usize) -> String {
    match i % 6 {
        0 => format!("team-{i}-fraud"),
        1 => format!("prod/team-{i}/fraud"),
        2 => format!("fraud-model-{i}"),
        3 => format!("proj{i}_eval_v12"),
        4 => format!("exp-{i}"),
        _ => format!("SHARED-{i}-x9"),
    }
}

/// One rule of the loop. In Python `$` also matches before a line break at the end, which the `regex` crate has to be
/// told; `$` stands only at the end of what is generated here.
fn anchored(text: &str) -> regex::Regex {
    let text = text.strip_suffix('$').map_or(text.to_owned(), |text| format!(r"(?:{text})(?:\n?\z)"));
    regex::Regex::new(&format!("^(?:{text})")).unwrap()
}

fn texts() -> impl Strategy<Value = String> {
    proptest::collection::vec(prop_oneof!["[ab]", "[ab-]{1,2}", Just("é".to_owned()), Just("日".to_owned())], 0..4)
        .prop_map(|parts| parts.concat())
}

/// A pattern of some shape over few letters, so that names are often matched by several.
fn patterns() -> impl Strategy<Value = String> {
    let middle = prop_oneof![
        4 => texts(),
        1 => (texts(), texts()).prop_map(|(one, other)| format!("({one}|{other})")),
        1 => (texts(), texts(), texts()).prop_map(|(one, two, three)| format!("(?:{one}|{two}b|{three})a?")),
        1 => texts().prop_map(|text| format!("(?i:{text})")),
        1 => texts().prop_map(|text| format!("[ab]{text}[^a]")),
        1 => texts().prop_map(|text| format!("(?:{text}b)+")),
        1 => texts().prop_map(|text| format!("(?:a{text}){{0,2}}")),
        1 => texts().prop_map(|text| format!("{text}[a-c]*")),
        1 => texts().prop_map(|text| format!("{text}[a-c]+")),
        1 => texts().prop_map(|text| format!(r"{text}\d*")),
        1 => texts().prop_map(|text| format!(r"{text}\w+")),
        1 => texts().prop_map(|text| format!(r"{text}[^\W\d]")),
        1 => texts().prop_map(|text| format!(r"{text}[à-ü٠-٩]*\S")),
        1 => texts().prop_map(|text| format!("(?i:[é{}]{{2}})", text.replace('-', ""))),
        1 => texts().prop_map(|text| format!(r"\b{text}\b")),
        1 => texts().prop_map(|text| format!(r"{text}\B")),
        1 => texts().prop_map(|text| format!(r"{text}\n")),
        1 => (texts(), texts()).prop_map(|(one, other)| format!("{one}.*{other}")),
        1 => (texts(), texts()).prop_map(|(one, other)| format!("{one}.{other}")),
        1 => texts().prop_map(|text| format!("(?s:{text}.*b)")),
    ];
    let start = prop_oneof![Just(""), Just("^"), Just("^.*"), Just(".*"), Just("(?s:.*)")];
    let end = prop_oneof![Just(""), Just("$"), Just(".*"), Just(".*$"), Just(".*?$"), Just("(?s:.*)$")];
    (start, middle, end)
        .prop_map(|(start, middle, end)| format!("{start}{middle}{end}"))
        .prop_filter("no pattern is empty", |text| !text.is_empty())
}

fn any_of(letters: &str) -> impl Strategy<Value = String> + use<> {
    proptest::sample::select(letters.chars().map(String::from).collect::<Vec<_>>())
}

fn names() -> impl Strategy<Value = String> {
    let letter = prop_oneof![
        6 => "[ab]",
        1 => Just("-".to_owned()),
        1 => Just("A".to_owned()),
        1 => Just("é".to_owned()),
        1 => any_of("É日本٣ü😀 "),
        1 => Just("1".to_owned()),
        1 => Just("\n".to_owned()),
    ];
    proptest::collection::vec(letter, 1..7).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn a_set_answers_as_the_loop_does(
        rules in proptest::collection::vec(proptest::option::weighted(0.97, patterns()), 1..14),
        names in proptest::collection::vec(names(), 24),
    ) {
        let checked: Vec<Option<Pattern>> = rules.iter().map(|rule| rule.as_deref().map(pattern)).collect();
        let set = RuleSet::new(checked.iter().map(Option::as_ref)).unwrap();
        let alone: Vec<Option<regex::Regex>> = rules.iter().map(|rule| rule.as_deref().map(anchored)).collect();
        for name in &names {
            let matches = |rule: &Option<regex::Regex>| rule.as_ref().is_none_or(|rule| rule.is_match(name));
            let all: Vec<usize> = (0..alone.len()).filter(|rule| matches(&alone[*rule])).collect();
            prop_assert_eq!(set.first_match(name).unwrap(), all.first().copied(), "{:?} on {:?}", rules, name);
            prop_assert_eq!(set.all_matches(name).unwrap(), all, "{:?} on {:?}", rules, name);
        }
    }
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1000)
}

#[test]
fn ten_thousand_rules_of_six_shapes_build_and_answer() {
    let set = set(&(0..10_000).map(mixed).collect::<Vec<_>>());
    for i in (0..10_000).step_by(7) {
        assert_eq!(set.first_match(&matched_by(i)), Ok(Some(i)));
        assert_eq!(set.all_matches(&matched_by(i)), Ok(vec![i]));
        assert_eq!(set.first_match(&matched_by(i + 12_000)), Ok(None));
    }
    assert_eq!(set.first_match("exp-4\n"), Ok(Some(4)));
    assert_eq!(set.first_match("team-6-x\ny"), Ok(None));
}

/// Where an engine falls back to simulation, a decision over ten thousand rules costs thousands of times what one over
/// ten costs.
#[test]
fn no_cliff_up_to_ten_thousand_rules() {
    let cost = |count: usize| {
        let set = set(&(0..count).map(mixed).collect::<Vec<_>>());
        let names: Vec<String> = (0..500).map(|i| matched_by(i * count / 500 + i % 2 * count)).collect();
        let round = || {
            let began = Instant::now();
            names.iter().for_each(|name| assert!(set.first_match(std::hint::black_box(name)).is_ok()));
            began.elapsed()
        };
        round();
        (0..20).map(|_| round()).min().unwrap()
    };
    let (few, many) = (cost(12), cost(10_000));
    assert!(many < few * 40, "{few:?} with ten rules, {many:?} with ten thousand");
}

#[test]
fn ends_beside_beginnings_build_at_once() {
    let patterns: Vec<String> =
        (0..1000).flat_map(|i| [format!(".*-model-{i}"), format!("^.*_{i}$"), format!("team-{i}")]).collect();
    let began = Instant::now();
    let set = set(&patterns);
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert_eq!(set.all_matches("team-7-model-8_9"), Ok(vec![23, 24, 28]));
}

#[test]
fn a_word_boundary_does_not_spoil_the_set() {
    let set = set(&["^team-[0-9]+x", r"^.*\bprod\b", "^ü.*[0-9]$", r"\bü"]);
    for (name, matched) in [
        ("a prod", vec![1]),
        ("é prod", vec![1]),
        ("éprod", vec![]),
        ("prodé", vec![]),
        ("ü1", vec![2, 3]),
        ("team-1x prod", vec![0, 1]),
        ("team-1x-é prod", vec![0, 1]),
        ("team-1x\nprod", vec![0]),
        ("日本 prod 日本", vec![1]),
    ] {
        assert_eq!(set.first_match(name), Ok(matched.first().copied()), "{name:?}");
        assert_eq!(set.all_matches(name), Ok(matched), "{name:?}");
    }
}

#[test]
fn characters_of_many_scripts_are_told_apart() {
    let mut patterns: Vec<String> = ('\u{4e00}'..'\u{5200}').map(|c| format!("^{c}[0-9]$")).collect();
    patterns.extend([r"^\w+x$", r"^[^\W\d]\dx$", "^[б-ю]+$", r"^\W+x$", "^[^一-龥]x$", "^一.$"].map(str::to_owned));
    let set = set(&patterns);
    let others = 1024;
    for (name, all) in [
        ("一7", vec![0, others + 5]),
        ("丁7", vec![1]),
        ("一丁x", vec![others]),
        ("б٣x", vec![others, others + 1]),
        ("бв", vec![others + 2]),
        ("ая", vec![]),
        ("éx", vec![others, others + 4]),
        ("—x", vec![others + 3, others + 4]),
        ("一😀", vec![others + 5]),
        ("😀x", vec![others + 3, others + 4]),
        ("😀x\n", vec![others + 3, others + 4]),
    ] {
        assert_eq!(set.first_match(name), Ok(all.first().copied()), "{name}");
        assert_eq!(set.all_matches(name), Ok(all), "{name}");
    }
}

#[test]
fn characters_beyond_counting_are_an_error() {
    let signs: Vec<char> = ('\u{2190}'..'\u{2bff}').filter(|c| !c.is_alphanumeric()).collect();
    let patterns: Vec<Pattern> =
        (0..8_000).map(|i| pattern(&format!("^[\\w{}{}]x", signs[i % signs.len()], signs[i / 3 % 1900]))).collect();
    let error = RuleSet::new(patterns.iter().map(Some)).unwrap_err();
    assert!(matches!(error, RuleSetError::TooManyCharacters), "{error}");
    assert!(RuleSet::new(patterns.iter().take(1000).map(Some)).is_ok());
}

#[test]
fn an_unreadable_rule_matches_everything_at_its_place() {
    let (one, other) = (pattern("^a$"), pattern("^b"));
    let set = RuleSet::new([Some(&one), None, Some(&other), None]).unwrap();
    for (name, all) in
        [("a", vec![0, 1, 3]), ("b", vec![1, 2, 3]), ("", vec![1, 3]), ("a\n", vec![0, 1, 3]), ("\n", vec![1, 3])]
    {
        assert_eq!(set.first_match(name), Ok(Some(all[0])), "{name:?}");
        assert_eq!(set.all_matches(name), Ok(all), "{name:?}");
    }
}

#[test]
fn equal_rules_and_many_lengths_are_all_found() {
    let mut patterns: Vec<String> =
        (1..60).flat_map(|n| [format!("^{}", "a".repeat(n)), format!(".*{}$", "b".repeat(n))]).collect();
    patterns.extend(["a".to_owned(), "^a.*$".to_owned(), "^(a|a)".to_owned(), "a".to_owned()]);
    let set = set(&patterns);
    let name = "a".repeat(30) + &"b".repeat(30);
    let mut expected: Vec<usize> = (0..60).collect();
    expected.extend(118..122);
    assert_eq!(set.all_matches(&name), Ok(expected));
    assert_eq!(set.first_match(&name), Ok(Some(0)));
    assert_eq!(set.first_match("xb"), Ok(Some(1)));
    assert_eq!(set.first_match("x"), Ok(None));
}

#[test]
fn a_rule_of_several_texts_keeps_them_apart() {
    let set = set(&["(a|b).*", "b", "^(b|c)", ".*(x|y)$", ".*y$"]);
    for (name, all) in [("a", vec![0]), ("b", vec![0, 1, 2]), ("c", vec![2]), ("zx", vec![3]), ("zy", vec![3, 4])] {
        assert_eq!(set.all_matches(name), Ok(all), "{name}");
    }
}

#[test]
fn threads_agree() {
    let set = set(&(0..600).map(mixed).collect::<Vec<_>>());
    std::thread::scope(|scope| {
        for offset in 0..8 {
            let set = &set;
            scope.spawn(move || {
                for i in (offset..600).chain(0..600) {
                    assert_eq!(set.first_match(&matched_by(i)), Ok(Some(i)));
                    assert_eq!(set.all_matches(&matched_by(i)), Ok(vec![i]));
                }
            });
        }
    });
}

#[test]
fn what_is_too_much_is_an_error() {
    let few = RuleLimits { rules: 2, ..RuleLimits::default() };
    let patterns: Vec<Pattern> = ["a", "b", "c"].map(pattern).into();
    assert!(RuleSet::with_limits(patterns.iter().take(2).map(Some), few).is_ok());
    let error = RuleSet::with_limits(patterns.iter().map(Some), few).unwrap_err();
    assert!(matches!(error, RuleSetError::TooMany { limit: 2 }), "{error}");

    let little = RuleLimits { bytes: 1 << 20, ..RuleLimits::default() };
    for make in [
        |i: usize| format!(r"^{i}(?:\w\d){{20}}x"),
        |i: usize| format!("^{i}-[a-z]{{20}}[0-9]"),
        |i: usize| format!(".*{i}{}", "x".repeat(100)),
        |i: usize| format!("^{i}{}$", "x".repeat(100)),
    ] {
        let patterns: Vec<Pattern> = (0..1000).map(|i| pattern(&make(i))).collect();
        let error = RuleSet::with_limits(patterns.iter().map(Some), little).unwrap_err();
        assert!(matches!(error, RuleSetError::TooLarge { .. }), "{error}");
        assert!(RuleSet::with_limits(patterns.iter().take(5).map(Some), little).is_ok());
    }
}

#[test]
fn the_one_known_difference_to_python() {
    let set = set(&["(?i)^i$"]);
    assert_eq!(set.first_match("I"), Ok(Some(0)));
    // Python's `re` takes these for an `i` as well.
    for name in ["İ", "ı"] {
        assert_eq!(set.first_match(name), Ok(None));
    }
}
