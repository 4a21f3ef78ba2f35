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
            // As many digits as it takes; of two that are equally near Go takes the even one, as an exact format does.
            let shortest = format!("{value:e}");
            let digits = shortest
                .bytes()
                .take_while(|b| *b != b'e')
                .filter(u8::is_ascii_digit);
            let scientific = format!("{:.*e}", digits.count().saturating_sub(1), f64::from(value));
            let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
            laid_out(mantissa, exponent.parse().unwrap_or_default())
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
