//! Sizes as Kubernetes writes them (`apimachinery/pkg/api/resource`, `Quantity`), in whole bytes.

/// The bytes of a quantity such as `1Gi`, `500M`, `1.5Ti` or `1e9`, rounded up; `None` where it is none.
pub(crate) fn bytes(text: &str) -> Option<u64> {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number = text.strip_suffix(digits)?;
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && decimals.is_empty() || decimals.contains('.') || decimals.len() > 18 {
        return None;
    }
    let scale = 10u128.checked_pow(u32::try_from(decimals.len()).ok()?)?;
    let mantissa = format!("{whole}{decimals}").parse::<u128>().ok()?;
    let (factor, divisor) = match digits {
        "" => (1, 1),
        "m" => (1, 1000),
        "k" => (1000, 1),
        "M" => (1_000_000, 1),
        "G" => (1_000_000_000, 1),
        "T" => (1_000_000_000_000, 1),
        "P" => (1_000_000_000_000_000, 1),
        "E" => (1_000_000_000_000_000_000, 1),
        "Ki" => (1 << 10, 1),
        "Mi" => (1 << 20, 1),
        "Gi" => (1 << 30, 1),
        "Ti" => (1 << 40, 1),
        "Pi" => (1 << 50, 1),
        "Ei" => (1 << 60, 1),
        exponent => {
            let power = exponent.strip_prefix(['e', 'E'])?.parse::<i32>().ok()?;
            let factor = 10u128.checked_pow(power.unsigned_abs())?;
            if power < 0 { (1, factor) } else { (factor, 1) }
        }
    };
    let bytes = mantissa
        .checked_mul(factor)?
        .div_ceil(scale.checked_mul(divisor)?);
    u64::try_from(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn quantities_are_read_with_every_suffix_and_rounded_up() {
        for (text, expected) in [
            ("1Gi", Some(1 << 30)),
            ("1.5Gi", Some(3 << 29)),
            ("500M", Some(500_000_000)),
            ("1e3", Some(1000)),
            ("1E3", Some(1000)),
            ("2E", Some(2_000_000_000_000_000_000)),
            ("10", Some(10)),
            ("1500m", Some(2)),
            (".5Ki", Some(512)),
            ("15e-1", Some(2)),
            ("", None),
            ("Gi", None),
            ("1Qi", None),
            ("1.2.3", None),
            ("-1Gi", None),
            ("99999999999999999999999Ei", None),
        ] {
            assert_eq!(bytes(text), expected, "{text}");
        }
    }
}
