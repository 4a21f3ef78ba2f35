//! The shortest digits of a float, as Go finds them.

use serde_json::Number;

/// A finite float as ±0.DIGITS · 10^point, without zeros at either end; no digits for zero.
pub(crate) struct Shortest {
    pub is_negative: bool,
    pub digits: String,
    pub point: i32,
}

/// A finite float as sentences have it: its shortest digits, without an exponent. Rust's own `Display` writes the same, and is 6 kB
/// of WebAssembly.
///
/// ```
/// assert_eq!(steadfast_core::decimal(2.0), "2");
/// assert_eq!(steadfast_core::decimal(0.125), "0.125");
/// ```
pub fn decimal(float: f64) -> String {
    Shortest::of(float).plain()
}

impl Shortest {
    /// Of a finite float. The digits are serde_json's: of two that are equally near it takes the even one, as Go's
    /// `strconv` does and Rust's own `Display` does not (1658206780088562.25); and that is 6 kB of WebAssembly less.
    pub fn of(float: f64) -> Self {
        let text = Number::from_f64(float).map_or_else(|| "0".to_owned(), |number| number.to_string());
        Self::written(&text)
    }

    /// Of a finite float of 32 bits, likewise.
    #[cfg(feature = "manifest")]
    pub fn of_single(float: f32) -> Self {
        Self::written(&serde_json::to_string(&float).unwrap_or_default())
    }

    fn written(text: &str) -> Self {
        let (text, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let unsigned = whole.trim_start_matches('-');
        let written = [unsigned, fraction].concat();
        let digits = written.trim_start_matches('0');
        let point = exponent.parse::<i32>().unwrap_or_default() + length(unsigned) - length(&written)
            + length(digits);
        Self {
            is_negative: unsigned.len() < whole.len(),
            point,
            digits: digits.trim_end_matches('0').to_owned(),
        }
    }

    /// Without an exponent: `-0.00125`, `1200`.
    pub fn plain(&self) -> String {
        let sign = if self.is_negative { "-" } else { "" };
        let digits = self.digits.as_str();
        let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or_default());
        let whole = usize::try_from(self.point).unwrap_or_default();
        match digits.split_at_checked(whole) {
            _ if digits.is_empty() => format!("{sign}0"),
            Some((whole, "")) => format!("{sign}{whole}"),
            Some(("", rest)) => format!("{sign}0.{}{rest}", zeros(-self.point)),
            Some((whole, rest)) => format!("{sign}{whole}.{rest}"),
            None => format!("{sign}{digits}{}", zeros(self.point - length(digits))),
        }
    }

    /// With one digit before the point, and the exponent that goes with it: `-1.25` and 7.
    pub fn scientific(&self) -> (String, i32) {
        if self.digits.is_empty() {
            return (self.plain(), 0);
        }
        let mantissa = Self {
            is_negative: self.is_negative,
            digits: self.digits.clone(),
            point: 1,
        };
        (mantissa.plain(), self.point - 1)
    }
}

fn length(digits: &str) -> i32 {
    i32::try_from(digits.len()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::Shortest;

    /// Random bits, the neighbourhoods of all powers of ten, and plain fractions.
    fn floats() -> impl Iterator<Item = f64> {
        let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
        let random = (0..200_000).map(move |_| {
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            f64::from_bits(bits)
        });
        let powers = (-330..310).flat_map(|power| {
            let power: f64 = format!("1e{power}").parse().unwrap();
            [
                power,
                -power,
                1.5 * power,
                9.999 * power,
                power.next_down(),
                power.next_up(),
                123_456.0 * power,
            ]
        });
        let plain = (-4_000..4_000).map(|number| f64::from(number) / 64.0);
        let all = random.chain(powers).chain(plain).chain([0.0, -0.0]);
        all.filter(|float| float.is_finite())
    }

    #[test]
    fn what_is_written_reads_back_and_is_as_short_as_rust_writes_it() {
        for float in floats() {
            let shortest = Shortest::of(float);
            let (mantissa, exponent) = shortest.scientific();
            for (written, by_display) in [
                (shortest.plain(), float.to_string()),
                (format!("{mantissa}e{exponent}"), format!("{float:e}")),
            ] {
                let back: f64 = written.parse().unwrap();
                assert_eq!(back.to_bits(), float.to_bits(), "{written}");
                assert_eq!(written.len(), by_display.len(), "{written} for {by_display}");
            }
        }
    }
}
