//! Decimal text to whole numbers and back, without floating point in between.

/// Longer numbers are refused; a double printed in full has 24 characters.
const CHARS_MAX: usize = 40;

/// What happens to the digits that do not fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rounding {
    Nearest,
    /// Away from zero: so that a radius still encloses.
    Up,
    /// Towards zero.
    Down,
}

/// `text` times ten to the `places` as a whole number: `scaled("42.5463", 7, _)` is 425463000.
/// `None`: not a number of decimal digits (`NaN`, `1/2`), or too large.
pub(super) fn scaled(text: &str, places: i32, rounding: Rounding) -> Option<i64> {
    let text = text.trim();
    if text.len() > CHARS_MAX {
        return None;
    }
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i8>().ok()?.into()),
        None => (text, 0_i32),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits: i128 = digits.parse().ok()?;
    let shift = exponent + places - i32::try_from(fraction.len()).ok()?;
    let magnitude = shifted(digits, shift, rounding)?;
    i64::try_from(sign * magnitude).ok()
}

fn shifted(digits: i128, shift: i32, rounding: Rounding) -> Option<i128> {
    let power = 10_i128.checked_pow(shift.unsigned_abs());
    if shift >= 0 {
        return if digits == 0 { Some(0) } else { digits.checked_mul(power?) };
    }
    // A power beyond the number range leaves nothing of any digits that fit.
    let power = power.unwrap_or(i128::MAX);
    let (quotient, rest) = (digits / power, digits % power);
    let is_up = match rounding {
        Rounding::Nearest => rest >= power - rest,
        Rounding::Up => rest > 0,
        Rounding::Down => false,
    };
    Some(quotient + i128::from(is_up))
}

/// The inverse: `decimal(425463000, 7)` is `42.5463`.
pub(super) fn decimal(value: i64, places: u32) -> String {
    let power = 10_u64.pow(places);
    let (whole, fraction) = (value.unsigned_abs() / power, value.unsigned_abs() % power);
    let sign = if value < 0 { "-" } else { "" };
    if fraction == 0 {
        return format!("{sign}{whole}");
    }
    let fraction = format!("{fraction:0width$}", width = places as usize);
    format!("{sign}{whole}.{}", fraction.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digits_are_rounded_as_asked() {
        assert_eq!(scaled("40.71668300756087", 7, Rounding::Nearest), Some(407_166_830));
        assert_eq!(scaled("-73.99069756654683", 7, Rounding::Nearest), Some(-739_906_976));
        assert_eq!(scaled("7.7156", 2, Rounding::Up), Some(772));
        assert_eq!(scaled("7.7156", 2, Rounding::Down), Some(771));
        assert_eq!(scaled("850.24", 2, Rounding::Up), Some(85_024));
        assert_eq!(scaled("1.5e2", 0, Rounding::Nearest), Some(150));
        assert_eq!(scaled(".5", 0, Rounding::Nearest), Some(1));
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", ".", "NaN", "INF", "1/2", "1,5", "--1", "1e", "1e999", "0x10", "٣"] {
            assert_eq!(scaled(text, 7, Rounding::Nearest), None, "{text}");
        }
        assert_eq!(scaled("1e30", 7, Rounding::Nearest), None);
        assert_eq!(scaled("1e-120", 7, Rounding::Nearest), Some(0));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(value in any::<i32>(), places in 0_u32..9) {
            let text = decimal(value.into(), places);
            let places = i32::try_from(places).unwrap();
            prop_assert_eq!(scaled(&text, places, Rounding::Nearest), Some(value.into()));
        }

        #[test]
        fn no_text_breaks_it(text in ".{0,45}", places in -5_i32..10) {
            let _ = scaled(&text, places, Rounding::Up);
        }
    }
}
