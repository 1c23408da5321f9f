//! Words, numbers, texts in quotes and signs, each with its place.
//!
//! A statement begins in the first column; every line that begins with a blank belongs to the
//! statement before it. So one slip spoils one statement, and all slips are told at once.

use crate::problem::{Place, Problems};

/// The smallest piece of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Token {
    /// What it is.
    pub kind: Kind,
    /// The letters, without quotes.
    pub text: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// How many characters it takes, with quotes.
    pub width: usize,
}

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A name, a word of the language, a number or a date.
    Word,
    /// A text in quotes.
    Quoted,
    /// `=`, `!=`, `<`, `<=`, `>`, `>=`, `(`, `)` or `,`.
    Sign,
    /// From `#` to the end of the line. Only the formatter looks at these.
    Comment,
}

/// Cuts a text into tokens. Letters that belong to nothing are told and left out.
pub(crate) fn tokens(file: &str, text: &str, problems: &mut Problems) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let letters: Vec<char> = line.chars().collect();
        let mut at = 0;
        while let Some(letter) = letters.get(at) {
            if letter.is_whitespace() {
                at += 1;
                continue;
            }
            let rest = letters.get(at..).unwrap_or_default();
            let (kind, width) = cut(rest);
            let place = Place { number: 0, line: number, column: at + 1, file: file.to_owned() };
            match kind {
                Some(kind) => {
                    let taken: String = rest.iter().take(width).collect();
                    let text = inside(kind, &taken);
                    if kind == Kind::Quoted && !is_closed(&taken) {
                        let fault = "the text in quotes has no end";
                        problems.add_wide(&place, width, fault, "end it with `\"` on this line");
                    }
                    tokens.push(Token { kind, text, line: number, column: at + 1, width });
                }
                None => {
                    let fault = format!("`{letter}` means nothing here");
                    let mend =
                        "accepted are words, numbers, texts in quotes, `= != < <= > >= ( ) ,`";
                    problems.add(&place, fault, mend);
                }
            }
            at += width;
        }
    }
    tokens
}

/// What begins here, and how many characters it takes.
fn cut(rest: &[char]) -> (Option<Kind>, usize) {
    let second = rest.get(1).copied();
    match rest.first().copied() {
        Some('#') => (Some(Kind::Comment), rest.len()),
        Some('"') => {
            let end = rest.iter().skip(1).position(|letter| *letter == '"');
            (Some(Kind::Quoted), end.map_or(rest.len(), |end| end + 2))
        }
        Some('!' | '<' | '>') if second == Some('=') => (Some(Kind::Sign), 2),
        Some('=' | '<' | '>' | '(' | ')' | ',') => (Some(Kind::Sign), 1),
        Some(letter) if in_word(letter) => {
            (Some(Kind::Word), rest.iter().take_while(|letter| in_word(**letter)).count())
        }
        _ => (None, 1),
    }
}

fn in_word(letter: char) -> bool {
    letter.is_alphanumeric() || "_.-@*".contains(letter)
}

fn is_closed(taken: &str) -> bool {
    taken.len() > 1 && taken.ends_with('"')
}

fn inside(kind: Kind, taken: &str) -> String {
    match kind {
        Kind::Quoted => taken.trim_matches('"').to_owned(),
        Kind::Word | Kind::Sign | Kind::Comment => taken.to_owned(),
    }
}

/// Groups tokens into statements: each begins in the first column, comments left out. What stands
/// indented before the first statement is a statement of its own, and will be refused as such.
pub(crate) fn statements(tokens: Vec<Token>) -> Vec<Vec<Token>> {
    let mut statements: Vec<Vec<Token>> = Vec::new();
    for token in tokens {
        if token.kind == Kind::Comment {
            continue;
        }
        match statements.last_mut() {
            Some(last) if token.column > 1 => last.push(token),
            _ => statements.push(vec![token]),
        }
    }
    statements
}
