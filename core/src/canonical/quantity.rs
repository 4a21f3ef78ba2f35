//! Quantities such as `500m` and `1Gi`: read, rounded and written as Go's `resource.Quantity` does.
//!
//! Source: `apimachinery/pkg/api/resource/quantity.go` (`ParseQuantity`, `CanonicalizeBytes`, `RoundUp`), `amount.go`
//! and `suffix.go`. What looks odd there is odd here too: `1000E` is written `1`, because 10^21 has no suffix.

#[cfg(feature = "validation")]
mod arithmetic;

const FORMAT: &str = "quantities must match the regular expression \
    '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const NUMERIC: &str = "unable to parse numeric part of quantity";
const SUFFIX: &str = "unable to parse quantity's suffix";

/// The smallest power of ten that a quantity has, and the one that resource lists are rounded up to.
const NANO: i32 = -9;
const MILLI: i32 = -3;

const DECIMAL: [(&str, i32); 10] = [
    ("n", -9),
    ("u", -6),
    ("m", -3),
    ("", 0),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
];
const BINARY: [(&str, u32); 6] = [
    ("Ki", 10),
    ("Mi", 20),
    ("Gi", 30),
    ("Ti", 40),
    ("Pi", 50),
    ("Ei", 60),
];

/// A number of any length: ±digits · 10^exponent; no digits for zero.
#[derive(Clone)]
pub(crate) struct Quantity<'a> {
    negative: bool,
    digits: String,
    exponent: i32,
    format: Format,
    /// The text itself, where upstream takes it for canonical without making it so: `+5` and `1.500` stay.
    written: Option<&'a str>,
}

#[derive(Clone, Copy, PartialEq)]
enum Format {
    DecimalSi,
    DecimalExponent,
    BinarySi,
}

impl<'a> Quantity<'a> {
    /// Reads a text that has been trimmed.
    ///
    /// # Errors
    /// The API server's sentence.
    pub fn parse(text: &'a str) -> Result<Self, &'static str> {
        let parts = Parts::of(text)?;
        let (format, power) = interpret(parts.suffix).ok_or(SUFFIX)?;
        match parts.short(text, format, power) {
            Some(quantity) => Ok(quantity),
            None => parts.long(format, power),
        }
    }

    /// Rounds up (away from zero) to thousandths, as defaulting does with every resource list.
    pub fn round_to_milli(&mut self) {
        if self.exponent < MILLI {
            self.written = None;
            self.round_up(MILLI);
        }
    }

    fn round_up(&mut self, exponent: i32) {
        let excess = i64::from(exponent) - i64::from(self.exponent);
        if excess <= 0 || self.digits.is_empty() {
            return;
        }
        let kept = usize::try_from(excess)
            .ok()
            .and_then(|excess| self.digits.len().checked_sub(excess))
            .unwrap_or(0);
        let is_exact = self.digits.bytes().skip(kept).all(|digit| digit == b'0');
        self.digits.truncate(kept);
        if !is_exact {
            increment(&mut self.digits);
        }
        self.exponent = exponent;
    }

    /// The absolute value where it is a whole number that fits.
    fn whole(&self) -> Option<u64> {
        let (digits, exponent) = self.stripped();
        let power = u32::try_from(exponent).ok()?;
        digits.parse::<u64>().ok()?.checked_mul(10u64.checked_pow(power)?)
    }

    /// Without the zeros at the end.
    fn stripped(&self) -> (&str, i32) {
        let digits = self.digits.trim_end_matches('0');
        let zeros = self.digits.len().saturating_sub(digits.len());
        (digits, self.exponent.wrapping_add(zeros as i32))
    }

    fn is_below(&self, whole: u64) -> bool {
        let mut up = Self {
            digits: self.digits.clone(),
            written: None,
            ..*self
        };
        let is_whole = self.stripped().1 >= 0;
        up.round_up(0);
        up.whole()
            .is_some_and(|value| value < whole || (!is_whole && value == whole))
    }
}

impl std::fmt::Display for Quantity<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(written) = self.written {
            return f.write_str(written);
        }
        if self.digits.is_empty() {
            return f.write_str("0");
        }
        if self.negative {
            f.write_str("-")?;
        }
        // Small or fractional binary numbers would lose digits: they are written as decimal ones.
        let binary = (self.format == Format::BinarySi)
            .then(|| self.whole())
            .flatten()
            .filter(|whole| *whole >= 1024);
        if let Some(mut whole) = binary {
            let mut times = 0;
            while whole.is_multiple_of(1024) {
                whole /= 1024;
                times += 10;
            }
            let suffix = BINARY.iter().find(|(_, power)| *power == times);
            return write!(f, "{whole}{}", suffix.map_or("", |(suffix, _)| suffix));
        }
        let (digits, mut exponent) = self.stripped();
        f.write_str(digits)?;
        while exponent % 3 != 0 {
            exponent = exponent.wrapping_sub(1);
            f.write_str("0")?;
        }
        match self.format {
            Format::DecimalExponent if exponent == 0 => Ok(()),
            Format::DecimalExponent => write!(f, "e{exponent}"),
            _ => {
                let suffix = DECIMAL.iter().find(|(_, power)| *power == exponent);
                f.write_str(suffix.map_or("", |(suffix, _)| suffix))
            }
        }
    }
}

/// A text taken apart: sign, digits before and after the point, suffix.
struct Parts<'a> {
    negative: bool,
    /// Without leading zeros; `0` where nothing else is left.
    whole: &'a str,
    fraction: &'a str,
    suffix: &'a str,
    has_digits: bool,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Result<Self, &'static str> {
        if text.is_empty() {
            return Err(FORMAT);
        }
        let negative = text.starts_with('-');
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let is_digit = |c: char| c.is_ascii_digit();
        let after_zeros = unsigned.trim_start_matches('0');
        let after_whole = after_zeros.trim_start_matches(is_digit);
        let whole = after_zeros.strip_suffix(after_whole).unwrap_or_default();
        let point = after_whole.strip_prefix('.');
        let suffix = point.unwrap_or(after_whole).trim_start_matches(is_digit);
        let suffix = if point.is_some() { suffix } else { after_whole };
        let fraction = point
            .and_then(|point| point.strip_suffix(suffix))
            .unwrap_or_default();
        let exponent = suffix.trim_start_matches(|c| {
            // `contains` would be a search of its own in a WebAssembly module.
            "eEinumkKMGTP".chars().any(|letter| letter == c)
        });
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        if !exponent.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(FORMAT);
        }
        let has_zeros = after_zeros.len() < unsigned.len();
        Ok(Self {
            negative,
            whole: if whole.is_empty() { "0" } else { whole },
            fraction,
            suffix,
            has_digits: has_zeros || !whole.is_empty() || !fraction.is_empty(),
        })
    }

    /// What upstream keeps in an int64 with a scale: up to 18 digits. Only here may the text count as canonical.
    fn short(&self, text: &'a str, format: Format, power: i32) -> Option<Quantity<'a>> {
        let digits = self.whole.len() + self.fraction.len();
        let is_binary = format == Format::BinarySi;
        let room = match format {
            Format::BinarySi if !self.fraction.is_empty() => return None,
            Format::BinarySi => 14usize.checked_sub(usize::try_from(power / 10 * 3).ok()?)?,
            Format::DecimalSi | Format::DecimalExponent => 18,
        };
        room.checked_sub(digits)?;
        let exponent = if is_binary {
            0
        } else {
            power.wrapping_sub(i32::try_from(self.fraction.len()).ok()?)
        };
        if exponent < NANO {
            return None;
        }
        let shifted = format!("{}{}", self.whole, self.fraction);
        let value: i64 = shifted.parse().ok()?;
        let factor = if is_binary {
            1i64.checked_shl(u32::try_from(power).ok()?)?
        } else {
            1
        };
        let product = value.checked_mul(factor)?;
        let is_canonical = if is_binary {
            value & 7 != 0
        } else {
            exponent % 3 == 0 && !shifted.ends_with("000") && !shifted.starts_with('0')
        };
        Some(Quantity {
            negative: self.negative,
            digits: if product == 0 {
                String::new()
            } else {
                product.to_string()
            },
            exponent,
            format,
            written: is_canonical.then_some(text),
        })
    }

    /// All others: any number of digits, at least a billionth, and binary ones at most an int64.
    fn long(&self, format: Format, power: i32) -> Result<Quantity<'a>, &'static str> {
        if !self.has_digits {
            return Err(NUMERIC);
        }
        let digits = format!("{}{}", self.whole, self.fraction);
        let fraction = i32::try_from(self.fraction.len()).map_err(|_| NUMERIC)?;
        let is_binary = format == Format::BinarySi;
        let mut quantity = Quantity {
            negative: self.negative,
            digits: digits.trim_start_matches('0').to_owned(),
            exponent: if is_binary {
                -fraction
            } else {
                power.wrapping_sub(fraction)
            },
            format,
            written: None,
        };
        if quantity.digits.is_empty() {
            return Ok(quantity);
        }
        if is_binary {
            double(&mut quantity.digits, power);
        }
        quantity.round_up(NANO);
        if is_binary {
            let most = i64::MAX.unsigned_abs();
            if !quantity.is_below(most) {
                quantity.digits = most.to_string();
                quantity.exponent = 0;
            }
            if quantity.is_below(1) {
                quantity.format = Format::DecimalSi;
            }
        }
        Ok(quantity)
    }
}

/// The notation and the power, of two or of ten, that a suffix stands for.
fn interpret(suffix: &str) -> Option<(Format, i32)> {
    let decimal = DECIMAL.iter().find(|(name, _)| *name == suffix);
    let binary = BINARY.iter().find(|(name, _)| *name == suffix);
    if let Some((_, power)) = decimal {
        return Some((Format::DecimalSi, *power));
    }
    if let Some((_, power)) = binary {
        return Some((Format::BinarySi, i32::try_from(*power).ok()?));
    }
    // Upstream cuts an int64 to an int32 here.
    let exponent: i64 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
    Some((Format::DecimalExponent, exponent as i32))
}

/// Multiplies a decimal number by 2^power, where power is at most 60.
fn double(digits: &mut String, power: i32) {
    let Ok(power) = u32::try_from(power) else { return };
    let mut carry = 0u64;
    let mut reversed = Vec::with_capacity(digits.len() + 20);
    for digit in digits.bytes().rev() {
        // At most 9 * 2^60 and a tenth of that.
        carry += u64::from(digit.wrapping_sub(b'0')) << power.min(60);
        reversed.push(char::from(b'0' + (carry % 10) as u8));
        carry /= 10;
    }
    while carry > 0 {
        reversed.push(char::from(b'0' + (carry % 10) as u8));
        carry /= 10;
    }
    *digits = reversed.into_iter().rev().collect();
}

fn increment(digits: &mut String) {
    let kept = digits.trim_end_matches('9').len();
    let nines = digits.len() - kept;
    digits.truncate(kept);
    let last = digits.pop().map_or(b'1', |digit| digit as u8 + 1);
    digits.push(char::from(last));
    digits.extend(std::iter::repeat_n('0', nines));
}

#[cfg(test)]
mod tests {
    use super::Quantity;

    /// Each was printed by upstream's `resource.Quantity`: as it is read and written, and after `RoundUp(-3)`.
    #[test]
    fn quantities_are_written_and_rounded_as_upstream_does() {
        let cases = [
            ("1024Mi", "1Gi", "1Gi"),
            ("0.5Gi", "512Mi", "512Mi"),
            ("1.5", "1500m", "1500m"),
            ("1.500", "1.500", "1.500"),
            ("+5", "+5", "+5"),
            ("0.1m", "100u", "1m"),
            ("-0.1m", "-100u", "-1m"),
            ("1n", "1n", "1m"),
            ("0.1n", "1n", "1m"),
            ("1e3", "1e3", "1e3"),
            ("1000e3", "1e6", "1e6"),
            ("100", "100", "100"),
            ("1000", "1k", "1k"),
            ("1000E", "1", "1"),
            ("1023.9999Ki", "1048575897600u", "1048575898m"),
            ("512Ki", "512Ki", "512Ki"),
            ("9Ei", "9223372036854775807", "9223372036854775807"),
            ("0.0000001Ki", "102400n", "1m"),
            (".", "0", "0"),
            ("k", "0", "0"),
        ];
        for (text, written, rounded) in cases {
            let mut quantity = Quantity::parse(text).unwrap();
            assert_eq!(quantity.to_string(), written, "{text}");
            quantity.round_to_milli();
            assert_eq!(quantity.to_string(), rounded, "{text} rounded");
        }
    }

    #[test]
    fn what_is_no_quantity_gets_the_api_servers_sentence() {
        for (text, part) in [
            ("", "regular expression"),
            ("1 Gi", "regular expression"),
            ("ten", "regular expression"),
            ("1Gb", "regular expression"),
            ("1Zi", "regular expression"),
            ("1KiM", "suffix"),
            ("1e", "suffix"),
            (".e-10", "numeric"),
        ] {
            let sentence = Quantity::parse(text).err().unwrap();
            assert!(sentence.contains(part), "{text}: {sentence}");
        }
    }

    /// Upstream would write out all digits.
    #[test]
    fn enormous_exponents_cost_nothing() {
        let large = Quantity::parse("12345678901234567890e2000000000").unwrap();
        assert_eq!(large.to_string(), "1234567890123456789e2000000001");
        let small = Quantity::parse("12345678901234567890e-2000000000").unwrap();
        assert_eq!(small.to_string(), "1e-9");
    }
}
