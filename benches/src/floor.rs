//! What a decision cannot cost less than with these means: one look-up by hash, and one pass of a lazy automaton.
//!
//! It knows one user, one type, one action. It cannot be shared between threads, names nothing in its answer, and takes
//! whatever memory it likes.

use crate::decision::OF_HER_OWN;
use mlflow_auth_core::{Action, Permission};
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::{Anchored, Input, MatchKind};
use std::collections::HashMap;
use std::error::Error;

/// Rules of one user.
pub struct Floor {
    exact: HashMap<Box<str>, Permission, foldhash::fast::RandomState>,
    automaton: DFA,
    cache: Cache,
    permissions: Vec<Permission>,
}

impl Floor {
    /// Compiles `patterns`, each READ.
    ///
    /// # Errors
    /// Those of the crate.
    pub fn new(patterns: &[String]) -> Result<Self, Box<dyn Error>> {
        let config =
            DFA::config().match_kind(MatchKind::LeftmostFirst).skip_cache_capacity_check(true).cache_capacity(4 << 30);
        let nfa = regex_automata::nfa::thompson::Config::new()
            .nfa_size_limit(None)
            .which_captures(regex_automata::nfa::thompson::WhichCaptures::None);
        let automaton = DFA::builder().configure(config).thompson(nfa).build_many(patterns)?;
        let exact = (1_000..1_000 + OF_HER_OWN).map(|id| (id.to_string().into(), Permission::Read)).collect();
        let cache = automaton.create_cache();
        Ok(Self { exact, automaton, cache, permissions: vec![Permission::Read; patterns.len()] })
    }

    /// Whether `name` may be read.
    pub fn decide(&mut self, id: &str, name: &str) -> bool {
        let held = match self.exact.get(id) {
            Some(held) => Some(*held),
            None => self.matched(name),
        };
        held.unwrap_or(Permission::NoPermissions).allows(Action::Read)
    }

    fn matched(&mut self, name: &str) -> Option<Permission> {
        let input = Input::new(name).anchored(Anchored::Yes).earliest(false);
        let found = self.automaton.try_search_fwd(&mut self.cache, &input).ok()??;
        self.permissions.get(found.pattern().as_usize()).copied()
    }
}
