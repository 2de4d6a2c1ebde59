//! The first admin.

use crate::config::Admin;
use mlflow_auth_core::store::{NewUser, StoreError, User, UserStore};
use mlflow_auth_core::{HashError, PasswordHash, Secret, Username};

/// What became of the first admin.
pub enum Bootstrap {
    /// There is an admin already; the two settings are ignored.
    Exists,
    /// One was made with the configured password.
    Configured,
    /// One was made with this password, which nobody else knows.
    Made(Secret),
}

/// Why there is no admin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BootstrapError {
    /// The store cannot be read or written.
    #[error("the admin cannot be looked up or made")]
    Store(#[from] StoreError),
    /// The password cannot be hashed.
    #[error("the password of the admin cannot be hashed")]
    Hash(#[from] HashError),
    /// There is no randomness to make one from.
    #[error("no password can be made: the machine has no randomness")]
    Randomness(#[source] getrandom::Error),
    /// Making an account an admin that somebody else may own would hand them everything.
    #[error("there is no admin, and `{0}` is an ordinary account; configure another `admin_username`")]
    Taken(Username),
    /// The work was broken off.
    #[error("the password was not hashed to its end")]
    BrokenOff(#[from] tokio::task::JoinError),
}

/// Makes the admin of the configuration, if `users` has no admin at all. Several gateways may do this at once.
///
/// # Errors
/// [`BootstrapError`]; nothing was made then.
pub async fn bootstrap(users: &dyn UserStore, admin: &Admin) -> Result<Bootstrap, BootstrapError> {
    let known = users.users().await?;
    if known.iter().any(|user| user.is_admin) {
        return Ok(Bootstrap::Exists);
    }
    if known.iter().any(|user| user.name == admin.username) {
        return Err(BootstrapError::Taken(admin.username.clone()));
    }
    let (password, outcome) = match &admin.password {
        Some(password) => (password.clone(), Bootstrap::Configured),
        None => {
            let password = random_password()?;
            (password.clone(), Bootstrap::Made(password))
        }
    };
    let hash = tokio::task::spawn_blocking(move || PasswordHash::new(&password)).await??;
    let new = NewUser { password: Some(hash), is_admin: true, ..NewUser::named(admin.username.clone()) };
    match users.create_user(new).await {
        Ok(_) => Ok(outcome),
        Err(StoreError::AlreadyExists(_)) => match users.user(&admin.username).await? {
            Some(User { is_admin: true, .. }) => Ok(Bootstrap::Exists),
            _ => Err(BootstrapError::Taken(admin.username.clone())),
        },
        Err(error) => Err(error.into()),
    }
}

/// 24 characters of 32, none of which looks like another: 120 bits.
fn random_password() -> Result<Secret, BootstrapError> {
    const CHARACTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut random = [0_u8; 24];
    getrandom::fill(&mut random).map_err(BootstrapError::Randomness)?;
    let character = |byte: &u8| CHARACTERS.get(usize::from(byte % 32)).copied().map(char::from);
    let groups: Vec<String> = random.chunks(6).map(|group| group.iter().filter_map(character).collect()).collect();
    Ok(Secret::new(groups.join("-")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlflow_auth_core::store::MemoryStore;

    fn admin(password: Option<&str>) -> Admin {
        Admin { username: Username::new("root").unwrap(), password: password.map(Secret::new) }
    }

    async fn lets_in(store: &MemoryStore, password: &Secret) -> bool {
        let (user, hash) = store.credentials(&Username::new("root").unwrap()).await.unwrap().unwrap();
        user.is_admin && hash.unwrap().verify(password).unwrap()
    }

    #[tokio::test]
    async fn the_configured_admin_is_made_once() {
        let store = MemoryStore::new();
        assert!(matches!(bootstrap(&store, &admin(Some("first-password"))).await, Ok(Bootstrap::Configured)));
        assert!(matches!(bootstrap(&store, &admin(Some("other-password"))).await, Ok(Bootstrap::Exists)));
        assert!(lets_in(&store, &Secret::new("first-password")).await);
    }

    #[tokio::test]
    async fn without_a_password_one_is_made_that_nobody_can_guess() {
        let mut seen = Vec::new();
        for _ in 0..2 {
            let store = MemoryStore::new();
            let Ok(Bootstrap::Made(password)) = bootstrap(&store, &admin(None)).await else { panic!("none was made") };
            assert!(lets_in(&store, &password).await);
            assert_eq!(password.expose().len(), 27);
            seen.push(password.expose().to_owned());
        }
        assert_ne!(seen[0], seen[1]);
    }

    #[tokio::test]
    async fn any_admin_is_enough_and_an_ordinary_account_is_not_raised() {
        let store = MemoryStore::new();
        let user = |name: &str, is_admin| NewUser { is_admin, ..NewUser::named(Username::new(name).unwrap()) };
        store.create_user(user("root", false)).await.unwrap();
        assert!(matches!(bootstrap(&store, &admin(None)).await, Err(BootstrapError::Taken(_))));
        store.create_user(user("ann", true)).await.unwrap();
        assert!(matches!(bootstrap(&store, &admin(None)).await, Ok(Bootstrap::Exists)));
        assert!(!store.user(&Username::new("root").unwrap()).await.unwrap().unwrap().is_admin);
    }
}
