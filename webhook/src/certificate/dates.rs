//! When a certificate ends, read from its DER (RFC 5280, 4.1).

/// `notAfter` in seconds since 1970; nothing where the bytes are no certificate.
pub fn end_of(certificate: &[u8]) -> Option<i64> {
    let mut certificate = Reader(certificate).within(SEQUENCE)?;
    let mut signed = certificate.within(SEQUENCE)?;
    // The version is left out where it is 1.
    if signed.0.first() == Some(&VERSION) {
        signed.next()?;
    }
    // Serial number, algorithm, issuer.
    for _ in 0..3 {
        signed.next()?;
    }
    let mut validity = signed.within(SEQUENCE)?;
    validity.next()?;
    let (tag, time) = validity.next()?;
    let text = std::str::from_utf8(time).ok()?;
    let (year, rest) = match tag {
        UTC_TIME => {
            let (year, rest) = text.split_at_checked(2)?;
            let year: i64 = year.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        GENERALIZED_TIME => {
            let (year, rest) = text.split_at_checked(4)?;
            (year.parse().ok()?, rest)
        }
        _ => return None,
    };
    let digits = rest.strip_suffix('Z').filter(|digits| digits.len() == 10)?;
    let at = |from: usize| digits.get(from..from + 2);
    let time = format!(
        "{year:04}-{}-{}T{}:{}:{}Z",
        at(0)?,
        at(2)?,
        at(4)?,
        at(6)?,
        at(8)?
    );
    Some(steadfast_core::Timestamp::parse(&time)?.seconds())
}

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// What is left of a run of values.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The next value: its tag and its content.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, mut rest) = rest.split_first()?;
        let length = match first {
            0..=127 => usize::from(first),
            _ => {
                let (bytes, after) = rest.split_at_checked(usize::from(first & 127).min(5))?;
                rest = after;
                let more = bytes.iter();
                more.fold(0_usize, |length, byte| length << 8 | usize::from(*byte))
            }
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    fn within(&mut self, tag: u8) -> Option<Reader<'a>> {
        let (found, content) = self.next()?;
        (found == tag).then_some(Reader(content))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::end_of;

    #[test]
    fn the_end_of_a_certificate_is_read_and_other_bytes_have_none() {
        for (year, seconds) in [(2031, 1_924_992_000), (2055, 2_682_374_400)] {
            let mut parameters = rcgen::CertificateParams::new(vec!["a.b".to_owned()]).unwrap();
            parameters.not_after = rcgen::date_time_ymd(year, 1, 1);
            let key = rcgen::KeyPair::generate().unwrap();
            let certificate = parameters.self_signed(&key).unwrap();
            assert_eq!(end_of(certificate.der()), Some(seconds), "{year}");
            let whole: &[u8] = certificate.der();
            for length in 0..whole.len() {
                assert_eq!(end_of(&whole[..length]), None);
            }
        }
        assert_eq!(end_of(b"\x30\x89\xff\xff\xff\xff\xff\xff\xff\xff\xff"), None);
    }
}
