//! Times as Go's `metav1.Time` reads and writes them.
//!
//! Source: Go's `time.Parse` with RFC 3339, which is more lenient than RFC 3339: an hour of one digit, a comma before
//! the fraction, offsets up to 24:60; and `apimachinery/pkg/apis/meta/v1/time.go`, which writes whole seconds in UTC.

use crate::Timestamp;

/// The time as it is written again; `None` inside for the year 1, which means "not set".
///
/// # Errors
/// The text is no time.
pub(super) fn normal(text: &str) -> Result<Option<String>, ()> {
    let (time, offset) = read(text).ok_or(())?;
    // The fraction counts here: half a second into the year 1 is a time.
    let time = Timestamp::parse(&time).ok_or(())?.plus_seconds(-offset);
    if time.is_zero() {
        return Ok(None);
    }
    let written = time.whole_seconds().to_string();
    Ok(Some(match written.strip_prefix('-') {
        Some(year) => format!("-0{year}"),
        None => written,
    }))
}

/// The local time as strict RFC 3339 with `Z`, and its offset in seconds.
fn read(text: &str) -> Option<(String, i64)> {
    let (date, time) = text.split_at_checked(11)?;
    let hour = time.bytes().take_while(u8::is_ascii_digit).count();
    let (hour, rest) = time
        .split_at_checked(hour.min(2))
        .filter(|(hour, _)| !hour.is_empty())?;
    let (clock, rest) = rest.split_at_checked(6)?;
    let fraction = rest.strip_prefix(['.', ',']).unwrap_or_default();
    let decimals = fraction.bytes().take_while(u8::is_ascii_digit).count();
    let (decimals, zone) = if decimals == 0 {
        ("", rest)
    } else {
        fraction.split_at_checked(decimals)?
    };
    let nanos = decimals.get(..decimals.len().min(9))?;
    let point = if nanos.is_empty() { "" } else { "." };
    Some((format!("{date}{hour:0>2}{clock}{point}{nanos}Z"), offset(zone)?))
}

fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let sign = match zone.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let number = |text: &str, most: i64| {
        let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number: i64 = text.parse().ok().filter(|_| is_number)?;
        Some(number).filter(|number| *number <= most)
    };
    Some(sign * (number(hours, 24)? * 3600 + number(minutes, 60)? * 60))
}

#[cfg(test)]
mod tests {
    use super::normal;

    /// Each pair was printed by upstream's metav1.Time.
    #[test]
    fn times_are_read_as_leniently_and_written_as_strictly_as_go_does() {
        let pairs = [
            ("2026-11-21T08:00:00.5+01:00", Ok(Some("2026-11-21T07:00:00Z"))),
            ("2026-11-21T8:00:00,25Z", Ok(Some("2026-11-21T08:00:00Z"))),
            ("2026-11-21T08:00:00+24:60", Ok(Some("2026-11-20T07:00:00Z"))),
            ("0001-01-01T00:00:00Z", Ok(None)),
            ("0001-01-01T00:00:00.5Z", Ok(Some("0001-01-01T00:00:00Z"))),
            ("0000-01-01T00:00:00+01:00", Ok(Some("-0001-12-31T23:00:00Z"))),
            ("9999-12-31T23:59:59-01:00", Ok(Some("10000-01-01T00:59:59Z"))),
            ("2026-02-29T00:00:00Z", Err(())),
            ("2026-11-21t08:00:00Z", Err(())),
            ("2026-11-21T08:00:00", Err(())),
            ("2026-11-21T08:00:00.Z", Err(())),
            ("2026-11-21", Err(())),
            ("", Err(())),
        ];
        for (text, expected) in pairs {
            assert_eq!(
                normal(text),
                expected.map(|time| time.map(str::to_owned)),
                "{text}"
            );
        }
    }
}
