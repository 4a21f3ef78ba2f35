//! Which texts go-yaml v2 takes for a timestamp (`resolve.go`, `parseTimestamp`).

/// Whether one of the four layouts of go-yaml fits: `2006-1-2`, the same with `T15:4:5Z07:00` or `t…`, and
/// with ` 15:4:5` without a zone. Fractions of a second may follow the seconds.
pub(super) fn is_timestamp(text: &str) -> bool {
    let mut rest = Rest(text.as_bytes());
    rest.date().is_some() && (rest.0.is_empty() || rest.time_of_day().is_some() && rest.0.is_empty())
}

/// What of the text is still to be read. The number rules are those of Go's `time.Parse`: one or two digits,
/// as many as there are.
struct Rest<'t>(&'t [u8]);

impl Rest<'_> {
    fn date(&mut self) -> Option<()> {
        let year = self.digits(4, 4)?;
        self.one_of(b"-")?;
        let month = self.digits(1, 2)?;
        self.one_of(b"-")?;
        let day = self.digits(1, 2)?;
        (day >= 1 && day <= days_in(year, month)?).then_some(())
    }

    fn time_of_day(&mut self) -> Option<()> {
        let zoned = self.one_of(b"Tt ")? != b' ';
        // A space in Go's layout stands for as many as there are.
        while !zoned && self.one_of(b" ").is_some() {}
        let hour = self.digits(1, 2)?;
        self.one_of(b":")?;
        let minute = self.digits(1, 2)?;
        self.one_of(b":")?;
        let second = self.digits(1, 2)?;
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        if let [b'.' | b',', digit, ..] = self.0
            && digit.is_ascii_digit()
        {
            self.0 = self.0.get(1..)?;
            self.digits(1, usize::MAX)?;
        }
        if zoned { self.zone() } else { Some(()) }
    }

    fn zone(&mut self) -> Option<()> {
        if self.one_of(b"Z+-")? == b'Z' {
            return Some(());
        }
        let hours = self.digits(2, 2)?;
        self.one_of(b":")?;
        let minutes = self.digits(2, 2)?;
        (hours <= 24 && minutes <= 60).then_some(())
    }

    fn one_of(&mut self, set: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first().filter(|(first, _)| set.contains(first))?;
        self.0 = rest;
        Some(*first)
    }

    fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let count = self
            .0
            .iter()
            .take(most)
            .take_while(|b| b.is_ascii_digit())
            .count();
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        let value = digits
            .iter()
            .fold(0u32, |n, d| n.wrapping_mul(10).wrapping_add(u32::from(d - b'0')));
        (count >= least).then_some(value)
    }
}

fn days_in(year: u32, month: u32) -> Option<u32> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    Some(match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => return None,
    })
}
