//! One round of SHA-1, bare (`{SHA}`) or with a salt (`{SSHA}`), in base64 (RFC 2307).

use super::HashError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

const TAG: usize = 20;
const LONGEST_SALT: usize = 64;

/// A text, taken apart.
pub(super) struct Parsed {
    scheme: &'static str,
    tag: [u8; TAG],
    salt: Vec<u8>,
}

impl Parsed {
    pub(super) fn read(text: &str) -> Result<Self, HashError> {
        const UNKNOWN: HashError = HashError::Unreadable("it is of an unknown kind, or of one that is never accepted");
        const MALFORMED: HashError = HashError::Unreadable("it is not a hash of SHA-1");
        let found = ["{SHA}", "{SSHA}"].into_iter().find_map(|scheme| Some((scheme, text.strip_prefix(scheme)?)));
        let (scheme, encoded) = found.ok_or(UNKNOWN)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| MALFORMED)?;
        let (tag, salt) = bytes.split_first_chunk::<TAG>().ok_or(MALFORMED)?;
        if salt.is_empty() != (scheme == "{SHA}") || salt.len() > LONGEST_SALT {
            return Err(MALFORMED);
        }
        Ok(Self { scheme, tag: *tag, salt: salt.to_vec() })
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        let computed = Sha1::new().chain_update(password).chain_update(&self.salt).finalize();
        computed.as_slice().ct_eq(self.tag.as_slice()).into()
    }

    pub(super) fn decoy(&self) -> String {
        format!("{}{}", self.scheme, STANDARD.encode(vec![0; TAG + self.salt.len()]))
    }
}
