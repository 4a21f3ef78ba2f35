//! Addresses as Go reads and writes them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What a text is for DNS (`plugin/etcd/msg`, `Service.HostType`, over `net.ParseIP`): an IPv6 address that holds an IPv4
/// address counts as that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Host {
    V4(Ipv4Addr),
    V6(Ipv6Addr),
    /// Not an address: a name.
    Name,
    /// An address that is yet to be given.
    PlannedV4,
    /// The same, an IPv6 address.
    PlannedV6,
}

impl Host {
    pub fn of(text: &str) -> Self {
        match text.parse() {
            Ok(IpAddr::V4(address)) => Self::V4(address),
            Ok(IpAddr::V6(address)) => address.to_ipv4_mapped().map_or(Self::V6(address), Self::V4),
            Err(_) => Self::Name,
        }
    }

    /// The address as a record has it; empty where it is not known yet.
    pub fn data(self) -> String {
        match self {
            Self::V4(address) => address.to_string(),
            Self::V6(address) => address.to_string(),
            Self::Name | Self::PlannedV4 | Self::PlannedV6 => String::new(),
        }
    }
}

/// The usual form of an address that a Pod's status may have in an unusual one, with leading zeros
/// (`k8s.io/utils/net`, `ParseIPSloppy`); nothing where it is none.
pub(super) fn sloppy(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(match address {
            IpAddr::V6(six) => six.to_ipv4_mapped().map_or(address, IpAddr::V4),
            IpAddr::V4(_) => address,
        });
    }
    let mut octets = text.split('.').map(|octet| {
        let is_plain = (1..=10).contains(&octet.len()) && octet.bytes().all(|byte| byte.is_ascii_digit());
        octet.parse::<u8>().ok().filter(|_| is_plain)
    });
    let mut next = || octets.next().flatten();
    let four = [next()?, next()?, next()?, next()?];
    octets.next().is_none().then(|| IpAddr::V4(Ipv4Addr::from(four)))
}

/// The address that a name of a reverse zone speaks of (`plugin/pkg/dnsutil`, `ExtractAddressFromReverse`); `name` is in
/// small letters and without the dot at its end.
pub(super) fn of_reverse(name: &str) -> Option<IpAddr> {
    if let Some(rest) = name.strip_suffix(".in-addr.arpa") {
        let labels: Vec<&str> = rest.split('.').rev().collect();
        return match Host::of(&labels.join(".")) {
            Host::V4(address) => Some(IpAddr::V4(address)),
            _ => None,
        };
    }
    let rest = name.strip_suffix(".ip6.arpa")?;
    let labels: Vec<&str> = rest.split('.').rev().collect();
    let groups: Vec<String> = labels.chunks_exact(4).map(<[&str]>::concat).collect();
    match Host::of(&groups.join(":")) {
        Host::V4(address) => Some(IpAddr::V4(address)),
        Host::V6(address) => Some(IpAddr::V6(address)),
        _ => None,
    }
}

/// The name in a reverse zone that an address has.
pub(super) fn reverse(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        IpAddr::V6(address) => {
            let nibbles = address.octets().into_iter().rev();
            let nibbles = nibbles.map(|byte| format!("{:x}.{:x}.", byte & 15, byte >> 4));
            format!("{}ip6.arpa", nibbles.collect::<String>())
        }
    }
}
