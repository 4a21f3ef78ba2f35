//! Floating point numbers as Go prints them.

use serde_json::{Number, Value};

use crate::float::Shortest;

/// The JSON number that Go's `encoding/json` writes for a float: `1e3` in YAML becomes the integer 1000, since
/// below 1e21 Go writes the shortest digits, filled up with zeros, and no `.0`. `None` for infinities and NaN,
/// which JSON has not.
pub(super) fn json_of(value: f64) -> Option<Value> {
    if value.fract() == 0.0 && value.abs() < 1e21 {
        let digits = Shortest::of(value).plain();
        if let Ok(integer) = digits.parse::<i64>() {
            return Some(Value::from(integer));
        }
        if let Ok(integer) = digits.parse::<u64>() {
            return Some(Value::from(integer));
        }
    }
    Number::from_f64(value).map(Value::Number)
}

/// `strconv.FormatFloat(value, 'g', -1, 32)` with YAML's names: how `sigs.k8s.io/yaml` writes a float that is
/// a mapping key.
pub(super) fn key_of(value: f64) -> String {
    let value = value as f32;
    match (value.is_nan(), value.is_infinite()) {
        (true, _) => ".nan".to_owned(),
        (_, true) => if value > 0.0 { ".inf" } else { "-.inf" }.to_owned(),
        _ => {
            let (mantissa, exponent) = Shortest::of_single(value).scientific();
            laid_out(&mantissa, exponent)
        }
    }
}

/// `strconv.FormatFloat(value, 'g', -1, 64)`: how go-yaml writes a finite float.
pub(super) fn text_of(value: f64) -> String {
    let (mantissa, exponent) = Shortest::of(value).scientific();
    laid_out(&mantissa, exponent)
}

/// Lays out the shortest digits, with one before the point, by the rule of Go's `%g`: an exponent below -4 or from 6 on,
/// with two digits at least.
fn laid_out(mantissa: &str, exponent: i32) -> String {
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    if !(-4..6).contains(&exponent) {
        let minus = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{mantissa}e{minus}{:02}", exponent.abs());
    }
    let digits = mantissa.replace('.', "");
    if exponent < 0 {
        let zeros = "0".repeat(exponent.unsigned_abs() as usize - 1);
        return format!("{sign}0.{zeros}{digits}");
    }
    let whole = exponent.unsigned_abs() as usize + 1;
    match digits.split_at_checked(whole) {
        Some((whole, "")) => format!("{sign}{whole}"),
        Some((whole, fraction)) => format!("{sign}{whole}.{fraction}"),
        None => format!("{sign}{digits}{}", "0".repeat(whole - digits.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same by the formats of the standard library: as many digits as it takes; of two that are equally near Go takes the
    /// even one, as an exact format does.
    fn by_exact_format(value: f32) -> String {
        let shortest = format!("{value:e}");
        let digits = shortest.bytes().take_while(|b| *b != b'e');
        let count = digits.filter(u8::is_ascii_digit).count();
        let scientific = format!("{:.*e}", count.saturating_sub(1), f64::from(value));
        let (mantissa, exponent) = scientific.split_once('e').unwrap();
        laid_out(mantissa, exponent.parse().unwrap())
    }

    #[test]
    fn a_key_has_the_shortest_digits_of_32_bits_and_even_ones_where_two_are_as_near() {
        let mut bits = 0x9e37_79b9_u32;
        let random = (0..300_000).map(move |_| {
            bits ^= bits << 13;
            bits ^= bits >> 17;
            bits ^= bits << 5;
            f32::from_bits(bits)
        });
        let powers = (0..256u32).flat_map(|power| {
            let at = power << 23;
            [at, at + 1, at.wrapping_sub(1)].map(f32::from_bits)
        });
        let plain = (-9_000..9_000).map(|number| number as f32 / 128.0);
        let large = (0..9_000).map(|number| 8_388_608.0 * 1.5 + number as f32);
        let mut compared = 0;
        for value in random.chain(powers).chain(plain).chain(large) {
            if value.is_finite() {
                let (key, exact) = (key_of(f64::from(value)), by_exact_format(value));
                assert_eq!(key.parse(), Ok(value), "{key}");
                // Beside a power of two fewer digits may not be the nearest ones: Go gives those that read back.
                if exact.parse() == Ok(value) {
                    assert_eq!(key, exact);
                    compared += 1;
                }
            }
        }
        assert!(compared > 300_000, "only {compared} were compared");
    }

    /// Each was printed by Go 1.26: `strconv.FormatFloat(float64(value), 'g', -1, 32)`.
    #[test]
    fn a_key_beside_a_power_of_two_is_written_as_go_writes_it() {
        let printed = [
            (1, "1e-45"),
            (8_388_608, "1.1754944e-38"),
            (16_777_216, "2.3509887e-38"),
            (33_554_432, "9.403955e-38"),
            (260_046_847, "1.2621774e-29"),
            (260_046_848, "1.2621775e-29"),
        ];
        for (bits, expected) in printed {
            assert_eq!(key_of(f64::from(f32::from_bits(bits))), expected);
        }
    }
}
