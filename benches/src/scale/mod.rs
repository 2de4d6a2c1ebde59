//! A large store: what it costs to open it, to hear from somebody for the first time, and to change something.
//!
//! Everybody is in one large group, which holds half of the rules, and in four small ones of the others. Nine of ten other
//! grants name a user and one experiment, the rest a group and one experiment.

mod fill;
mod gate;
mod measure;
mod moved;

pub use fill::fill;
pub use gate::{Gate, Place};
pub use measure::{Changed, Spread, changes, first_decisions, opening, resident};
pub use moved::{grants_a_second, moved};

use std::error::Error;

/// What every step can fail with.
pub type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How much a store holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Users, all with an account.
    pub users: usize,
    /// Groups, at least six.
    pub groups: usize,
    /// Rules: grants on a pattern.
    pub rules: usize,
    /// How many grants a user holds on one experiment each.
    pub of_each_user: usize,
    /// How many grants a group holds on one experiment each.
    pub of_each_group: usize,
}

impl Size {
    /// A million grants.
    pub const LARGE: Size = Size { users: 10_000, groups: 1_000, rules: 10_000, of_each_user: 89, of_each_group: 100 };

    /// A fifth of that, because there are fewer users: each of them holds as much.
    pub const FEWER_USERS: Size = Size { users: 1_000, ..Size::LARGE };

    /// A million grants too, of ten times as many users.
    pub const MORE_USERS: Size = Size { users: 100_000, of_each_user: 9, of_each_group: 90, ..Size::LARGE };

    /// Grants, rules included.
    pub fn grants(self) -> usize {
        self.users * self.of_each_user + self.groups * self.of_each_group + self.rules
    }

    /// How many of the rules the large group holds.
    pub fn of_everyone(self) -> usize {
        self.rules / 2
    }

    /// The name of a user.
    pub fn user(self, number: usize) -> String {
        format!("user-{}", number % self.users.max(1))
    }

    /// An experiment that the user may read, by a grant of their own.
    pub fn experiment(self, user: usize) -> String {
        (user % self.users.max(1) * self.of_each_user).to_string()
    }
}
