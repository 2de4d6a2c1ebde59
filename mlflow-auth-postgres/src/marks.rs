//! What this process knows of the feed.

use crate::feed::{Point, Since};
use mlflow_auth_core::store::{Changes, Event, Revision};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The marks of the revisions that were given to somebody here, and where the feed was last seen.
#[derive(Default)]
pub(crate) struct Marks(Mutex<State>);

#[derive(Default)]
struct State {
    marks: BTreeMap<Revision, i64>,
    last: Option<(Instant, Revision)>,
}

/// How many marks are kept. Whoever follows asks about one of the last.
const KEPT: usize = 1000;

impl Marks {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the feed was, when somebody looked who began at `asked`. A mark that is known stays: whoever was told the
    /// revision with it must hear that it is no longer so.
    pub(crate) fn saw(&self, asked: Instant, now: Point) {
        let mut state = self.lock();
        state.marks.entry(now.revision).or_insert(now.mark);
        while state.marks.len() > KEPT {
            state.marks.pop_first();
        }
        if state.last.is_none_or(|(before, _)| before <= asked) {
            state.last = Some((asked, now.revision));
        }
    }

    /// The revision that a read must not be behind, if it was looked at lately.
    pub(crate) fn floor(&self, lately: Duration) -> Option<Revision> {
        self.lock().last.filter(|(asked, _)| asked.elapsed() <= lately).map(|(_, revision)| revision)
    }

    /// What to tell somebody who knows of everything up to `after`; nothing if nothing came after it. A gap, a revision to
    /// come, and a revision that was another one when it was told are everything.
    pub(crate) fn judge(&self, asked: Instant, after: Revision, since: Since) -> Option<Changes> {
        let is_same = self.is_same(after, since.mark_then);
        if !is_same {
            // Who asks hears of it now, and goes on from there.
            self.lock().marks.clear();
        }
        self.saw(asked, since.now);
        let revision = since.now.revision;
        if !is_same || !since.is_whole {
            return Some(Changes { revision, events: vec![Event::Everything] });
        }
        (after != revision).then_some(Changes { revision, events: since.events })
    }

    fn is_same(&self, revision: Revision, mark: Option<i64>) -> bool {
        let known = self.lock().marks.get(&revision).copied();
        // The first revision has no row, and nobody remembers anything of before it.
        revision <= 0 || known.is_none() || known == mark
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlflow_auth_core::Username;

    fn point(revision: Revision, mark: i64) -> Point {
        Point { revision, mark }
    }

    fn since(now: Point, mark_then: Option<i64>, is_whole: bool) -> Since {
        Since { now, mark_then, is_whole, events: vec![Event::User(Username::new("ann").unwrap())] }
    }

    #[test]
    fn only_an_unbroken_line_of_changes_is_told_one_by_one() {
        let marks = Marks::default();
        marks.saw(Instant::now(), point(5, 50));
        for (after, since, everything) in [
            (5, since(point(7, 70), Some(50), true), false),
            (4, since(point(7, 70), Some(40), true), false),
            (4, since(point(7, 70), None, false), true),
            (9, since(point(7, 70), None, false), true),
            (5, since(point(7, 70), Some(51), true), true),
        ] {
            let told = marks.judge(Instant::now(), after, since).unwrap();
            assert_eq!(told.revision, 7);
            assert_eq!(told.events == [Event::Everything], everything, "{after}");
        }
    }

    #[test]
    fn the_same_number_in_another_life_is_a_gap_once() {
        let marks = Marks::default();
        let again = || since(point(5, 51), Some(51), true);
        marks.saw(Instant::now(), point(5, 50));
        // Whoever asks for the number alone does not hide it from those who follow.
        marks.saw(Instant::now(), point(5, 51));
        assert_eq!(marks.judge(Instant::now(), 5, again()).unwrap().events, [Event::Everything]);
        assert!(marks.judge(Instant::now(), 5, again()).is_none());
    }

    #[test]
    fn a_floor_is_of_lately() {
        let marks = Marks::default();
        assert_eq!(marks.floor(Duration::from_secs(9)), None);
        let now = Instant::now();
        marks.saw(now, point(5, 50));
        marks.saw(now - Duration::from_secs(1), point(4, 40));
        assert_eq!(marks.floor(Duration::from_secs(9)), Some(5));
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(marks.floor(Duration::from_millis(1)), None);
    }
}
