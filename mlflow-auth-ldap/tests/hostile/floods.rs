//! More than anybody asked for.

use crate::ber::{entry, message, reference, result, tlv};
use crate::server::{Asked, ask, good, peak, raw_server, request, settings, told};
use std::io::Write;

/// What the process may hold at most, with all of these tests at once, in MiB.
const MOST: u64 = 400;

/// A server that never stops sending `bytes` when it is asked for groups.
async fn flooded(bytes: impl Fn(u32) -> Vec<u8> + Send + Sync + 'static) -> String {
    let uri = raw_server(move |mut stream| {
        while let Some((id, asked)) = request(&mut stream) {
            let flood = bytes(id);
            if asked == Asked::Groups {
                while stream.write_all(&flood).is_ok() {}
                return;
            }
            if stream.write_all(&good(id, asked)).is_err() {
                return;
            }
        }
    });
    ask(&settings(&uri)).await
}

#[tokio::test]
async fn endless_entries_end() {
    let told = flooded(|id| message(id, &entry(b"cn=g,dc=test", &[]))).await;
    assert!(told.contains("too large: more than 5,000 entries"), "{told}");
    assert!(peak() < MOST, "{} MiB", peak());
}

#[tokio::test]
async fn endless_references_end() {
    let told = flooded(|id| message(id, &reference("ldap://127.0.0.1/dc=test"))).await;
    assert!(told.contains("too large: more than 5,000 entries"), "{told}");
    assert!(peak() < MOST, "{} MiB", peak());
}

#[tokio::test]
async fn endless_bytes_end() {
    let value = vec![b'x'; 900 * 1024];
    let told = flooded(move |id| message(id, &entry(b"cn=g,dc=test", &[(b"cn", &[&value])]))).await;
    assert!(told.contains("too large: more than 4 MiB"), "{told}");
    assert!(peak() < MOST, "{} MiB", peak());
}

#[tokio::test]
async fn a_message_of_tiny_values_is_not_taken_apart() {
    let values: Vec<u8> = (0..400_000).flat_map(|_| [4, 0]).collect();
    let told = told(move |id, asked| match asked {
        Asked::Groups => {
            let attribute = tlv(0x30, &[tlv(4, b"cn"), tlv(0x31, &values)].concat());
            message(id, &tlv(0x64, &[tlv(4, b"cn=g,dc=test"), tlv(0x30, &attribute)].concat()))
        }
        _ => good(id, asked),
    });
    assert!(told.await.contains("too large: more than 20,000 values"));
    assert!(peak() < MOST, "{} MiB", peak());
}

#[tokio::test]
async fn endless_tiny_controls_and_addresses_end() {
    let addresses: Vec<u8> = (0..100_000).flat_map(|_| [4, 0]).collect();
    let told = told(move |id, _| {
        let parts = [tlv(10, &[0]), tlv(4, b""), tlv(4, b""), tlv(0xa3, &addresses)];
        message(id, &tlv(0x61, &parts.concat()))
    });
    assert!(told.await.contains("too large: more than 20,000 values"));
    let controls: Vec<u8> = (0..100_000).flat_map(|_| tlv(0x30, &tlv(4, b""))).collect();
    let told = crate::server::told(move |id, _| message(id, &[result(0x61, 0), tlv(0xa0, &controls)].concat()));
    assert!(told.await.contains("too large: more than 20,000 values"));
    assert!(peak() < MOST, "{} MiB", peak());
}

#[tokio::test]
async fn as_many_groups_as_somebody_may_have_are_no_flood() {
    let told = told(|id, asked| match asked {
        Asked::Groups => {
            let group =
                |number: usize| message(id, &entry(format!("cn=group {number},ou=groups,dc=test").as_bytes(), &[]));
            [(0..4_000).flat_map(group).collect(), good(id, asked)].concat()
        }
        _ => good(id, asked),
    });
    assert_eq!(told.await, "user");
}
