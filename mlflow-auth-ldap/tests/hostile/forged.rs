//! Replies to something else, or for somebody else.

use crate::ber::{entry, message, reference, result, tlv};
use crate::server::{Asked, GROUP, USER, ask, door, good, raw_server, request, server, settings, told};
use mlflow_auth_core::{Secret, Username};
use std::io::{Read, Write};
use std::net::TcpListener;

#[tokio::test]
async fn a_reply_with_the_number_of_no_request_is_refused() {
    for other in [0x7fff_ffff, 2, 77] {
        let told = told(move |id, asked| good(id + other - 1, asked)).await;
        assert!(told.contains("the number of no request") || told.contains("too large"), "{other}: {told}");
    }
}

#[tokio::test]
async fn a_reply_that_was_given_before_it_was_asked_for_is_refused() {
    // A success for the search that comes next, hidden behind a reply to the bind.
    let early = told(|id, asked| [good(id, asked), good(id + 1, Asked::User)].concat()).await;
    assert!(early.contains("the number of no request"), "{early}");
    let twice = told(|id, asked| [good(id, asked), good(id, asked)].concat()).await;
    assert!(twice.contains("the number of no request"), "{twice}");
}

#[tokio::test]
async fn a_reply_of_another_kind_is_refused() {
    for (operation, at) in [
        (result(0x65, 0), Asked::Bind),
        (result(0x78, 0), Asked::Bind),
        (entry(USER.as_bytes(), &[]), Asked::Bind),
        (reference("ldap://127.0.0.1"), Asked::Bind),
        (result(0x61, 0), Asked::User),
        (result(0x78, 0), Asked::Groups),
        (result(0x6f, 6), Asked::Groups),
    ] {
        let bytes = operation.clone();
        let told = told(move |id, asked| if asked == at { message(id, &bytes) } else { good(id, asked) }).await;
        assert!(told.contains("none to it") || told.contains("malformed"), "{operation:x?}: {told}");
    }
}

#[tokio::test]
async fn a_notice_of_disconnection_is_an_outage() {
    let name = tlv(0x8a, b"1.3.6.1.4.1.1466.20036");
    let inside = tlv(0x78, &[tlv(10, &[52]), tlv(4, b""), tlv(4, b""), name.clone()].concat());
    // As Active Directory writes it.
    let outside = [result(0x78, 52), name].concat();
    for notice in [inside, outside] {
        let told = told(move |_, _| message(0, &notice)).await;
        assert!(told.contains("the server closed the connection: it said that it will"), "{told}");
    }
}

#[tokio::test]
async fn an_entry_of_somebody_else_lets_nobody_in() {
    let other = entry(b"uid=admin,ou=people,dc=test", &[(b"uid", &[b"admin"])]);
    let (mallory, twice) = (other.clone(), [entry(USER.as_bytes(), &[(b"uid", &[b"alice"])]), other].map(|e| e));
    let instead = told(move |id, asked| match asked {
        Asked::User => [message(id, &mallory), message(id, &result(0x65, 0))].concat(),
        _ => good(id, asked),
    });
    assert!(instead.await.contains("found somebody else"));
    let besides = told(move |id, asked| match asked {
        Asked::User => [message(id, &twice[0]), message(id, &twice[1]), message(id, &result(0x65, 0))].concat(),
        _ => good(id, asked),
    });
    assert_eq!(besides.await, "refused");
}

#[tokio::test]
async fn no_result_but_success_lets_anybody_in() {
    for code in 1..=0x7f_u8 {
        let refused = matches!(code, 32 | 34 | 48 | 49 | 64);
        let bind = told(move |id, _| message(id, &result(0x61, code))).await;
        assert_eq!(bind == "refused", refused, "{code}: {bind}");
        assert!(refused || bind.ends_with(&format!("a bind with result code {code}")), "{code}: {bind}");
    }
    for code in [1, 2, 3, 4, 10, 11, 32, 49, 50, 51, 52, 53, 80] {
        let told = told(move |id, asked| match asked {
            Asked::Groups => [message(id, &entry(GROUP.as_bytes(), &[])), message(id, &result(0x65, code))].concat(),
            _ => good(id, asked),
        });
        assert!(told.await.ends_with(&format!("the search for groups with result code {code}")), "{code}");
    }
}

#[tokio::test]
async fn referrals_and_references_are_not_followed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let uri = format!("ldap://{}/{GROUP}", listener.local_addr().unwrap());
    let (in_bind, in_done, beside) = (uri.clone(), uri.clone(), uri);
    let referral = |tag, uri: &str| {
        let parts = [tlv(10, &[10]), tlv(4, b""), tlv(4, b""), tlv(0xa3, &tlv(4, uri.as_bytes()))];
        tlv(tag, &parts.concat())
    };
    let bind = told(move |id, _| message(id, &referral(0x61, &in_bind))).await;
    assert!(bind.contains("result code 10"), "{bind}");
    let done = told(move |id, asked| match asked {
        Asked::Groups => message(id, &referral(0x65, &in_done)),
        _ => good(id, asked),
    });
    assert!(done.await.contains("result code 10"));
    let besides = told(move |id, asked| match asked {
        Asked::Groups => [message(id, &reference(&beside)), good(id, asked)].concat(),
        _ => good(id, asked),
    });
    assert_eq!(besides.await, "user");
    assert!(listener.accept().is_err(), "somebody followed a referral");
}

#[tokio::test]
async fn what_comes_in_clear_text_behind_the_answer_to_starttls_is_refused() {
    let uri = raw_server(|mut stream| {
        if let Some((id, _)) = request(&mut stream) {
            let _ = stream.write_all(&[message(id, &result(0x78, 0)), good(1, Asked::Bind)].concat());
            let mut rest = Vec::new();
            let _ = stream.read_to_end(&mut rest);
            assert!(rest.is_empty(), "something was said after it");
        }
    });
    let mut settings = settings(&uri);
    (settings.start_tls, settings.verify_certificates) = (Some(true), false);
    let told = ask(&settings).await;
    assert!(told.contains("more than the answer to the request for TLS"), "{told}");
}

#[tokio::test]
async fn a_connection_is_not_used_again_after_a_bind_that_failed() {
    // This server keeps whom the connection belonged to, and lists anybody's groups.
    let uri = server(|id, asked| match asked {
        Asked::Bind => message(id, &result(0x61, 49)),
        _ => good(id, asked),
    });
    let door = door(&settings(&uri));
    for _ in 0..3 {
        let outcome = door.verify(&Username::new("alice").unwrap(), &Secret::new("wrong")).await;
        assert!(outcome.is_err());
    }
}
