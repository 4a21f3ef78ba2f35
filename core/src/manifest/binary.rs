//! `!!binary`: base64 to a string, as far as JSON has one.

/// Decodes standard base64 with its padding, ignoring line breaks, and puts U+FFFD for every byte that is not
/// UTF-8, as Go's `encoding/base64` and `encoding/json` do in turn. `None` where it is not base64.
pub(super) fn decode(text: &str) -> Option<String> {
    let digits: Vec<u8> = text.bytes().filter(|b| !matches!(b, b'\r' | b'\n')).collect();
    let (groups, rest) = digits.as_chunks::<4>();
    if !rest.is_empty() {
        return None;
    }
    let mut bytes = Vec::with_capacity(groups.len() * 3);
    for (i, group) in groups.iter().enumerate() {
        let last = i + 1 == groups.len();
        let kept = match group {
            [_, _, b'=', b'='] if last => 1,
            [_, _, _, b'='] if last => 2,
            _ => 3,
        };
        let mut bits = 0u32;
        for (place, digit) in group.iter().enumerate() {
            bits = bits << 6 | if place <= kept { value_of(*digit)? } else { 0 };
        }
        bytes.extend(bits.to_be_bytes().iter().skip(1).take(kept));
    }
    Some(lossy(&bytes))
}

fn value_of(digit: u8) -> Option<u32> {
    Some(u32::from(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

fn lossy(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        match std::str::from_utf8(rest) {
            Ok(good) => {
                text.push_str(good);
                return text;
            }
            Err(error) => {
                let (good, bad) = rest.split_at_checked(error.valid_up_to()).unwrap_or((&[], rest));
                text.push_str(&String::from_utf8_lossy(good));
                text.push('\u{FFFD}');
                rest = bad.get(1..).unwrap_or_default();
            }
        }
    }
}
