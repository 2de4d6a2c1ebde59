//! The clock.

use super::{Gate, Outcome, Place, Size};
use mlflow_auth_core::{GroupName, Subject, Target, Username};
use std::time::{Duration, Instant};

/// The one in the middle, and the longest.
pub type Spread = (Duration, Duration);

fn spread(mut all: Vec<Duration>) -> Spread {
    all.sort_unstable();
    (all.get(all.len() / 2).copied().unwrap_or_default(), all.last().copied().unwrap_or_default())
}

/// How long it takes to open the store.
///
/// # Errors
/// Those of the store.
pub async fn opening(place: &Place, times: usize) -> Outcome<Spread> {
    let mut all = Vec::new();
    for _ in 0..times {
        let began = Instant::now();
        let gate = Gate::open(place).await?;
        all.push(began.elapsed());
        drop(gate);
    }
    Ok(spread(all))
}

/// How long the first decision of each user in `users` takes, who may read an experiment by a grant of their own.
///
/// # Errors
/// Those of the store, and a wrong answer.
pub async fn first_decisions(gate: &Gate, size: Size, users: impl Iterator<Item = usize>) -> Outcome<Spread> {
    let mut all = Vec::new();
    for user in users {
        let began = Instant::now();
        let allowed = gate.may_read(&size.user(user), &size.experiment(user), "no rule matches this").await?;
        all.push(began.elapsed());
        if !allowed {
            return Err(format!("{} is refused their own experiment", size.user(user)).into());
        }
    }
    Ok(spread(all))
}

/// How long changes take.
#[derive(Clone, Copy, Debug)]
pub struct Changed {
    /// Until the store acknowledges it.
    pub written: Spread,
    /// From then until a decision of the same process is made that sees it.
    pub seen_here: Spread,
    /// From the acknowledgement until a decision of another process has seen it.
    pub seen_there: Spread,
}

/// Gives a grant and takes it away, `times` in all, by one gate; another one hears of it through the store.
///
/// `rule`: it is one more pattern of the group that everybody is in, and not an experiment of one user.
///
/// # Errors
/// Those of the store, and a decision that never sees the change.
pub async fn changes(here: &Gate, there: &Gate, size: Size, times: usize, rule: bool) -> Outcome<Changed> {
    let user = size.user(1);
    let (subject, target): (Subject, Target) = match rule {
        true => (GroupName::new("group-0")?.into(), Target::pattern("^of-a-change-", -1)?),
        false => (Username::new(user.as_str())?.into(), Target::Exact("of-a-change".into())),
    };
    let asks = |gate| sees(gate, &user);
    for gate in [here, there] {
        asks(gate).await?;
    }
    let (mut written, mut seen_here, mut seen_there) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..times {
        let given = turn % 2 == 0;
        let began = Instant::now();
        here.set(subject.clone(), target.clone(), given).await?;
        let acknowledged = Instant::now();
        written.push(acknowledged - began);
        let (one, other) =
            tokio::join!(until(here, &user, given, acknowledged), until(there, &user, given, acknowledged));
        seen_here.push(one?);
        seen_there.push(other?);
    }
    Ok(Changed { written: spread(written), seen_here: spread(seen_here), seen_there: spread(seen_there) })
}

async fn sees(gate: &Gate, user: &str) -> Outcome<bool> {
    gate.may_read(user, "of-a-change", "of-a-change-of-rules").await
}

/// Asks until the answer is `given`, and how long that took.
async fn until(gate: &Gate, user: &str, given: bool, began: Instant) -> Outcome<Duration> {
    while sees(gate, user).await? != given {
        if began.elapsed() > Duration::from_secs(10) {
            return Err("a change is not seen within ten seconds".into());
        }
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
    Ok(began.elapsed())
}

/// The resident memory of this process, in bytes; `None` where the system does not say.
pub fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok().map(|kib| kib << 10)
}
