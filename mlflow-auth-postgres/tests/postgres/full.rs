//! A disk without room.

use crate::cluster::Cluster;
use crate::keeper::as_user;
use crate::words::*;
use mlflow_auth_core::store::{PermissionStore, StoreError};

/// The server may make no file longer than a little more than a megabyte, which is what it calls a full disk too when it
/// can write a part of a page only. That part is the reason for the odd size.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_an_outage_for_writers_and_loses_nothing() {
    let cluster = Cluster::start(&["fsync = off", "wal_recycle = off"]);
    let store = open(&cluster.settings()).await;
    let limit = |size: &str| {
        for pid in cluster.pids() {
            // A process may end meanwhile.
            let _ = as_user("prlimit").args(["--pid", &pid, size]).status().unwrap();
        }
    };
    // Longer than a file of the log of changes, which a server does not survive otherwise.
    limit("--fsize=16781312:");
    let (mut acknowledged, mut failure) = (0, None);
    for number in 0..300 {
        let changes: Vec<_> = (0..20).map(|part| give(user("ann"), &text(number * 20 + part))).collect();
        match store.apply(&changes).await {
            Ok(_) => acknowledged += 20,
            Err(error) => {
                failure = Some(error);
                break;
            }
        }
    }
    let failure = failure.expect("the disk is never full");
    assert!(matches!(failure, StoreError::Unavailable(_)), "{}", in_words(&failure));
    let words = in_words(&failure);
    assert!(words.contains("could not extend file") || words.contains("No space"), "{words}");
    let held = async || store.grants_of(&user("ann").into()).await.unwrap().grants().len();
    assert_eq!(held().await, acknowledged);
    limit("--fsize=unlimited:");
    store.apply(&[give(user("ann"), "room again")]).await.unwrap();
    assert_eq!(held().await, acknowledged + 1);
    println!("{acknowledged} grants kept, then: {words}");
}

/// Letters that cannot be made shorter.
fn text(number: u64) -> String {
    let mut state = number + 1;
    let mut letter = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'!' + u8::try_from((state >> 33) % 90).unwrap())
    };
    (0..7000).map(|_| letter()).collect()
}
