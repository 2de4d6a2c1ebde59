//! Networks, as CIDR writes them.

use ipnet::{IpNet, Ipv4Net};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A network of addresses, such as `10.1.0.0/16`, `fd00::/8` or the one address `10.1.2.3`.
///
/// ```
/// use mlflow_auth_core::Network;
///
/// let network: Network = "10.1.0.0/16".parse()?;
/// assert!(network.contains("::ffff:10.1.2.3".parse().unwrap()));
/// # Ok::<(), mlflow_auth_core::InvalidNetwork>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network(pub(super) IpNet);

/// A text that is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no network such as `10.1.0.0/16`, `fd00::/8` or `10.1.2.3`: {problem}", text.escape_debug())]
pub struct InvalidNetwork {
    text: String,
    problem: &'static str,
}

/// How many bits of `::ffff:0:0/96` stand in front of the IPv4 address.
const MAPPED_BITS: u8 = 96;

impl Network {
    /// Whether `address` is in it. An IPv4 address in the clothes of IPv6 (`::ffff:10.1.2.3`) counts as IPv4, on both
    /// sides.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }

    /// The smallest list of networks that holds the same addresses.
    pub(super) fn merged(networks: &[Self]) -> Vec<Self> {
        let plain: Vec<IpNet> = networks.iter().map(|network| network.0).collect();
        IpNet::aggregate(&plain).into_iter().map(Self).collect()
    }

    /// Whether it holds every address of its kind.
    pub(super) fn is_everything(&self) -> bool {
        self.0.prefix_len() == 0
    }
}

impl FromStr for Network {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let wrong = |problem| InvalidNetwork { text: text.to_owned(), problem };
        let found = read(text).ok_or_else(|| wrong("it cannot be read"))?;
        if found.trunc() != found {
            return Err(wrong("bits are set behind its prefix"));
        }
        Ok(Self(match (found, found.addr().to_canonical()) {
            (IpNet::V6(network), IpAddr::V4(address)) if network.prefix_len() >= MAPPED_BITS => {
                let mapped = Ipv4Net::new(address, network.prefix_len() - MAPPED_BITS);
                mapped.map_err(|_| wrong("its prefix is too long"))?.into()
            }
            _ => found,
        }))
    }
}

/// An address by the strict reader, which takes no zeros in front: others read those as octal.
fn read(text: &str) -> Option<IpNet> {
    let Some((address, prefix)) = text.split_once('/') else { return text.parse::<IpAddr>().ok().map(IpNet::from) };
    let is_number = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
    IpNet::new(address.parse().ok()?, prefix.parse().ok().filter(|_| is_number)?).ok()
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::Ipv4Addr;

    #[test]
    fn networks_are_read_strictly() {
        for (text, shown) in [
            ("10.1.0.0/16", Ok("10.1.0.0/16")),
            ("10.1.2.3", Ok("10.1.2.3/32")),
            ("fd00::/8", Ok("fd00::/8")),
            ("::1", Ok("::1/128")),
            ("::ffff:10.1.0.0/112", Ok("10.1.0.0/16")),
            ("::ffff:10.1.2.3", Ok("10.1.2.3/32")),
            ("::ffff:0:0/96", Ok("0.0.0.0/0")),
            ("10.1.2.3/16", Err(())),
            ("010.1.0.0/16", Err(())),
            ("10.1.0.0/33", Err(())),
            ("10.1.0.0/-1", Err(())),
            ("10.1.0.0/+16", Err(())),
            ("10.1.0.0/", Err(())),
            ("10.1", Err(())),
            ("localhost", Err(())),
            ("*", Err(())),
            (" 10.1.2.3", Err(())),
            ("", Err(())),
        ] {
            let found = text.parse::<Network>().map(|network| network.to_string()).map_err(drop);
            assert_eq!(found, shown.map(str::to_owned), "{text}");
        }
    }

    proptest! {
        #[test]
        fn holds_what_has_its_first_bits(network: u32, length in 0_u8..=32, address: u32, near in any::<bool>()) {
            let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or_default();
            let address = if near { (network & mask) | (address & !mask) } else { address };
            let text = format!("{}/{length}", Ipv4Addr::from(network & mask));
            let found: Network = text.parse().unwrap();
            let plain = Ipv4Addr::from(address);
            let expected = address & mask == network & mask;
            prop_assert_eq!(found.contains(plain.into()), expected);
            prop_assert_eq!(found.contains(plain.to_ipv6_mapped().into()), expected);
            prop_assert!(!found.contains(plain.to_ipv6_compatible().into()));
        }
    }
}
