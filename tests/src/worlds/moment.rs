//! Points in time, as the API server writes them.

/// A point in time: seconds since 1970 and the fraction of the second that only `now` may have.
#[derive(Clone, Copy)]
pub struct Moment {
    /// Whole seconds since 1970-01-01T00:00:00Z.
    pub seconds: i64,
    /// The fraction, in nanoseconds.
    pub nanos: u32,
}

impl Moment {
    /// RFC 3339 with as many digits of the fraction as are needed.
    pub fn text(self) -> String {
        let whole = timestamp(self.seconds);
        if self.nanos == 0 {
            return whole;
        }
        let digits = format!("{:09}", self.nanos);
        format!(
            "{}.{}Z",
            whole.trim_end_matches('Z'),
            digits.trim_end_matches('0')
        )
    }
}

/// RFC 3339 in whole seconds, as Kubernetes writes timestamps of objects.
pub fn timestamp(seconds: i64) -> String {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Howard Hinnant's days-to-civil: years begin in March, eras have 146,097 days.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The seconds since 1970 of a timestamp as the API server writes it; nothing for any other text.
pub fn seconds_of(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    // The way back, by the same author.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second;
    (timestamp(seconds).trim_end_matches('Z') == text.trim_end_matches('Z')).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::{Moment, seconds_of, timestamp};

    #[test]
    fn a_timestamp_is_read_as_it_was_written() {
        for seconds in [0, 951_782_400, 1_795_219_199, 4_102_444_800] {
            assert_eq!(seconds_of(&timestamp(seconds)), Some(seconds));
        }
        assert_eq!(seconds_of("2026-02-30T00:00:00Z"), None);
        assert_eq!(seconds_of("2026-11-21T00:00:00+01:00"), None);
    }

    #[test]
    fn known_seconds_have_known_dates() {
        assert_eq!(timestamp(0), "1970-01-01T00:00:00Z");
        assert_eq!(timestamp(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(timestamp(1_795_219_199), "2026-11-20T23:59:59Z");
    }

    #[test]
    fn a_fraction_has_no_trailing_noughts() {
        assert_eq!(
            Moment {
                seconds: 0,
                nanos: 500_000_000
            }
            .text(),
            "1970-01-01T00:00:00.5Z"
        );
        assert_eq!(
            Moment { seconds: 0, nanos: 1 }.text(),
            "1970-01-01T00:00:00.000000001Z"
        );
        assert_eq!(Moment { seconds: 0, nanos: 0 }.text(), "1970-01-01T00:00:00Z");
    }
}
