//! Good replies with bytes changed, cut, put in or doubled by chance.

use crate::server::{Asked, ask, good, server, settings};
use proptest::prelude::*;
use std::time::Duration;

#[derive(Clone, Debug)]
enum Change {
    Set(prop::sample::Index, u8),
    Remove(prop::sample::Index),
    Insert(prop::sample::Index, Vec<u8>),
    Cut(prop::sample::Index),
    Double(prop::sample::Index),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        4 => (at(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        1 => at().prop_map(Change::Remove),
        1 => (at(), prop::collection::vec(any::<u8>(), 1..8)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        1 => at().prop_map(Change::Cut),
        1 => at().prop_map(Change::Double),
    ]
}

fn changed(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        if bytes.is_empty() {
            return bytes;
        }
        let length = bytes.len();
        match change {
            Change::Set(at, byte) => bytes[at.index(length)] = *byte,
            Change::Remove(at) => drop(bytes.remove(at.index(length))),
            Change::Insert(at, more) => drop(bytes.splice(at.index(length)..at.index(length), more.iter().copied())),
            Change::Cut(at) => bytes.truncate(at.index(length)),
            Change::Double(at) => bytes.extend_from_within(at.index(length)..),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever comes, there is an outcome, and it makes nobody an admin whom no group makes one.
    #[test]
    fn a_reply_with_errors_ends_in_an_outcome(changes in prop::collection::vec(change(), 1..4), which in 0..3_usize) {
        let at = [Asked::Bind, Asked::User, Asked::Groups][which];
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let uri = server(move |id, asked| {
            let bytes = good(id, asked);
            if asked == at { changed(bytes, &changes) } else { bytes }
        });
        let mut settings = settings(&uri);
        settings.timeout = Duration::from_millis(150);
        let told = runtime.block_on(ask(&settings));
        prop_assert!(!told.is_empty() && told != "admin" && !told.contains("broken off"), "{}", told);
    }
}
