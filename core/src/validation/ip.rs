//! IP addresses as the API server reads them: IPv4 may have leading zeros unless it is strict.
//!
//! Source: `k8s.io/apimachinery/pkg/util/validation/ip.go`, `k8s.io/utils/net` (`ParseIPSloppy`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Source: `IsValidIPForLegacyField`; `is_strict` is the gate StrictIPCIDRValidation.
pub(in crate::validation) fn is_ip(value: &str, is_strict: bool) -> Vec<String> {
    let Some(address) = parse(value) else {
        return vec!["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)".to_owned()];
    };
    let mut errors = Vec::new();
    if is_strict && !address.is_standard {
        errors.push("must not have leading 0s".to_owned());
    } else if is_strict && is_mapped(&address.address) {
        errors.push("must not be an IPv4-mapped IPv6 address".to_owned());
    }
    errors
}

/// What is warned of an address that is valid, without its path. Source: `GetWarningsForIP`.
pub(in crate::validation) fn ip_warning(value: &str, minor: u8) -> Option<String> {
    let address = parse(value)?;
    let canonical = address.canonical();
    if !address.is_standard || is_mapped(&address.address) {
        let rule = if minor >= 36 {
            "is invalid"
        } else {
            "will be considered invalid in a future Kubernetes release"
        };
        return Some(format!(
            "non-standard IP address \"{value}\" {rule}: use \"{canonical}\""
        ));
    }
    (address.address.is_ipv6() && canonical != value)
        .then(|| format!("IPv6 address \"{value}\" should be in RFC 5952 canonical format (\"{canonical}\")"))
}

struct Parsed {
    address: IpAddr,
    /// Go's `netip.ParseAddr` takes it too: no leading zeros.
    is_standard: bool,
}

impl Parsed {
    /// As Go's `IP.String`, which shows a mapped IPv4 address as IPv4.
    fn canonical(&self) -> String {
        self.address.to_canonical().to_string()
    }
}

const fn is_mapped(address: &IpAddr) -> bool {
    matches!(address, IpAddr::V6(address) if address.to_ipv4_mapped().is_some())
}

/// Source: `ParseIPSloppy`.
fn parse(value: &str) -> Option<Parsed> {
    match value
        .find(['.', ':'])
        .map(|at| value.split_at(at).1.starts_with('.'))?
    {
        true => {
            let (address, is_standard) = parse_v4(value)?;
            Some(Parsed {
                address: IpAddr::V4(address),
                is_standard,
            })
        }
        false => parse_v6(value),
    }
}

fn parse_v4(value: &str) -> Option<(Ipv4Addr, bool)> {
    let mut octets = [0_u8; 4];
    let mut is_standard = true;
    let mut parts = value.split('.');
    for octet in &mut octets {
        let part = parts.next()?;
        *octet = u8::try_from(number(part, 10)?).ok()?;
        is_standard &= part.len() == 1 || !part.starts_with('0');
    }
    parts.next().is_none().then(|| (octets.into(), is_standard))
}

/// Groups of hexadecimal digits, of which one `::` may stand for some, and at the end perhaps an IPv4 address.
fn parse_v6(value: &str) -> Option<Parsed> {
    let mut is_standard = true;
    let mut groups = |part: &str, is_last: bool| -> Option<Vec<u16>> {
        let mut groups = Vec::new();
        if part.is_empty() {
            return Some(groups);
        }
        let mut texts = part.split(':').peekable();
        while let Some(text) = texts.next() {
            if is_last && texts.peek().is_none() && text.contains('.') {
                let (v4, is_v4_standard) = parse_v4(text)?;
                is_standard &= is_v4_standard;
                let [a, b, c, d] = v4.octets();
                groups.push(u16::from_be_bytes([a, b]));
                groups.push(u16::from_be_bytes([c, d]));
            } else {
                groups.push(u16::try_from(number(text, 16)?).ok()?);
                is_standard &= text.len() <= 4;
            }
        }
        Some(groups)
    };
    let all = match value.split_once("::") {
        None => groups(value, true)?,
        Some((before, after)) => {
            let mut all = groups(before, false)?;
            let after = groups(after, true)?;
            let missing = 8_usize
                .checked_sub(all.len() + after.len())
                .filter(|missing| *missing > 0)?;
            all.extend(std::iter::repeat_n(0, missing));
            all.extend(after);
            all
        }
    };
    let all: [u16; 8] = all.try_into().ok()?;
    Some(Parsed {
        address: IpAddr::V6(Ipv6Addr::from(all)),
        is_standard,
    })
}

/// Digits only, and fewer than upstream's greatest number.
fn number(text: &str, radix: u32) -> Option<u32> {
    let mut digits = text.chars().map(|digit| digit.to_digit(radix));
    let number = digits.try_fold(0_u32, |sum, digit| {
        let sum = sum.checked_mul(radix)?.checked_add(digit?)?;
        (sum < 0xFF_FFFF).then_some(sum)
    });
    number.filter(|_| !text.is_empty())
}
