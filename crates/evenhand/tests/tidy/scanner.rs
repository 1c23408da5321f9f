//! Splits Rust text into code and comments, without understanding either.
//!
//! Both come back with the line breaks of the original, everything else blanked, so that a
//! place in one is the same place in all. Good for rustfmt's output, which is all we have:
//! it does not know macros, and takes a brace in code for a brace.

/// The same lines twice: once only the code, once only the comments.
pub struct Split {
    pub code: String,
    pub comments: String,
}

#[derive(Clone, Copy)]
enum Part {
    Code,
    Comment,
    Literal,
}

/// Blanks strings and characters, and tells code from comment.
pub fn split(text: &str) -> Split {
    let chars: Vec<char> = text.chars().collect();
    let mut split = Split { code: String::new(), comments: String::new() };
    let mut at = 0;
    while at < chars.len() {
        let (part, end) = next_part(&chars, at);
        for &c in chars.get(at..end).unwrap_or_default() {
            split.push(part, c);
        }
        at = end;
    }
    split
}

impl Split {
    fn push(&mut self, part: Part, c: char) {
        let blank = if c == '\n' { '\n' } else { ' ' };
        self.code.push(if matches!(part, Part::Code) { c } else { blank });
        self.comments.push(if matches!(part, Part::Comment) { c } else { blank });
    }
}

fn next_part(chars: &[char], at: usize) -> (Part, usize) {
    let now = chars.get(at).copied().unwrap_or_default();
    let next = chars.get(at + 1).copied().unwrap_or_default();
    match (now, next) {
        ('/', '/') => (Part::Comment, end_of_line(chars, at)),
        ('/', '*') => (Part::Comment, end_of_block(chars, at)),
        ('"', _) => (Part::Literal, end_of_string(chars, at + 1)),
        ('r', '"' | '#') if !after_word(chars, at) => raw_string(chars, at),
        ('\'', _) => character(chars, at),
        _ => (Part::Code, at + 1),
    }
}

fn end_of_line(chars: &[char], at: usize) -> usize {
    let rest = chars.get(at..).unwrap_or_default();
    rest.iter().position(|&c| c == '\n').map_or(chars.len(), |length| at + length)
}

fn end_of_block(chars: &[char], at: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = at;
    while at < chars.len() {
        match (chars.get(at), chars.get(at + 1)) {
            (Some('/'), Some('*')) => (depth, at) = (depth + 1, at + 2),
            (Some('*'), Some('/')) if depth <= 1 => return at + 2,
            (Some('*'), Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    chars.len()
}

fn end_of_string(chars: &[char], at: usize) -> usize {
    let mut at = at;
    while let Some(c) = chars.get(at) {
        match c {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

/// `r"..."` and `r#"..."#`; `r#name` is code. A `b` before the `r` is read as code before it.
fn raw_string(chars: &[char], at: usize) -> (Part, usize) {
    let hashes = chars.iter().skip(at + 1).take_while(|&&c| c == '#').count();
    let open = at + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return (Part::Code, at + 1);
    }
    let mut end = open + 1;
    while end < chars.len() {
        let closes = chars.iter().skip(end + 1).take(hashes).all(|&c| c == '#');
        if chars.get(end) == Some(&'"') && closes {
            return (Part::Literal, end + 1 + hashes);
        }
        end += 1;
    }
    (Part::Literal, chars.len())
}

/// `'a'` is a literal, `'a` a lifetime.
fn character(chars: &[char], at: usize) -> (Part, usize) {
    match (chars.get(at + 1), chars.get(at + 2)) {
        (Some('\\'), _) => {
            let rest = chars.get(at + 3..).unwrap_or_default();
            let length = rest.iter().position(|&c| c == '\'').unwrap_or(rest.len());
            (Part::Literal, at + 4 + length)
        }
        (Some(_), Some('\'')) => (Part::Literal, at + 3),
        _ => (Part::Code, at + 1),
    }
}

fn after_word(chars: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| chars.get(before));
    before.is_some_and(|c| (c.is_alphanumeric() || *c == '_') && *c != 'b' && *c != 'c')
}

/// A function with a body: name, first line, and lines to its closing brace.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
}

/// All functions that have a body, nested ones too.
pub fn functions(code: &str) -> Vec<Function> {
    let chars: Vec<char> = code.chars().collect();
    let mut found = Vec::new();
    let mut line = 1;
    for at in 0..chars.len() {
        if chars.get(at) == Some(&'\n') {
            line += 1;
        }
        if let Some(function) = function_at(&chars, at, line) {
            found.push(function);
        }
    }
    found
}

fn function_at(chars: &[char], at: usize, line: usize) -> Option<Function> {
    let starts = chars.get(at..at + 3)? == ['f', 'n', ' '] && !after_any_word(chars, at);
    let rest = chars.get(at + 3..).filter(|_| starts)?;
    let name: String = rest.iter().take_while(|c| c.is_alphanumeric() || **c == '_').collect();
    let end = end_of_body(rest).filter(|_| !name.is_empty())?;
    let breaks = rest.get(..end)?.iter().filter(|c| **c == '\n').count();
    Some(Function { name, line, lines: breaks + 1 })
}

fn after_any_word(chars: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| chars.get(before));
    before.is_some_and(|c| c.is_alphanumeric() || *c == '_')
}

/// Where the body closes, or nothing if the signature ends in `;`.
fn end_of_body(rest: &[char]) -> Option<usize> {
    let mut round = 0_i32;
    let mut curly = 0_i32;
    for (at, c) in rest.iter().enumerate() {
        match c {
            '(' | '[' => round += 1,
            ')' | ']' => round -= 1,
            ';' if round == 0 && curly == 0 => return None,
            '{' => curly += 1,
            '}' => curly -= 1,
            _ => continue,
        }
        if *c == '}' && curly == 0 {
            return Some(at);
        }
    }
    None
}

/// Whole words of the list in the code, with their lines.
pub fn find_words<'w>(code: &str, words: &[&'w str]) -> Vec<(usize, &'w str)> {
    let mut found = Vec::new();
    for (index, line) in code.lines().enumerate() {
        for token in line.split(|c: char| !(c.is_alphanumeric() || c == '_')) {
            found.extend(words.iter().find(|word| **word == token).map(|word| (index + 1, *word)));
        }
    }
    found
}

#[test]
fn strings_and_comments_are_not_code() {
    let text = "let a = \"f64 // {\"; // why f64\nlet b = r#\"}\"#; /* } /* } */ */ let c = '}';\n";
    let split = split(text);
    assert_eq!(split.code.matches(['{', '}']).count(), 0, "{}", split.code);
    assert!(!split.code.contains("f64") && split.code.contains("let c"));
    assert_eq!(split.comments.lines().next().map(str::trim), Some("// why f64"));
}

#[test]
fn lifetimes_and_escaped_quotes_do_not_open_a_string() {
    let split = split("fn a<'a>(x: &'a str) -> char { '\\'' } // end\nfn b() {}\n");
    assert!(split.code.contains("fn b() {}"));
    assert_eq!(split.comments.trim(), "// end");
}

#[test]
fn function_lengths_run_from_signature_to_brace() {
    let code = "trait T {\n    fn none(&self);\n}\nfn three(x: [u8; 4]) {\n    if x {}\n}\n";
    let function = Function { name: "three".to_owned(), line: 4, lines: 3 };
    assert_eq!(functions(code), [function]);
}
