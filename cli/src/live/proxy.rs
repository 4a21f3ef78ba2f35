//! Whether a cluster is reached past the proxy that the environment names.

use std::net::{IpAddr, Ipv4Addr};

/// Whether a host needs no proxy: this machine itself, or what `NO_PROXY` lists (names, their subdomains, addresses, ranges such as
/// `10.0.0.0/8`, `*`), as kubectl has it. kube asks this of the proxy's address instead of the cluster's.
pub(super) fn is_direct(host: &str, no_proxy: &str) -> bool {
    let host = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_ascii_lowercase();
    let address: Option<IpAddr> = host.parse().ok();
    if host == "localhost" || address.is_some_and(|address| address.is_loopback()) {
        return true;
    }
    no_proxy
        .split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .any(|entry| covers(&entry.to_ascii_lowercase(), &host, address))
}

fn covers(entry: &str, host: &str, address: Option<IpAddr>) -> bool {
    if entry == "*" || entry == host {
        return true;
    }
    if let (Some((network, bits)), Some(IpAddr::V4(address))) = (entry.split_once('/'), address) {
        return in_range(network, bits, address).unwrap_or(false);
    }
    let domain = entry.trim_start_matches("*").trim_start_matches('.');
    let before = host.strip_suffix(domain);
    address.is_none() && !domain.is_empty() && before.is_some_and(|before| before.ends_with('.'))
}

fn in_range(network: &str, bits: &str, address: Ipv4Addr) -> Option<bool> {
    let network: Ipv4Addr = network.parse().ok()?;
    let bits: u32 = bits.parse().ok().filter(|bits| *bits <= 32)?;
    let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
    Some(u32::from(network) & mask == u32::from(address) & mask)
}

#[cfg(test)]
mod tests {
    use super::is_direct;

    #[test]
    fn no_proxy_is_read_as_kubectl_reads_it() {
        for (host, list, direct) in [
            ("127.0.0.1", "", true),
            ("[::1]", "", true),
            ("localhost", "", true),
            ("10.1.2.3", "10.0.0.0/8", true),
            ("11.1.2.3", "10.0.0.0/8", false),
            ("10.1.2.3", "10.1.2.3", true),
            ("api.shop.example", "example.com, .shop.example", true),
            ("api.shop.example", "shop.example", true),
            ("apishop.example", "shop.example", false),
            ("api.shop.example", "*", true),
            ("api.shop.example", "", false),
            ("10.1.2.3", "0.0.0.0/0", true),
            ("10.1.2.3", "10.0.0.0/99,,3", false),
        ] {
            assert_eq!(is_direct(host, list), direct, "{host} {list}");
        }
    }
}
