//! Names that mean something where names are written.

use crate::people::{HOSTILE, password};
use crate::setup::{Door, changed, groups};
use crate::slapd::Slapd;

#[tokio::test]
async fn everybody_signs_in_as_who_the_directory_says_they_are() {
    let server = Slapd::start();
    let door = Door::new(&changed(&server, &[]));
    for name in HOSTILE {
        let principal = door.enter(name).await.unwrap_or_else(|error| panic!("{name}: {error:?}")).unwrap();
        assert_eq!((principal.user.as_str(), principal.is_admin), (name, false));
        assert_eq!(groups(&principal), ["test-user"], "{name}");
        assert_eq!(door.told(name, "wrong").await, "refused", "{name}");
    }
}

#[tokio::test]
async fn other_spellings_are_the_same_user() {
    let server = Slapd::start();
    let door = Door::new(&changed(&server, &[]));
    for (typed, name) in
        [("CAMELCASE", "CamelCase"), ("camelcase", "CamelCase"), ("USER1", "user1"), ("two  WORDS", "two words")]
    {
        let principal = door.ask(typed, &password(name)).await.unwrap().unwrap();
        assert_eq!(principal.user.as_str(), name, "{typed}");
        assert!(door.account(typed).await.is_none(), "{typed}");
        assert!(door.account(name).await.is_some(), "{typed}");
    }
}

#[tokio::test]
async fn a_name_that_is_part_of_a_dn_or_a_filter_gets_nobody_in() {
    let server = Slapd::start();
    let direct = Door::new(&changed(&server, &[]));
    let searched = Door::new(&changed(&server, &crate::service::SEARCHED));
    let tries = [
        "user1,ou=people",
        "admin1\\2cou=people",
        "*",
        "user*",
        "user1)(uid=*",
        "*)(|(uid=*",
        "user1)",
        "user1\\",
        "user1\\2a",
        "user1+cn=user1",
        "uid=user1,ou=people,dc=mlflow,dc=test",
        "\\75ser1",
        "user1\u{200b}",
    ];
    for name in tries {
        for (way, door) in [("direct", &direct), ("searched", &searched)] {
            for user in ["user1", "admin1"] {
                assert_eq!(door.told(name, &password(user)).await, "refused", "{way}: {name}");
            }
        }
    }
}
