//! Bytes that are no reply.

use crate::ber::{entry, message, nested, result, tlv};
use crate::server::{Asked, USER, ask, good, raw_server, request, settings, told};
use std::io::Write;
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_good_server_lets_alice_in() {
    assert_eq!(told(good).await, "user");
}

#[tokio::test]
async fn deep_nesting_costs_the_connection_and_not_the_process() {
    for depth in [17, 2_000, 20_000, 100_000] {
        for tag in [0x30, 0x61, 0x64, 0xa3] {
            let told = told(move |id, _| message(id, &tlv(0x61, &nested(tag, depth)))).await;
            assert!(told.contains("cannot be understood: the reply is malformed"), "{depth} {tag}: {told}");
            let told = told_instead(Asked::User, move |id| message(id, &nested(tag, depth))).await;
            assert!(told.contains("cannot be understood: the reply is malformed"), "{depth} {tag}: {told}");
        }
        // Where an element of any content may stand, it goes on to `ldap3` as bytes and is not looked into.
        let told = told(move |id, _| {
            let parts = [tlv(10, &[0]), tlv(4, b""), tlv(4, b""), tlv(0xa7, &nested(0x30, depth))];
            message(id, &tlv(0x61, &parts.concat()))
        });
        assert!(told.await.contains("the reply is malformed"));
    }
}

async fn told_instead(where_: Asked, bytes: impl Fn(u32) -> Vec<u8> + Send + Sync + 'static) -> String {
    told(move |id, asked| if asked == where_ { bytes(id) } else { good(id, asked) }).await
}

#[tokio::test]
async fn lengths_that_cannot_be_are_refused_without_waiting_for_them() {
    let began = Instant::now();
    for (head, why) in [
        (vec![0x30, 0x84, 0x7f, 0xff, 0xff, 0xff], "too large"),
        (vec![0x30, 0x84, 0x00, 0x10, 0x00, 0x01], "too large"),
        (vec![0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "more than four bytes"),
        (vec![0x30, 0xff], "more than four bytes"),
        (vec![0x30, 0x80, 0x02, 0x01, 0x01, 0x00, 0x00], "not told"),
        (vec![0x3f, 0x81, 0x81, 0x01, 0x00], "several bytes"),
        (vec![0x00, 0x00], "something else than a message"),
        (b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), "something else than a message"),
        (vec![0x30, 0x05, 0x02, 0x01, 0x01, 0x61, 0x7f], "cut off"),
        (vec![0x30, 0x00], "cut off"),
        (vec![0x30, 0x02, 0x02, 0x00], "a number that is too large"),
    ] {
        let bytes = head.clone();
        let told = told(move |_, _| bytes.clone()).await;
        assert!(told.contains(why), "{head:x?}: {told}");
    }
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn what_ldap3_would_stumble_over_does_not_reach_it() {
    let text = |tag, bytes: &[u8]| tlv(tag, bytes);
    let result_with = |rest: Vec<u8>| tlv(0x61, &[tlv(10, &[0]), tlv(4, b""), tlv(4, b""), rest].concat());
    let bad_binds = [
        tlv(0x61, b""),
        tlv(0x61, &tlv(10, &[0])),
        tlv(0x61, &[tlv(10, &[0]), tlv(4, b"")].concat()),
        tlv(0x61, &[tlv(2, &[0]), tlv(4, b""), tlv(4, b"")].concat()),
        tlv(0x61, &[tlv(10, b""), tlv(4, b""), tlv(4, b"")].concat()),
        tlv(0x61, &[tlv(10, &[1, 0, 0, 0, 0]), tlv(4, b""), tlv(4, b"")].concat()),
        tlv(0x61, &[tlv(10, &[0x80]), tlv(4, b""), tlv(4, b"")].concat()),
        tlv(0x61, &[tlv(10, &[0]), tlv(4, b"\xff"), tlv(4, b"")].concat()),
        tlv(0x61, &[tlv(10, &[0]), tlv(4, b""), tlv(4, b"\xc3")].concat()),
        tlv(0x41, &[tlv(10, &[0]), tlv(4, b""), tlv(4, b"")].concat()),
        result_with(tlv(0x83, b"x")),
        result_with(tlv(0xa3, &text(0x30, b""))),
        result_with(tlv(0xa3, &text(4, b"\xff"))),
        result_with(tlv(0xa7, b"")),
        result_with(tlv(4, b"")),
        [result(0x61, 0), tlv(0xa0, &tlv(4, b""))].concat(),
        [result(0x61, 0), tlv(0xa0, &tlv(0x30, b""))].concat(),
        [result(0x61, 0), tlv(0xa0, &tlv(0x30, &[tlv(4, b"1.2"), tlv(1, b"")].concat()))].concat(),
        [result(0x61, 0), tlv(0xa0, &tlv(0x30, &[tlv(4, b"1.2"), tlv(0x24, b"")].concat()))].concat(),
        [result(0x61, 0), tlv(0x80, b"")].concat(),
        [result(0x61, 0), tlv(4, b"")].concat(),
    ];
    for operation in bad_binds {
        let bytes = operation.clone();
        let told = told(move |id, _| message(id, &bytes)).await;
        assert!(told.contains("the reply is malformed"), "{operation:x?}: {told}");
    }
}

#[tokio::test]
async fn entries_that_are_none_are_refused() {
    let user = USER.as_bytes();
    let attribute = |content: Vec<u8>| tlv(0x64, &[tlv(4, user), tlv(0x30, &content)].concat());
    let bad = [
        tlv(0x64, b""),
        tlv(0x64, &tlv(4, user)),
        tlv(0x64, &[tlv(0x30, b""), tlv(4, user)].concat()),
        entry(b"uid=\xff\xfe,dc=test", &[]),
        entry(user, &[(b"u\xff", &[b"alice"])]),
        attribute(tlv(4, b"uid")),
        attribute(tlv(0x30, &tlv(4, b"uid"))),
        attribute(tlv(0x30, &[tlv(4, b"uid"), tlv(0x30, &tlv(4, b"alice"))].concat())),
        attribute(tlv(0x30, &[tlv(4, b"uid"), tlv(0x31, &tlv(0x24, b""))].concat())),
        attribute(tlv(0x30, &[tlv(4, b"uid"), tlv(0x31, b""), tlv(4, b"x")].concat())),
        tlv(0x64, &[tlv(4, user), tlv(0x30, b""), tlv(4, b"")].concat()),
        tlv(0x79, b""),
    ];
    for operation in bad {
        let bytes = operation.clone();
        let told = told_instead(Asked::User, move |id| message(id, &bytes)).await;
        assert!(told.contains("the reply is malformed"), "{operation:x?}: {told}");
    }
    let binary = [message_entry(&[b"\xff\xfe"]), message_entry(&[])];
    for bytes in binary {
        let told =
            told_instead(Asked::User, move |id| [message(id, &bytes), message(id, &result(0x65, 0))].concat()).await;
        assert!(told.contains("has not one value of `uid`"), "{told}");
    }
}

fn message_entry(values: &[&[u8]]) -> Vec<u8> {
    entry(USER.as_bytes(), &[(b"uid", values)])
}

#[tokio::test]
async fn bytes_that_drip_end_with_the_time() {
    let uri = raw_server(|mut stream| {
        if let Some((id, asked)) = request(&mut stream) {
            for byte in good(id, asked) {
                std::thread::sleep(Duration::from_millis(200));
                if stream.write_all(&[byte]).is_err() {
                    return;
                }
            }
        }
    });
    let mut settings = settings(&uri);
    settings.timeout = Duration::from_millis(700);
    let began = Instant::now();
    assert!(ask(&settings).await.contains("did not answer in time"));
    assert!(began.elapsed() < Duration::from_secs(3));
}
