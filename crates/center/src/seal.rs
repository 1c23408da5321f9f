//! The door for personal values: clear text in, commitments out.

use crate::input::Clear;
use crate::limits::PERSONAL_BYTES_MAX;
use evenhand_core::{Command, Digest, Sealed, Signalling};
use journal::{SealedValue, keyed_digest, salt_for, seal};

/// A command without clear personal values, and the values it commits to.
pub(crate) struct SealedCommand {
    pub command: Command,
    pub values: Vec<SealedValue>,
}

/// Seals a command. `salt` is used for this command only.
///
/// # Errors
/// A value longer than [`PERSONAL_BYTES_MAX`]; the text says which.
pub(crate) fn seal_command(
    command: Command<Clear>,
    salt: &[u8; 32],
    digest_key: &[u8; 32],
) -> Result<SealedCommand, String> {
    let mut values = Vec::new();
    let mut too_long = None;
    let command = with_digest(command, digest_key);
    let command = command.map(&mut |name: &'static str, Clear(value)| {
        if value.len() > PERSONAL_BYTES_MAX {
            too_long = Some(format!(
                "`{name}` has `{}` bytes; at most `{PERSONAL_BYTES_MAX}` are accepted",
                value.len()
            ));
        }
        // One command may hold the same field twice; each gets its own salt.
        let field = format!("{name}{}", values.len());
        let sealed = seal(name, salt_for(salt, &field), &value);
        let commitment = Sealed(sealed.commitment.0);
        values.push(sealed);
        commitment
    });
    match too_long {
        Some(text) => Err(text),
        None => Ok(SealedCommand { command, values }),
    }
}

/// No limit silences a ringing call: of a value that is too long the beginning is kept.
pub(crate) fn shortened(Clear(mut value): Clear) -> Clear {
    value.truncate(value.floor_char_boundary(PERSONAL_BYTES_MAX));
    Clear(value)
}

/// The same for what came with it.
pub(crate) fn shortened_signalling(signalling: Signalling<Clear>) -> Signalling<Clear> {
    let mut signalling = signalling.within_limits();
    let short = |values: Vec<Clear>| values.into_iter().map(shortened).collect();
    signalling.raw = short(signalling.raw);
    signalling.additional = short(signalling.additional);
    signalling
}

/// The digest is the centre's own; whatever the outside put there is replaced.
fn with_digest(command: Command<Clear>, digest_key: &[u8; 32]) -> Command<Clear> {
    let Command::PresentCall { channel, number, name, location, test, signalling, .. } = command
    else {
        return command;
    };
    let number_digest =
        number.as_ref().map(|Clear(number)| Digest(keyed_digest(digest_key, &one_form(number))));
    Command::PresentCall { channel, number, number_digest, name, location, test, signalling }
}

/// A number in the one form that all ways of writing it share: its digits. Who is known by an
/// address instead, `alice@192.0.2.1`, is not the same as others of that host.
fn one_form(number: &str) -> String {
    if number.contains('@') {
        return number.trim().to_lowercase();
    }
    number.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::one_form;

    #[test]
    fn a_number_has_one_form_and_an_address_is_not_the_digits_of_its_host() {
        assert_eq!(one_form("+1 (617) 555-0123"), one_form("16175550123"));
        assert_ne!(one_form("alice@192.0.2.1"), one_form("bob@192.0.2.1"));
        assert_eq!(one_form("Alice@Example.org"), one_form("alice@example.org"));
    }
}
