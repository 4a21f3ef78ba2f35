//! Instants as Kubernetes writes them: RFC 3339 in UTC, to the nanosecond. The core never asks what time it is.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant: seconds since 1970-01-01T00:00:00Z and nanoseconds within the second.
///
/// ```
/// use steadfast_core::Timestamp;
/// let t = Timestamp::parse("2026-11-21T08:00:00.5+01:00").unwrap();
/// assert_eq!(t.to_string(), "2026-11-21T07:00:00.500Z");
/// assert_eq!(Timestamp::parse("yesterday"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp {
    seconds: i64,
    nanos: u32,
}

/// What Go's `time.Time` starts as; Kubernetes writes it as null and reads it as "not set".
const GO_ZERO_SECONDS: i64 = -62_135_596_800;

impl Timestamp {
    /// The instant `seconds` after (or before) 1970-01-01T00:00:00Z, plus `nanos` below 1,000,000,000.
    pub const fn new(seconds: i64, nanos: u32) -> Self {
        Self { seconds, nanos }
    }

    /// The instant `millis` milliseconds after 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        Self {
            seconds: millis.div_euclid(1000),
            nanos: millis.rem_euclid(1000) as u32 * 1_000_000,
        }
    }

    /// Reads RFC 3339 with any offset and up to nine decimals; `None` where the text is anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let year = digits(bytes.get(0..4)?)?;
        let month = digits(bytes.get(5..7)?)?;
        let day = digits(bytes.get(8..10)?)?;
        let hour = digits(bytes.get(11..13)?)?;
        let minute = digits(bytes.get(14..16)?)?;
        let second = digits(bytes.get(17..19)?)?;
        let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
        if marks.iter().any(|(at, mark)| bytes.get(*at) != Some(mark)) {
            return None;
        }
        if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
            return None;
        }
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let (nanos, rest) = fraction(bytes.get(19..)?)?;
        let offset = offset_seconds(rest)?;
        let seconds =
            days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
        Some(Self { seconds, nanos })
    }

    /// Whole seconds since 1970.
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// Milliseconds since 1970, rounded down.
    pub const fn millis(self) -> i64 {
        self.seconds
            .saturating_mul(1000)
            .saturating_add((self.nanos / 1_000_000) as i64)
    }

    /// True for the year 1, which Go means by "not set".
    pub const fn is_zero(self) -> bool {
        self.seconds == GO_ZERO_SECONDS && self.nanos == 0
    }

    /// This instant with the fraction of a second cut off: the precision of `metav1.Time`.
    #[must_use]
    pub const fn whole_seconds(self) -> Self {
        Self {
            seconds: self.seconds,
            nanos: 0,
        }
    }

    /// The instant `seconds` later.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self {
            seconds: self.seconds.saturating_add(seconds),
            nanos: self.nanos,
        }
    }

    /// How long from `earlier` until this instant; zero where it is not later.
    pub fn since(self, earlier: Self) -> Duration {
        if self <= earlier {
            return Duration::ZERO;
        }
        // The later one has at least the seconds of the earlier: the difference fits, whatever the signs.
        let seconds = self.seconds.wrapping_sub(earlier.seconds) as u64;
        let whole = Duration::from_secs(seconds) + Duration::from_nanos(self.nanos.into());
        whole - Duration::from_nanos(earlier.nanos.into())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.seconds.div_euclid(86_400));
        let rest = self.seconds.rem_euclid(86_400);
        // Digit by digit: times are written very often, and padding by `{:02}` takes many times as long.
        let tens = |number: i64| b'0' + (number / 10 % 10) as u8;
        let ones = |number: i64| b'0' + (number % 10) as u8;
        let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
        let is_short = (0..10_000).contains(&year);
        let (century, of_century) = if is_short {
            (year / 100, year % 100)
        } else {
            (0, 0)
        };
        #[rustfmt::skip]
        let whole = [
            tens(century), ones(century), tens(of_century), ones(of_century),
            b'-', tens(month), ones(month),
            b'-', tens(day), ones(day),
            b'T', tens(hour), ones(hour),
            b':', tens(minute), ones(minute),
            b':', tens(second), ones(second),
            b'Z',
        ];
        let whole = std::str::from_utf8(&whole).unwrap_or_default();
        if is_short && self.nanos == 0 {
            return f.write_str(whole);
        }
        write!(f, "{year:04}{}", whole.get(4..19).unwrap_or_default())?;
        let (decimals, width) = match self.nanos {
            0 => return f.write_str("Z"),
            n if n % 1_000_000 == 0 => (n / 1_000_000, 3),
            n if n % 1_000 == 0 => (n / 1_000, 6),
            n => (n, 9),
        };
        write!(f, ".{decimals:0width$}Z")
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!("`{text}` is not a time such as `2026-11-21T00:00:00Z`"))
        })
    }
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0i64, |n, b| {
        b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0'))
    })
}

/// The nanoseconds of `.123`, and what follows them.
fn fraction(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let Some((b'.', rest)) = bytes.split_first() else {
        return Some((0, bytes));
    };
    let length = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    if length == 0 {
        return None;
    }
    let (decimals, rest) = rest.split_at(length);
    let mut nanos = 0;
    for at in 0..9 {
        nanos = nanos * 10 + decimals.get(at).map_or(0, |b| u32::from(b - b'0'));
    }
    Some((nanos, rest))
}

fn offset_seconds(bytes: &[u8]) -> Option<i64> {
    match bytes {
        b"Z" => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?);
            let seconds = (hours < 24 && minutes < 60).then_some(hours * 3600 + minutes * 60)?;
            Some(if *sign == b'-' { -seconds } else { seconds })
        }
        _ => None,
    }
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar (counted from March, so that the leap day is last).
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_eight_centuries_survives_writing_and_reading() {
        for day in -150_000..150_000i64 {
            let t = Timestamp::new(day * 86_400 + 3723, 0);
            assert_eq!(Timestamp::parse(&t.to_string()), Some(t));
        }
    }

    #[test]
    fn every_part_is_written_with_its_zeros() {
        let year_1 = GO_ZERO_SECONDS;
        for (time, text) in [
            (Timestamp::new(0, 0), "1970-01-01T00:00:00Z"),
            (Timestamp::new(86_399, 7), "1970-01-01T23:59:59.000000007Z"),
            (Timestamp::new(3_661, 12_000_000), "1970-01-01T01:01:01.012Z"),
            (Timestamp::new(3_661, 12_000), "1970-01-01T01:01:01.000012Z"),
            (Timestamp::new(year_1, 0), "0001-01-01T00:00:00Z"),
            (Timestamp::new(253_402_300_799, 0), "9999-12-31T23:59:59Z"),
            (
                Timestamp::new(253_402_300_800, 5_000_000),
                "10000-01-01T00:00:00.005Z",
            ),
            (Timestamp::new(year_1 - 400 * 86_400, 0), "-001-11-28T00:00:00Z"),
        ] {
            assert_eq!(time.to_string(), text);
        }
    }

    #[test]
    fn times_that_do_not_exist_are_refused() {
        for text in [
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01 00:00:00Z",
            "",
            "é026-01-01T00:00:00Z",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
        assert_eq!(
            Timestamp::parse("0001-01-01T00:00:00Z").map(Timestamp::is_zero),
            Some(true)
        );
    }
}
