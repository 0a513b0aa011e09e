//! What is known of a request before anybody looks at what it asks: its name, and where it comes from.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// The circumstances of a request, the same for every surface of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestInfo {
    /// Names the request in the log and in its answer.
    pub id: String,
    /// Who sent it, past the proxies that the operator trusts.
    pub client: ClientAddress,
    /// Whether the client used https; `None` where no trusted proxy tells.
    pub secure: Option<bool>,
    /// The host that the client asked for, with the port where it gave one; `None` where it named none.
    pub host: Option<String>,
}

/// The address of a client. An IPv4 address that is written as an IPv6 one is the IPv4 one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The client with this address.
    pub fn new(address: IpAddr) -> ClientAddress {
        ClientAddress(address.to_canonical())
    }

    /// The address.
    pub fn ip(self) -> IpAddr {
        self.0
    }

    /// What limits count by: an IPv4 address, or the /64 that an IPv6 host may choose its addresses from.
    pub fn network(self) -> IpNet {
        /// The subnet prefix of a link (RFC 4291, 2.5.4).
        const SUBNET_BITS: u32 = 64;
        match self.0 {
            IpAddr::V4(address) => Ipv4Net::from(address).into(),
            IpAddr::V6(address) => {
                let subnet = Ipv6Addr::from(address.to_bits() & (u128::MAX << SUBNET_BITS));
                // 64 is a length of IPv6 prefixes; the address alone would stand for itself.
                Ipv6Net::new(subnet, 64).unwrap_or_else(|_| subnet.into()).into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_counted_by_address_or_subnet() {
        for (address, network) in [
            ("192.0.2.1", "192.0.2.1/32"),
            ("::ffff:192.0.2.1", "192.0.2.1/32"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::", "2001:db8:1:3::/64"),
            ("::1", "::/64"),
        ] {
            let client = ClientAddress::new(address.parse().expect("an address"));
            assert_eq!(client.network().to_string(), network, "{address}");
        }
    }
}
