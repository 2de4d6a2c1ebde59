//! What was told, newest last, and no more than a bounded number of it.

use crate::store::{Changes, Event, Revision};
use std::collections::VecDeque;

/// The last events. Each has a revision of its own; that of a commit is that of its last event.
#[derive(Default)]
pub(super) struct Feed {
    newest: Revision,
    /// The events with the revisions up to `newest`, without a hole.
    events: VecDeque<Event>,
}

/// How many events are kept. Who is further behind than that forgets everything.
pub(super) const KEPT: usize = 1024;

impl Feed {
    pub(super) fn newest(&self) -> Revision {
        self.newest
    }

    /// Adds what one commit touched and returns its revision.
    pub(super) fn tell(&mut self, events: Vec<Event>) -> Revision {
        self.newest += as_revision(events.len());
        self.events.extend(events);
        let surplus = self.events.len().saturating_sub(KEPT);
        self.events.drain(..surplus);
        self.newest
    }

    /// What was told after a revision, if anything.
    pub(super) fn since(&self, after: Revision) -> Option<Changes> {
        if after == self.newest {
            return None;
        }
        let oldest_known = self.newest - as_revision(self.events.len());
        let events = if (oldest_known..self.newest).contains(&after) {
            let skipped = usize::try_from(after - oldest_known).unwrap_or(usize::MAX);
            self.events.iter().skip(skipped).cloned().collect()
        } else {
            vec![Event::Everything]
        };
        Some(Changes { revision: self.newest, events })
    }
}

fn as_revision(length: usize) -> Revision {
    Revision::try_from(length).unwrap_or(Revision::MAX)
}
