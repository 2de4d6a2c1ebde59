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
    #[serde(default)]
    weak: bool,
}

fn golden() -> Vec<Golden> {
    toml::from_str::<Table>(include_str!("../../../testdata/passwords/crypt.toml")).unwrap().hash
}

fn verify(stored: &str, password: &str) -> bool {
    CryptHash::read(stored, true).unwrap().verify(&Secret::new(password)).unwrap()
}

#[test]
fn what_others_wrote_is_verified() {
    let all = golden();
    assert_eq!(all.len(), 36);
    for Golden { what, password, stored, .. } in all {
        assert!(verify(&stored, &password), "{what}: {password:?}");
        for wrong in ["x", &password.to_uppercase(), &format!("{password}!"), &format!("{password}\0")] {
            assert!(wrong == password || !verify(&stored, wrong), "{what}: {wrong:?}");
        }
    }
}

#[test]
fn another_tag_fits_no_password() {
    for Golden { what, password, stored, .. } in golden() {
        let at = stored.len() - 8;
        let mut bytes = stored.into_bytes();
        bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
        assert!(!verify(str::from_utf8(&bytes).unwrap(), &password), "{what}");
    }
}

#[test]
fn decoys_cost_the_same_and_fit_nothing() {
    for Golden { what, password, stored, .. } in golden() {
        let decoy = CryptHash::read(&stored, true).unwrap().decoy().unwrap();
        assert_eq!(decoy.expose()[..3], stored[..3], "{what}");
        assert_eq!(decoy.expose().contains("rounds="), stored.contains("rounds="), "{what}");
        assert!(!verify(decoy.expose(), &password), "{what}");
        let again = decoy.decoy().unwrap();
        assert_eq!(again.expose(), decoy.expose(), "{what}");
    }
}

#[test]
fn weak_kinds_must_be_allowed() {
    for Golden { what, stored, weak, .. } in golden() {
        assert_eq!(CryptHash::read(&stored, false).is_err(), weak, "{what}");
    }
}

#[test]
fn what_is_never_accepted_says_why() {
    let bcrypt = ".".repeat(53);
    for (text, why) in [
        ("", "unknown kind"),
        ("S3cr3+", "unknown kind"),
        ("{PLAIN}S3cr3+", "unknown kind"),
        ("rEK1ecacw.7.c", "unknown kind"),
        ("$y$j9T$salt$tag", "unknown kind"),
        ("$argon2id$v=19$m=16,t=2,p=1$c2FsdHNhbHQ$AAAA", "unknown kind"),
        (&format!("$2x$05${bcrypt}"), "unknown kind"),
        (&format!("$2y$15${bcrypt}"), "2^14 rounds"),
        (&format!("$2y$31${bcrypt}"), "2^14 rounds"),
        (&format!("$2y$03${bcrypt}"), "not a hash of bcrypt"),
        (&format!("$2y$5${bcrypt}"), "not a hash of bcrypt"),
        (&format!("$2y$+5${bcrypt}"), "not a hash of bcrypt"),
        (&format!("$2y$05${bcrypt}."), "not a hash of bcrypt"),
        (&format!("$2y$05$ä{}", ".".repeat(51)), "not a hash of bcrypt"),
        (&format!("$5$rounds=1000001$salt${}", ".".repeat(43)), "a million rounds"),
        (&format!("$5$rounds=4294967295$salt${}", ".".repeat(43)), "a million rounds"),
        (&format!("$5$rounds=99999999999$salt${}", ".".repeat(43)), "not a hash of SHA-crypt"),
        (&format!("$5$rounds=10$salt${}", ".".repeat(43)), "not a hash of SHA-crypt"),
        (&format!("$5$rounds=+5000$salt${}", ".".repeat(43)), "not a hash of SHA-crypt"),
        (&format!("$5$rounds=5000$x$salt${}", ".".repeat(43)), "not a hash of SHA-crypt"),
        (&format!("$5$saltsaltsaltsalt1${}", ".".repeat(43)), "not a hash of SHA-crypt"),
        (&format!("$6$salt${}", ".".repeat(43)), "not a hash of SHA-crypt"),
        ("$5$salt", "not a hash of SHA-crypt"),
        (&format!("$apr1$saltsalt1${}", ".".repeat(22)), "not a hash of MD5-crypt"),
        (&format!("$apr1$salt${}", ".".repeat(21)), "not a hash of MD5-crypt"),
        ("{SHA}AAAA", "not a hash of SHA-1"),
        ("{SHA}###", "not a hash of SHA-1"),
        ("{SSHA}AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "not a hash of SHA-1"),
    ] {
        let problem = CryptHash::read(text, true).map(|_| ()).unwrap_err().to_string();
        assert!(problem.contains(why), "{text}: {problem}");
        assert!(text.len() < 5 || !problem.contains(text), "{problem}");
    }
}

#[test]
fn no_password_is_cut_off() {
    let stored = &golden().into_iter().find(|row| row.password.len() == 72).unwrap().stored;
    assert!(verify(stored, &"x".repeat(72)));
    for wrong in ["x".repeat(73), "x".repeat(71), "x".repeat(72) + "y", "x".repeat(72) + "\0"] {
        assert!(!verify(stored, &wrong), "{}", wrong.len());
    }
    let md5 = &golden().into_iter().find(|row| row.what == "MD5-crypt").unwrap().stored;
    assert!(!verify(md5, "S3cr3+\0"));
}

proptest! {
    #[test]
    fn reading_never_panics(text in "\\PC{0,80}") {
        if let Ok(hash) = CryptHash::read(&text, true) {
            prop_assert!(hash.decoy().is_ok());
        }
    }

    #[test]
    fn reading_what_looks_right_never_panics(
        head in prop::sample::select(vec!["$2y$", "$2b$05$", "$5$", "$6$rounds=", "$apr1$", "$1$", "{SHA}", "{SSHA}"]),
        tail in "[a-zA-Z0-9./=$ä]{0,90}",
    ) {
        if let Ok(hash) = CryptHash::read(&format!("{head}{tail}"), true) {
            prop_assert!(hash.decoy().is_ok());
        }
    }
}
