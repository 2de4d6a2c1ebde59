//! Argon2 as PHC strings.

use super::HashError;
use crate::vocabulary::Secret;
use crate::vocabulary::Unavailable;
use argon2::password_hash::phc::{Output, Salt};
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, Version};
use std::error::Error;
use subtle::ConstantTimeEq;

/// What new hashes cost: OWASP's first choice for argon2id.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const TAG: usize = 32;
const SALT: usize = 16;

/// What stored ones may ask for at the most.
const MOST_MEMORY: u32 = 256 * 1024;
const MOST_PASSES: u32 = 16;

/// [`Parsed::decoy`] of a new hash.
pub(super) const DECOY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$ZGVjb3kgc2FsdCBvZiAxNg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

const DECOY_SALT: &[u8; SALT] = b"decoy salt of 16";

/// Hashes a new password.
pub(super) fn hash(password: &Secret) -> Result<String, HashError> {
    let params = Params::new(MEMORY, PASSES, LANES, Some(TAG)).map_err(unavailable)?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon.hash_password(password.expose().as_bytes()).map_err(unavailable)?;
    Ok(hash.to_string())
}

/// A PHC string of Argon2, taken apart, its cost checked.
pub(super) struct Parsed {
    phc: PasswordHash,
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Salt,
    tag: Output,
}

impl Parsed {
    pub(super) fn read(text: &str) -> Result<Self, HashError> {
        let phc = PasswordHash::new(text).map_err(|_| HashError::Unreadable("it is not a PHC string"))?;
        let algorithm = Algorithm::try_from(phc.algorithm.as_str())
            .map_err(|_| HashError::Unreadable("it names an unknown method"))?;
        // The reference implementation takes a text without a version for the first one.
        let version = Version::try_from(phc.version.unwrap_or(0x10))
            .map_err(|_| HashError::Unreadable("it names an unknown version of Argon2"))?;
        if ["m", "t", "p"].into_iter().any(|name| phc.params.get(name).is_none()) {
            return Err(HashError::Unreadable("it lacks a parameter of Argon2"));
        }
        let params =
            Params::try_from(&phc).map_err(|_| HashError::Unreadable("it has an invalid parameter of Argon2"))?;
        if params.m_cost() > MOST_MEMORY || params.t_cost() > MOST_PASSES {
            return Err(HashError::TooCostly("it asks for more than 256 MiB or 16 passes"));
        }
        let (Some(salt), Some(tag)) = (phc.salt, phc.hash) else {
            return Err(HashError::Unreadable("it lacks the salt or the tag"));
        };
        Ok(Self { phc, algorithm, version, params, salt, tag })
    }

    pub(super) fn verify(&self, password: &Secret) -> Result<bool, HashError> {
        let mut computed = vec![0; self.tag.len()];
        Argon2::new(self.algorithm, self.version, self.params.clone())
            .hash_password_into(password.expose().as_bytes(), self.salt.as_ref(), &mut computed)
            .map_err(unavailable)?;
        Ok(computed.ct_eq(self.tag.as_ref()).into())
    }

    pub(super) fn is_weak(&self) -> bool {
        let work = |memory, passes| u64::from(memory) * u64::from(passes);
        self.algorithm != Algorithm::Argon2id
            || self.version != Version::V0x13
            || self.params.m_cost() < MEMORY
            || work(self.params.m_cost(), self.params.t_cost()) < work(MEMORY, PASSES)
            || self.tag.len() < TAG
            || self.salt.len() < SALT
    }

    pub(super) fn decoy(&self) -> Result<String, HashError> {
        let salt = Salt::new(DECOY_SALT).map_err(unavailable)?;
        let tag = Output::new(&vec![0; self.tag.len()]).map_err(unavailable)?;
        Ok(PasswordHash { salt: Some(salt), hash: Some(tag), ..self.phc.clone() }.to_string())
    }
}

fn unavailable(source: impl Error + Send + Sync + 'static) -> HashError {
    Unavailable::new("argon2", source).into()
}
