//! What validation asks of quantities: which is greater, what they sum up to, whether they are whole.
//!
//! Source: `apimachinery/pkg/api/resource/quantity.go`, `Cmp`, `Add`, `Value`.

use std::cmp::Ordering;

use super::{Format, Quantity};

impl<'a> Quantity<'a> {
    pub const fn zero() -> Self {
        Quantity {
            negative: false,
            digits: String::new(),
            exponent: 0,
            format: Format::DecimalSi,
            written: None,
        }
    }

    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    pub fn is_negative(&self) -> bool {
        self.negative && !self.is_zero()
    }

    /// No fraction, of values that are rounded to thousandths.
    ///
    /// Source: `MilliValue() % 1000`. What upstream holds in more than 64 bits loses the upper ones there, so that `9Pi`
    /// passes for a fraction; what it holds in 64 bits and is too large is zero.
    pub fn is_whole(&self) -> bool {
        if self.is_zero() || self.stripped().1 < 0 {
            return self.is_zero();
        }
        let is_long = self.format == Format::BinarySi || self.digits.len() > 18;
        let (digits, exponent) = self.stripped();
        let power = u32::try_from(exponent).unwrap_or_default();
        let whole = digits
            .parse::<u128>()
            .ok()
            .and_then(|digits| digits.checked_mul(10_u128.checked_pow(power)?));
        let thousandths = whole.filter(|_| is_long);
        thousandths.is_none_or(|whole| (whole.wrapping_mul(1000) as i64) % 1000 == 0)
    }

    /// Source: `Value`, which rounds away from zero and is zero where an int64 is too small.
    pub fn value(&self) -> i64 {
        let mut up = self.clone();
        up.round_up(0);
        let whole = up.whole().and_then(|whole| i64::try_from(whole).ok());
        let whole = whole.unwrap_or_default();
        if self.negative { -whole } else { whole }
    }

    /// Source: `Cmp`.
    pub fn compare(&self, other: &Quantity<'_>) -> Ordering {
        match (self.sign(), other.sign()) {
            (1, 1) => self.compare_size(other),
            (-1, -1) => other.compare_size(self),
            (mine, others) => mine.cmp(&others),
        }
    }

    /// Source: `Add`: the notation is the first one's unless that is zero. `None` past 38 digits.
    pub fn plus(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            // Upstream forgets here what was written.
            return Some(Quantity {
                written: None,
                ..self.clone()
            });
        }
        let exponent = self.exponent.min(other.exponent);
        let sum = self
            .scaled_to(exponent)?
            .checked_add(other.scaled_to(exponent)?)?;
        let digits = if sum == 0 {
            String::new()
        } else {
            sum.unsigned_abs().to_string()
        };
        Some(Quantity {
            negative: sum < 0,
            digits,
            exponent,
            format: if self.is_zero() { other.format } else { self.format },
            written: None,
        })
    }

    fn scaled_to(&self, exponent: i32) -> Option<i128> {
        if self.is_zero() {
            return Some(0);
        }
        let power = u32::try_from(self.exponent.checked_sub(exponent)?).ok()?;
        let size = self
            .digits
            .parse::<i128>()
            .ok()?
            .checked_mul(10_i128.checked_pow(power)?)?;
        Some(if self.negative { -size } else { size })
    }

    fn sign(&self) -> i8 {
        match (self.is_zero(), self.negative) {
            (true, _) => 0,
            (_, true) => -1,
            _ => 1,
        }
    }

    fn compare_size(&self, other: &Quantity<'_>) -> Ordering {
        // Where the first digit stands.
        let place = |(digits, exponent): (&str, i32)| digits.len() as i64 + i64::from(exponent);
        let (mine, others) = (self.stripped(), other.stripped());
        place(mine).cmp(&place(others)).then(mine.0.cmp(others.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(text: &str) -> Quantity<'_> {
        Quantity::parse(text).unwrap()
    }

    #[test]
    fn quantities_compare_by_value_whatever_the_notation() {
        let ascending = [
            "-1Gi", "-1", "-1m", "0", "1m", "999m", "1", "1.5", "2k", "2Ki", "1Gi", "1100M", "1e30",
        ];
        for (at, less) in ascending.iter().enumerate() {
            for (other, more) in ascending.iter().enumerate() {
                let found = quantity(less).compare(&quantity(more));
                assert_eq!(found, at.cmp(&other), "{less} against {more}");
            }
        }
        assert_eq!(quantity("1024Mi").compare(&quantity("1Gi")), Ordering::Equal);
        assert_eq!(quantity("-0").compare(&quantity("0")), Ordering::Equal);
    }

    /// Each was printed by upstream's `Value`.
    #[test]
    fn values_are_rounded_up_to_whole_numbers() {
        for (text, value) in [
            ("1500m", 2),
            ("-1500m", -2),
            ("2Mi", 2_097_152),
            ("9Ei", i64::MAX),
            ("1e30", 0),
            ("100E", 0),
            ("0", 0),
        ] {
            assert_eq!(quantity(text).value(), value, "{text}");
        }
    }

    /// Each was asked of upstream: `MilliValue()%1000 == 0`.
    #[test]
    fn whole_numbers_are_those_that_upstream_takes_for_whole() {
        for whole in ["0", "1", "1k", "1Gi", "8Pi", "10P", "-5", "100Ti", "1e30"] {
            assert!(quantity(whole).is_whole(), "{whole}");
        }
        for fraction in ["1m", "1500m", "-0.1", "9Pi", "99999999999999999999"] {
            assert!(!quantity(fraction).is_whole(), "{fraction}");
        }
    }

    /// Each was printed by upstream after `Add`.
    #[test]
    fn sums_are_written_in_the_notation_of_the_first() {
        for (a, b, sum) in [
            ("512Mi", "512Mi", "1Gi"),
            ("100m", "900m", "1"),
            ("0", "1Gi", "1Gi"),
            ("1Gi", "1", "1073741825"),
            ("+5", "0", "5"),
            ("1", "-1", "0"),
            ("1k", "1Ki", "2024"),
            ("1e3", "1k", "2e3"),
            ("1Gi", "500m", "1073741824500m"),
        ] {
            assert_eq!(
                quantity(a).plus(&quantity(b)).unwrap().to_string(),
                sum,
                "{a} + {b}"
            );
        }
    }
}
