//! What patterns have in common, exactly, with a name as the proof.
//!
//! The names meant here are not empty and have no line break, as nearly all have. Everything is bounded: what would take
//! too much is not answered.

use super::Pattern;
use super::automaton::Draft;
use super::set::compiled_form;
use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::util::primitives::StateID;
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::{Dot, Hir, Repetition};
use std::collections::{HashSet, VecDeque};

type Dfa = dense::DFA<Vec<u32>>;

/// The question was too large, or one that automata do not answer (word boundaries).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooHard;

/// The most bytes of one automaton, of what it is made from, and of what making it takes.
const MOST: usize = 8 << 20;

/// One of the shortest names that all of `matched` match and none of `unmatched`, and that has none of the `forbidden`
/// characters, which are ASCII. `None` if there is no such name.
pub(crate) fn witness(
    matched: &[&Pattern],
    unmatched: &[&Pattern],
    forbidden: &[u8],
) -> Result<Option<String>, TooHard> {
    let mut draft = Draft::default();
    for (rule, pattern) in (0..).zip(matched.iter().chain(unmatched)) {
        draft.add(rule, whole_names(pattern)?);
    }
    let compiled = draft.compile(MOST).map_err(|_| TooHard)?;
    let config = dense::Config::new()
        .match_kind(MatchKind::All)
        .start_kind(StartKind::Anchored)
        .accelerate(false)
        .dfa_size_limit(Some(MOST))
        .determinize_size_limit(Some(MOST));
    let dfa = dense::Builder::new().configure(config).build_from_nfa(compiled.nfa()).map_err(|_| TooHard)?;
    let accepts = |state| {
        let met = matches(&dfa, state);
        let wanted = matched.len();
        met.iter().filter(|pattern| **pattern < wanted).count() == wanted && met.iter().all(|pattern| *pattern < wanted)
    };
    let found = search(&dfa, &steps(&dfa, forbidden), accepts)?;
    Ok(found.and_then(|bytes| compiled.unspelled(&bytes)))
}

/// A pattern that matches the whole of each name that `pattern` matches at its beginning.
fn whole_names(pattern: &Pattern) -> Result<Hir, TooHard> {
    let hir = compiled_form(pattern).map_err(|_| TooHard)?;
    let looks = hir.properties().look_set();
    if looks.contains_word() {
        return Err(TooHard);
    }
    let anything = Repetition { min: 0, max: None, greedy: true, sub: Box::new(Hir::dot(Dot::AnyChar)) };
    Ok(Hir::concat(vec![hir, Hir::repetition(anything)]))
}

/// One byte of each kind that the automaton tells apart, those first that look best in an example.
fn steps(dfa: &Dfa, forbidden: &[u8]) -> Vec<u8> {
    let niceness = |byte: &u8| match byte {
        b'a'..=b'z' => 0,
        b'0'..=b'9' => 1,
        b'-' | b'_' => 2,
        b'A'..=b'Z' => 3,
        b'!'..=b'~' => 4,
        b' ' => 5,
        0x80.. => 6,
        _ => 7,
    };
    let mut bytes: Vec<u8> = (0..=u8::MAX).filter(|byte| *byte != b'\n' && !forbidden.contains(byte)).collect();
    bytes.sort_by_key(niceness);
    let mut seen = HashSet::new();
    bytes.retain(|byte| seen.insert(dfa.byte_classes().get(*byte)));
    bytes
}

/// The patterns that match a name that ends in `state`.
fn matches(dfa: &Dfa, state: StateID) -> HashSet<usize> {
    let end = dfa.next_eoi_state(state);
    match dfa.is_match_state(end) {
        true => (0..dfa.match_len(end)).map(|place| dfa.match_pattern(end, place).as_usize()).collect(),
        false => HashSet::new(),
    }
}

/// The bytes of a shortest way to a state that is accepted, of at least one byte.
fn search(dfa: &Dfa, steps: &[u8], accepts: impl Fn(StateID) -> bool) -> Result<Option<Vec<u8>>, TooHard> {
    let start = dfa.start_state_forward(&Input::new("").anchored(Anchored::Yes)).map_err(|_| TooHard)?;
    // Each state that was reached: from which place in this list, and by which byte.
    let mut reached: Vec<(usize, u8, StateID)> = vec![(usize::MAX, 0, start)];
    let mut seen = HashSet::new();
    let mut waiting = VecDeque::from([0_usize]);
    while let Some(place) = waiting.pop_front() {
        let Some((_, _, from)) = reached.get(place).copied() else { continue };
        for byte in steps {
            let state = dfa.next_state(from, *byte);
            if dfa.is_dead_state(state) || !seen.insert(state) {
                continue;
            }
            if dfa.is_quit_state(state) {
                return Err(TooHard);
            }
            reached.push((place, *byte, state));
            if accepts(state) {
                return Ok(Some(way(&reached)));
            }
            waiting.push_back(reached.len() - 1);
        }
    }
    Ok(None)
}

/// The bytes that lead to the state that was reached last.
fn way(reached: &[(usize, u8, StateID)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut here = reached.last();
    while let Some((before, byte, _)) = here.filter(|(before, ..)| *before != usize::MAX) {
        bytes.push(*byte);
        here = reached.get(*before);
    }
    bytes.reverse();
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(matched: &[&str], unmatched: &[&str]) -> Result<Option<String>, TooHard> {
        let patterns = |texts: &[&str]| texts.iter().map(|text| Pattern::new(text).unwrap()).collect::<Vec<_>>();
        let (matched, unmatched) = (patterns(matched), patterns(unmatched));
        witness(&matched.iter().collect::<Vec<_>>(), &unmatched.iter().collect::<Vec<_>>(), b"")
    }

    #[test]
    fn names_are_found_where_there_are_some() {
        let table: &[(&[&str], &[&str], Option<&str>)] = &[
            (&["^team-1"], &[], Some("team-1")),
            (&["^team-", ".*-x$"], &[], Some("team-x")),
            (&["^a", "-x$"], &[], None),
            (&["a"], &["^[ab]"], None),
            (&["^[ab]"], &["a"], Some("b")),
            (&["^a.*"], &["^a$"], Some("aa")),
            (&["^team-[0-9]+$"], &["^team-", "^x"], None),
            (&["a$b"], &[], None),
            (&["^(?:a|b)c"], &["^ac", "^bc"], None),
            (&["(?i)^É"], &["^É"], Some("é")),
            (&["^\\w$"], &["^[a-z]", "^[A-Z]", "^[0-9]", "^_"], Some("\u{aa}")),
            (&["日"], &["."], None),
            (&["(?m)a$"], &["a"], None),
        ];
        for (matched, unmatched, expected) in table {
            assert_eq!(asked(matched, unmatched), Ok(expected.map(str::to_owned)), "{matched:?} {unmatched:?}");
        }
    }

    #[test]
    fn what_is_too_hard_is_said() {
        assert_eq!(asked(&["\\bteam"], &[]), Err(TooHard));
        assert_eq!(asked(&["(?:a|b)*a(?:a|b){18}$"], &[]), Err(TooHard));
    }

    #[test]
    fn forbidden_characters_are_not_used() {
        let slash = Pattern::new("^a[/b]").unwrap();
        assert_eq!(witness(&[&slash], &[], b"/"), Ok(Some("ab".into())));
        assert_eq!(witness(&[&Pattern::new("^a/").unwrap()], &[], b"/"), Ok(None));
    }
}
