//! What one write touched.

use super::Event;
use std::collections::HashSet;

/// What a store gathers while it writes, to tell it in its feed: events in the order in which they happened, each once. More
/// than a thousand become [`Event::Everything`].
#[derive(Default)]
pub struct Events {
    seen: HashSet<Event>,
    list: Vec<Event>,
}

/// How many events of one write are told one by one. More are told as [`Event::Everything`].
const MOST: usize = 1000;

impl Events {
    /// Adds one, unless it is there.
    pub fn tell(&mut self, event: Event) {
        if self.seen.len() <= MOST && self.seen.insert(event.clone()) {
            self.list.push(event);
        }
    }

    /// What is to be told.
    pub fn into_list(self) -> Vec<Event> {
        if self.list.len() > MOST { vec![Event::Everything] } else { self.list }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Username;

    #[test]
    fn many_become_everything() {
        for (count, expected) in [(0, 0), (1, 1), (MOST, MOST), (MOST + 1, 1), (2 * MOST, 1)] {
            let mut events = Events::default();
            for number in (0..count).chain(0..count) {
                events.tell(Event::User(Username::new(number.to_string()).unwrap()));
            }
            let list = events.into_list();
            assert_eq!((list.len(), list.contains(&Event::Everything)), (expected, count > MOST));
        }
    }
}
