//! Percent-encoding (RFC 3986 2.1), as authenticator apps read it: a space is `%20`, and `+` is a plus.

use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

/// Appends `text`, with everything but letters, digits and `-._~` escaped.
pub(super) fn encode_onto(uri: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&alloc::format!("%{byte:02X}"));
        }
    }
}

/// The text behind the escapes; `None` when one of them is no escape or the result is not UTF-8. Wiped on drop,
/// because it may be the secret.
pub(super) fn decode(text: &str) -> Option<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => hexadecimal(rest.next()?)? << 4 | hexadecimal(rest.next()?)?,
            plain => plain,
        });
    }
    // Asked first, because a failing `String::from_utf8` would carry the bytes away unwiped.
    core::str::from_utf8(&bytes).ok()?;
    String::from_utf8(core::mem::take(&mut *bytes))
        .ok()
        .map(Zeroizing::new)
}

fn hexadecimal(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_exactly() {
        assert_eq!(decode("a%20b+c%3a%C3%A9%00").unwrap().as_str(), "a b+c:é\0");
        for bad in [
            "%",
            "%4",
            "%4G",
            "%+4",
            "% 4",
            "a%",
            "%é",
            "%FF",
            "%C3",
            "%ED%A0%80",
            "%C0%80",
        ] {
            assert!(decode(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn escapes_are_written_for_real_apps() {
        let mut uri = String::new();
        encode_onto(&mut uri, "Łódź a+b/c@d:e%f?&=#~");
        assert_eq!(uri, "%C5%81%C3%B3d%C5%BA%20a%2Bb%2Fc%40d%3Ae%25f%3F%26%3D%23~");
    }
}
