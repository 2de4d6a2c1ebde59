use super::*;
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    hash: Vec<Golden>,
}

#[derive(Deserialize)]
struct Golden {
    what: String,
    password: String,
    stored: String,
    weak: Option<bool>,
}

fn golden() -> Vec<Golden> {
    let argon = include_str!("../../testdata/passwords/argon2.toml");
    let werkzeug = include_str!("../../testdata/passwords/werkzeug.toml");
    [argon, werkzeug].into_iter().flat_map(|text| toml::from_str::<Table>(text).unwrap().hash).collect()
}

fn verify(stored: &str, password: &str) -> Result<bool, HashError> {
    PasswordHash::from_stored(stored).verify(&Secret::new(password))
}

#[test]
fn what_others_wrote_is_verified() {
    let all = golden();
    assert_eq!(all.len(), 32);
    for Golden { what, password, stored, weak } in all {
        assert!(verify(&stored, &password).unwrap(), "{what}");
        let needs = PasswordHash::from_stored(stored).needs_rehash();
        assert_eq!(needs, weak.unwrap_or(true), "{what}");
    }
}

#[test]
fn another_password_or_another_tag_is_not() {
    let cheap =
        |row: &Golden| ["pbkdf2:sha256:50$", "scrypt:1024", "$argon2id$v=16"].map(|m| row.stored.starts_with(m));
    for Golden { what, password, stored, .. } in golden().into_iter().filter(|row| cheap(row).contains(&true)) {
        for wrong in ["", "x", &password.to_uppercase(), &format!("{password} "), &format!("{password}!")] {
            assert!(wrong == password || !verify(&stored, wrong).unwrap(), "{what}: {wrong:?}");
        }
        let tag = stored.rfind('$').unwrap() + 1;
        let mut bytes = stored.into_bytes();
        for at in [tag, tag + 1, bytes.len() - 2] {
            let kept = bytes[at];
            bytes[at] = if kept == b'0' { b'1' } else { b'0' };
            assert!(!verify(str::from_utf8(&bytes).unwrap(), &password).unwrap(), "{what}: {at}");
            bytes[at] = kept;
        }
    }
}

#[test]
fn what_cannot_be_read_says_why() {
    let tag = "0".repeat(64);
    let argon = |params: &str| format!("$argon2id$v=19${params}$c29tZXNhbHRzb21l$AAAAAAAAAAAAAAAAAAAAAA");
    for (stored, why) in [
        (String::new(), "form"),
        ("scrypt:32768:8:1$salt".into(), "form"),
        ("plain$$secret".into(), "unknown method"),
        (format!("sha256$salt${tag}"), "unknown method"),
        (format!("SCRYPT$salt${tag}{tag}"), "unknown method"),
        (format!("scrypt:32768:8$salt${tag}{tag}"), "number of arguments"),
        (format!("pbkdf2:sha256:1:1$salt${tag}"), "number of arguments"),
        (format!("scrypt:32768:8:x$salt${tag}{tag}"), "not a number"),
        (format!("scrypt:32768:8:+1$salt${tag}{tag}"), "not a number"),
        (format!("pbkdf2:sha256:$salt${tag}"), "not a number"),
        (format!("scrypt:3:8:1$salt${tag}{tag}"), "parameter of scrypt"),
        (format!("scrypt:1:8:1$salt${tag}{tag}"), "parameter of scrypt"),
        (format!("scrypt:32768:0:1$salt${tag}{tag}"), "parameter of scrypt"),
        (format!("scrypt:32768:8:0$salt${tag}{tag}"), "parameter of scrypt"),
        (format!("pbkdf2:md5:1$salt${tag}"), "unknown hash"),
        (format!("pbkdf2:sha256:0$salt${tag}"), "no iterations"),
        (format!("scrypt$salt${tag}"), "right length"),
        (format!("pbkdf2:sha256:1$salt${tag}00"), "right length"),
        (format!("pbkdf2:sha256:1$salt${}", "A".repeat(64)), "lower-case"),
        ("pbkdf2:sha256:1$salt$".into(), "right length"),
        ("$".into(), "PHC"),
        ("$argon2id$v=19$m=19456,t=2,p=1".into(), "salt or the tag"),
        ("$bcrypt$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21l$AAAAAAAAAAAAAAAAAAAAAA".into(), "unknown method"),
        ("$argon2id$v=20$m=19456,t=2,p=1$c29tZXNhbHRzb21l$AAAAAAAAAAAAAAAAAAAAAA".into(), "version"),
        (argon("m=19456,t=2"), "lacks a parameter"),
        (argon("m=1,t=2,p=1"), "invalid parameter"),
        (argon("m=19456,t=0,p=1"), "invalid parameter"),
        (argon("m=19456,t=2,p=1,x=1"), "invalid parameter"),
    ] {
        let error = verify(&stored, "x").unwrap_err();
        assert!(matches!(error, HashError::Unreadable(_)), "{stored}: {error}");
        assert!(error.to_string().contains(why), "{stored}: {error}");
        assert!(PasswordHash::from_stored(stored).needs_rehash());
    }
}

#[test]
fn what_would_cost_too_much_is_refused_before_it_costs() {
    let tag = "0".repeat(128);
    let argon = |params: &str| format!("$argon2id$v=19${params}$c29tZXNhbHRzb21l$AAAAAAAAAAAAAAAAAAAAAA");
    for stored in [
        format!("scrypt:524288:8:1$salt${tag}"),
        format!("scrypt:32768:8:9$salt${tag}"),
        format!("scrypt:2:4294967295:4294967295$salt${tag}"),
        format!("scrypt:2147483648:4294967295:4294967295$salt${tag}"),
        format!("scrypt:99999999999:8:1$salt${tag}"),
        format!("pbkdf2:sha512:10000001$salt${tag}"),
        format!("pbkdf2:sha512:99999999999$salt${tag}"),
        argon("m=262145,t=2,p=1"),
        argon("m=19456,t=17,p=1"),
        argon("m=4294967295,t=4294967295,p=16777215"),
    ] {
        assert!(matches!(verify(&stored, "x"), Err(HashError::TooCostly(_))), "{stored}");
    }
    assert!(PasswordHash::from_stored(format!("scrypt:262144:8:1$salt${tag}")).parse().is_ok());
}

#[test]
fn new_ones_are_argon2id_salted_and_bounded() {
    let password = Secret::new("correct horse battery staple");
    let (one, two) = (PasswordHash::new(&password).unwrap(), PasswordHash::new(&password).unwrap());
    assert!(one.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_ne!(one.expose(), two.expose());
    assert!(one.verify(&password).unwrap() && !one.needs_rehash());
    assert!(!one.verify(&Secret::new("correct horse")).unwrap());
    assert!(matches!(PasswordHash::new(&Secret::new("x".repeat(1025))), Err(HashError::TooLong)));
}

#[test]
fn a_decoy_costs_the_same_and_matches_nothing() {
    let method = |text: &str| text.rsplitn(3, '$').nth(2).unwrap().to_owned();
    for Golden { what, stored, .. } in golden() {
        let hash = PasswordHash::from_stored(stored);
        let decoy = hash.decoy().unwrap();
        assert_eq!(method(decoy.expose()), method(hash.expose()), "{what}");
        assert_eq!(decoy.expose().rsplit('$').next().unwrap().len(), hash.expose().rsplit('$').next().unwrap().len());
        assert!(decoy.decoy().unwrap().expose() == decoy.expose(), "{what}");
    }
    let new = PasswordHash::new(&Secret::new("x")).unwrap();
    assert_eq!(new.decoy().unwrap().expose(), PasswordHash::newest_decoy().expose());
    for password in ["", "x", "decoy salt of 16"] {
        assert!(!PasswordHash::newest_decoy().verify(&Secret::new(password)).unwrap());
    }
}

#[test]
fn no_error_and_no_debug_shows_the_hash() {
    let hash = PasswordHash::from_stored("pbkdf2:sha256:x$thesalt$thetag");
    let error = hash.verify(&Secret::new("thepassword")).unwrap_err();
    for text in [format!("{hash:?}"), format!("{error:?}"), error.to_string()] {
        assert!(!["thesalt", "thetag", "thepassword"].iter().any(|secret| text.contains(secret)), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_an_answer(text in "(\\$?(argon2id|scrypt|pbkdf2)[:$])?[a-z0-9=,:$+/-]{0,60}") {
        // Only texts that are refused: those that are not would be computed.
        if let Err(error) = PasswordHash::from_stored(text).parse() {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
