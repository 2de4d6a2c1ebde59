//! Keys at an address of their own.

use super::fetch::{FetchError, Fetcher, provider_url};
use crate::authn::jwt::{KeySet, KeySource, NamedKeySource};
use crate::vocabulary::Unavailable;
use async_trait::async_trait;

/// A key set at an address that is known, of a provider without a discovery document.
#[derive(Clone, Debug)]
pub struct KeySetAt {
    fetcher: Fetcher,
    address: String,
}

impl KeySetAt {
    /// The set at `address`. Nothing is fetched yet.
    ///
    /// # Errors
    /// [`FetchError::Address`] for an address in clear text.
    pub fn new(fetcher: Fetcher, address: &str) -> Result<Self, FetchError> {
        provider_url(address)?;
        Ok(Self { fetcher, address: address.to_owned() })
    }
}

const WHAT: &str = "the keys of the proxy";

#[async_trait]
impl KeySource for KeySetAt {
    async fn fetch(&self) -> Result<KeySet, Unavailable> {
        let text = self.fetcher.get(&self.address).await.map_err(|error| Unavailable::new(WHAT, error))?;
        Ok(KeySet::from_json(&text)?)
    }
}

/// The keys of AWS load balancers, in PEM, each at an address that ends with its id.
#[derive(Clone, Debug)]
pub struct AlbKeys {
    fetcher: Fetcher,
    base: String,
}

/// A text that cannot be a region of AWS.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a region of AWS such as `eu-central-1`", .0.escape_debug())]
pub struct InvalidRegion(pub String);

impl AlbKeys {
    /// The keys of `region`. Nothing is fetched yet.
    ///
    /// # Errors
    /// [`InvalidRegion`]
    pub fn new(fetcher: Fetcher, region: &str) -> Result<Self, InvalidRegion> {
        if !is_region(region) {
            return Err(InvalidRegion(region.to_owned()));
        }
        Ok(Self { fetcher, base: format!("https://public-keys.auth.elb.{region}.amazonaws.com/") })
    }

    /// Keys elsewhere, as in the partitions GovCloud and China. `base` is what stands in front of the id of a key.
    ///
    /// # Errors
    /// [`FetchError::Address`] for an address in clear text, or one that does not end with a slash.
    pub fn at(fetcher: Fetcher, base: &str) -> Result<Self, FetchError> {
        let url = provider_url(base)?;
        if !base.ends_with('/') || url.query().is_some() || url.fragment().is_some() {
            return Err(FetchError::Address(base.to_owned()));
        }
        Ok(Self { fetcher, base: base.to_owned() })
    }
}

#[async_trait]
impl NamedKeySource for AlbKeys {
    async fn fetch(&self, id: &str) -> Result<Option<KeySet>, Unavailable> {
        let unavailable = |error: Box<dyn std::error::Error + Send + Sync>| Unavailable::new(WHAT, error);
        match self.fetcher.get(&format!("{}{id}", self.base)).await {
            Ok(pem) => KeySet::from_ec_pem(id, &pem).map(Some).map_err(|error| unavailable(error.into())),
            // A store of files says of one that is not there that it must not be seen.
            Err(FetchError::Status { status, .. }) if matches!(status.as_u16(), 403 | 404) => Ok(None),
            Err(error) => Err(unavailable(error.into())),
        }
    }
}

fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let number = parts
        .next_back()
        .is_some_and(|part| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()));
    number && text.len() < 32 && text.split('-').count() > 2 && parts.all(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_do_not_lead_elsewhere() {
        for region in ["eu-central-1", "us-east-1", "us-gov-west-1", "ap-southeast-12"] {
            assert!(is_region(region), "{region}");
        }
        for region in [
            "",
            "1",
            "eu-1",
            "eu-central",
            "eu-central-1.evil.example",
            "eu-central-1/",
            "eu--1",
            "EU-central-1",
            "x@evil-a-1",
            "-a-1",
        ] {
            assert!(!is_region(region), "{region}");
        }
    }
}
