//! What one write touched.

use mlflow_auth_core::store::Event;
use std::collections::HashSet;

/// Events in the order in which they happened, each once.
#[derive(Default)]
pub(crate) struct Events {
    seen: HashSet<Event>,
    list: Vec<Event>,
}

/// How many events of one write are told one by one. More are told as [`Event::Everything`].
const MOST: usize = 1000;

impl Events {
    pub(crate) fn tell(&mut self, event: Event) {
        if self.seen.len() <= MOST && self.seen.insert(event.clone()) {
            self.list.push(event);
        }
    }

    pub(crate) fn into_list(self) -> Vec<Event> {
        if self.list.len() > MOST { vec![Event::Everything] } else { self.list }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlflow_auth_core::Username;

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
