//! How access tokens are kept in memory.

use super::MemoryStore;
use super::state::State;
use crate::store::{AccessToken, Event, NewToken, Seconds, StoreError, TokenStore, token_name, token_number};
use crate::vocabulary::{Subject, Username};
use async_trait::async_trait;

impl State {
    fn tokens_of(&self, user: &Username) -> Vec<AccessToken> {
        self.tokens.values().filter(|token| token.user == *user).cloned().collect()
    }

    fn create_token(&mut self, token: NewToken) -> Result<AccessToken, StoreError> {
        token.check()?;
        self.active(&token.user)?;
        self.tokens.retain(|_, old| {
            let is_over = old.expires_at <= token.created_at || (token.replaces && old.name == token.name);
            old.user != token.user || !is_over
        });
        let held = self.tokens_of(&token.user);
        if self.tokens.values().any(|other| other.prefix == token.prefix) {
            return Err(StoreError::AlreadyExists(format!("a token with the prefix `{}`", token.prefix)));
        }
        if held.iter().any(|other| other.name == token.name) {
            return Err(StoreError::AlreadyExists(token_name(&token.user, &token.name)));
        }
        if held.len() >= token.most {
            return Err(StoreError::TooMany(format!("tokens of {}", Subject::User(token.user))));
        }
        let id = self.new_id();
        let kept = AccessToken {
            id,
            user: token.user,
            name: token.name,
            prefix: token.prefix,
            hash: token.hash,
            narrowing: token.narrowing,
            created_at: token.created_at,
            created_by: token.created_by,
            expires_at: token.expires_at,
            last_used_at: None,
        };
        self.tokens.insert(id, kept.clone());
        self.tell(Event::User(kept.user.clone()));
        Ok(kept)
    }

    fn delete_token(&mut self, user: &Username, id: i64) -> Result<(), StoreError> {
        let is_theirs = self.tokens.get(&id).is_some_and(|token| token.user == *user);
        if !is_theirs {
            return Err(StoreError::NotFound(token_number(user, id)));
        }
        self.tokens.remove(&id);
        self.tell(Event::User(user.clone()));
        Ok(())
    }

    fn delete_tokens(&mut self, user: &Username) -> usize {
        let ended = self.tokens.extract_if(.., |_, token| token.user == *user).count();
        if ended > 0 {
            self.tell(Event::User(user.clone()));
        }
        ended
    }
}

#[async_trait]
impl TokenStore for MemoryStore {
    async fn token(&self, prefix: &str) -> Result<Option<AccessToken>, StoreError> {
        Ok(self.read(|state| state.tokens.values().find(|token| token.prefix == prefix).cloned()))
    }

    async fn tokens_of(&self, user: &Username) -> Result<Vec<AccessToken>, StoreError> {
        Ok(self.read(|state| state.tokens_of(user)))
    }

    async fn create_token(&self, token: NewToken) -> Result<AccessToken, StoreError> {
        Ok(self.write(|state| state.create_token(token))?.0)
    }

    async fn delete_token(&self, user: &Username, id: i64) -> Result<(), StoreError> {
        self.write(|state| state.delete_token(user, id)).map(|_| ())
    }

    async fn delete_tokens(&self, user: &Username) -> Result<usize, StoreError> {
        Ok(self.write(|state| Ok(state.delete_tokens(user)))?.0)
    }

    async fn saw_token(&self, id: i64, at: Seconds) -> Result<(), StoreError> {
        self.write(|state| {
            if let Some(token) = state.tokens.get_mut(&id) {
                token.last_used_at = token.last_used_at.max(Some(at));
            }
            Ok(())
        })
        .map(|_| ())
    }
}
