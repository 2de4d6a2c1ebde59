//! Ours beside other policy engines.

use crate::{PATIENCE, SIZES};
use benches::decision::{Case, right};
use benches::names::{Asked, Layout, ROTATION, Set, Workload};
use benches::peers::{Casbin, Cedar, Outcome, Peer, Regorus};
use benches::timing::{Cost, readable, time};
use std::cell::Cell;
use std::time::{Duration, Instant};

/// Engines of which one decision takes longer get a single name a round, and are left out at the next size.
const TOO_SLOW: Duration = Duration::from_millis(100);

/// Engines that are still asked.
struct Field {
    cedar: Cell<bool>,
    casbin: Cell<bool>,
    regorus: Cell<bool>,
}

/// The table with other engines.
pub(crate) fn engines() -> Outcome<()> {
    println!(
        "| rules | whose | names | ours | `cedar-policy` (`like`) | `casbin` (`regexMatch`) | `regorus` (best case) |"
    );
    println!("|---:|---|---|---:|---:|---:|---:|");
    for (layout, asked) in [
        (Layout::OneGroup, [Asked::First, Asked::Middle, Asked::Last, Asked::Miss, Asked::Rotation].as_slice()),
        (Layout::Spread, [Asked::Rotation].as_slice()),
    ] {
        let field = Field { cedar: Cell::new(true), casbin: Cell::new(true), regorus: Cell::new(true) };
        for count in SIZES {
            row_by_row(Workload { set: Set::Prefix, layout, count }, asked, &field)?;
        }
    }
    println!();
    Ok(())
}

fn row_by_row(workload: Workload, asked: &[Asked], field: &Field) -> Outcome<()> {
    let mut case = Case::patterns(workload)?;
    let mut cedar = loaded::<Cedar>(workload, &field.cedar)?;
    let mut casbin = loaded::<Casbin>(workload, &field.casbin)?;
    let mut regorus = loaded::<Regorus>(workload, &field.regorus)?;
    for asked in asked {
        case.ask_for(workload.names(*asked, ROTATION));
        case.warm()?;
        let ours = time(PATIENCE, case.round(), || case.decide());
        let few = |wanted| workload.names(*asked, wanted);
        let cedar = cell(&mut cedar, ours, few, &field.cedar)?;
        let casbin = cell(&mut casbin, ours, few, &field.casbin)?;
        let regorus = cell(&mut regorus, ours, few, &field.regorus)?;
        let layout = workload.layout;
        println!("| {} | {layout:?} | {asked:?} | {} | {cedar} | {casbin} | {regorus} |", workload.count, ours.shown());
    }
    Ok(())
}

fn loaded<P: Peer>(workload: Workload, asked: &Cell<bool>) -> Outcome<Option<P>> {
    if asked.get() { P::load(workload).map(Some) } else { Ok(None) }
}

fn cell<P: Peer>(
    peer: &mut Option<P>,
    ours: Cost,
    names: impl Fn(usize) -> (Vec<String>, usize),
    still_asked: &Cell<bool>,
) -> Outcome<String> {
    let Some(peer) = peer else { return Ok("left out".to_owned()) };
    peer.ask_for(&names(2).0)?;
    peer.decide();
    let began = Instant::now();
    peer.decide();
    let once = began.elapsed();
    still_asked.set(still_asked.get() && once < TOO_SLOW);
    if once > Duration::from_secs(1) {
        let once = once.as_nanos() as f64;
        return Ok(format!("{}, once: {:.0} times", readable(once), once / ours.median));
    }
    // A round of about a tenth of a second.
    let round = (TOO_SLOW.as_nanos() / once.as_nanos().max(1)).clamp(2, 64);
    let (names, allowed) = names(usize::try_from(round)?);
    peer.ask_for(&names)?;
    right("an engine", names.iter().filter(|_| peer.decide()).count(), allowed)?;
    let cost = time(PATIENCE, names.len(), || peer.decide());
    Ok(format!("{} ({}): {:.0} times", readable(cost.median), readable(cost.best), cost.median / ours.median))
}
