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
    last: Option<Last>,
}

/// Where the feed was last seen.
#[derive(Clone, Copy)]
struct Last {
    point: Point,
    /// When whoever saw it began to ask.
    asked: Instant,
    /// When it was told here first: it was so at the latest then.
    recorded: Instant,
}

/// How many marks are kept. Whoever follows asks about one of the last.
const KEPT: usize = 1000;

impl Marks {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the feed was, when somebody looked who began at `asked`. A mark that is known stays: whoever was told the
    /// revision with it must hear that it is no longer so.
    ///
    /// Who asked first need not have been answered first. So what is behind what was seen, or in another life of it, counts
    /// only from somebody who began when that was known already: then the database was put back.
    pub(crate) fn saw(&self, asked: Instant, now: Point) {
        let mut state = self.lock();
        state.marks.entry(now.revision).or_insert(now.mark);
        while state.marks.len() > KEPT {
            state.marks.pop_first();
        }
        match &mut state.last {
            Some(last) if last.point == now => last.asked = last.asked.max(asked),
            Some(last) if now.revision <= last.point.revision && asked <= last.recorded => {}
            last => *last = Some(Last { point: now, asked, recorded: Instant::now() }),
        }
    }

    /// What a read must not be behind, if it was looked at lately.
    pub(crate) fn floor(&self, lately: Duration) -> Option<Point> {
        self.lock().last.filter(|last| last.asked.elapsed() <= lately).map(|last| last.point)
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
        assert_eq!(marks.floor(Duration::from_secs(9)), Some(point(5, 50)));
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(marks.floor(Duration::from_millis(1)), None);
    }

    /// One asked at `first` and waited, another asked at `second` and read revision 9; 10 was committed, and the one who
    /// waited read it.
    #[test]
    fn a_floor_does_not_fall_when_answers_overtake_each_other() {
        let floor = |marks: &Marks| marks.floor(Duration::from_secs(9));
        let first = Instant::now();
        std::thread::sleep(Duration::from_millis(2));
        let second = Instant::now();
        let (before, after) = (point(9, 90), point(10, 100));
        for answers in [[(first, after), (second, before)], [(second, before), (first, after)]] {
            let marks = Marks::default();
            answers.into_iter().for_each(|(asked, seen)| marks.saw(asked, seen));
            assert_eq!(floor(&marks), Some(after), "{answers:?}");
            let told = since(after, Some(90), true);
            assert_eq!(marks.judge(first, 9, told).unwrap().revision, 10);
            marks.saw(second, before);
            assert_eq!(floor(&marks), Some(after));
            // Neither does another life of the same revision, from somebody who asked too early to tell which is later.
            marks.saw(second, point(10, 101));
            assert_eq!(floor(&marks), Some(after));
        }
    }

    #[test]
    fn a_floor_falls_when_the_database_was_put_back() {
        let marks = Marks::default();
        marks.saw(Instant::now(), point(10, 100));
        for seen in [point(9, 90), point(9, 91), point(8, 80)] {
            std::thread::sleep(Duration::from_millis(2));
            marks.saw(Instant::now(), seen);
            assert_eq!(marks.floor(Duration::from_secs(9)), Some(seen));
        }
    }
}
