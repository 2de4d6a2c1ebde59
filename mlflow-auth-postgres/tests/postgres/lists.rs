//! Long lists of changes, of which many are made with one statement: as if one came after the other.

use crate::cluster::shared;
use crate::words::*;
use mlflow_auth_core::store::{Change, ChangeFeed, GrantConflict, MemoryStore, PermissionStore, StoreError};
use mlflow_auth_core::{GrantSpec, Permission, ResourceType, Subject, Workspace};
use std::time::{Duration, Instant};

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn subject(&mut self) -> Subject {
        match self.roll(40) {
            0 => role("missing").into(),
            1..6 => role("dev").into(),
            6..12 => group("ml").into(),
            number => user(&format!("user {}", number % 20)).into(),
        }
    }

    fn change(&mut self, conflict: GrantConflict) -> Change {
        let id = self.roll(30).to_string();
        if self.roll(12) == 0 {
            return Change::ResourceDeleted { kind: ResourceType::EXPERIMENT, id, workspace: Workspace::default() };
        }
        let permission = [Permission::Read, Permission::Edit][self.roll(2) as usize];
        let other = if self.roll(10) == 0 { GrantConflict::Replace } else { conflict };
        Change::Grant(GrantSpec { permission, ..read(self.subject(), &id) }, other)
    }
}

#[tokio::test]
async fn a_list_is_made_as_if_one_change_came_after_the_other() {
    let (mut made, mut refused) = (0, 0);
    let mut dice = Dice(7);
    for round in 0..60 {
        let (store, model) = (open(&shared().settings()).await, MemoryStore::new());
        let dev = [Change::CreateRole { key: role("dev"), description: None }];
        store.apply(&dev).await.unwrap();
        model.apply(&dev).await.unwrap();
        for _ in 0..4 {
            let conflict = [GrantConflict::Refuse, GrantConflict::Replace][dice.roll(2) as usize];
            let list: Vec<_> = (0..=dice.roll(40)).map(|_| dice.change(conflict)).collect();
            let before = store.revision().await.unwrap();
            let (expected, found) = (model.apply(&list).await, store.apply(&list).await);
            let words = |outcome: &Result<i64, StoreError>| outcome.as_ref().err().map(|error| in_words(error));
            assert_eq!(words(&found), words(&expected), "round {round}: {list:?}");
            assert!(found.is_ok() || store.revision().await.unwrap() == before);
            *(if found.is_ok() { &mut made } else { &mut refused }) += 1;
            assert_eq!(store.holders().await.unwrap(), model.holders().await.unwrap());
            for holder in model.holders().await.unwrap() {
                let specs = async |store: &dyn PermissionStore| {
                    let held = store.grants_of(&holder).await.unwrap();
                    held.grants().iter().map(|grant| grant.spec.clone()).collect::<Vec<_>>()
                };
                assert_eq!(specs(&store).await, specs(&model).await, "round {round}: {holder}");
            }
        }
    }
    assert!(made > 20 && refused > 20, "{made} made, {refused} refused: the test tries both");
}

#[tokio::test]
async fn thousands_of_grants_are_written_in_a_moment() {
    let store = open(&shared().settings()).await;
    let list: Vec<_> =
        (0..20_000).map(|number| give(user(&format!("user {}", number % 700)), &number.to_string())).collect();
    let began = Instant::now();
    store.apply(&list).await.unwrap();
    println!("20,000 grants in {:?}", began.elapsed());
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    let held = store.grants_of(&user("user 3").into()).await.unwrap();
    let ids: Vec<_> = held.grants().iter().map(|grant| grant.spec.target.text().parse::<u32>().unwrap()).collect();
    assert!(ids.len() > 20 && ids.is_sorted(), "{ids:?}");
}
