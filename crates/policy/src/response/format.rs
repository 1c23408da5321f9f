//! One way to write a policy, so that two versions differ only where they mean to.
//!
//! Works on the words alone: a text keeps its comments, its order and its empty lines (at most one
//! in a row), and gets even blanks, aligned `about` lines, and lines of at most 100 characters that
//! break before `and`, `or`, `then`, `because`, `until`, `signed` or between values.

use super::model::Response;
use super::token::{Kind, Token, tokens};
use crate::problem::{Problem, Problems};

/// Longest line, in characters.
const WIDTH_MAX: usize = 100;

/// A statement or a comment that stands alone, with the empty lines before it.
struct Block {
    blank_before: bool,
    words: Vec<Token>,
    /// Comments behind words of the statement, or the one that stands alone.
    comments: Vec<Token>,
}

/// Writes a policy's text anew. The meaning is the same; written anew again, nothing changes.
///
/// # Errors
/// Every slip, as [`Response::read`] tells it: a text that cannot be read is not touched.
pub fn format(file: &str, text: &str) -> Result<String, Vec<Problem>> {
    Response::read(file, text)?;
    let mut problems = Problems::default();
    let blocks = blocks(tokens(file, text, &mut problems));
    let mut lines: Vec<String> = Vec::new();
    let mut rest = blocks.as_slice();
    while let Some(first) = rest.first() {
        let alike = rest.iter().skip(1).take_while(|next| is_next_about(first, next)).count() + 1;
        let (group, after) = rest.split_at(alike);
        let columns = columns(group);
        for block in group {
            if block.blank_before && !lines.is_empty() {
                lines.push(String::new());
            }
            write_block(block, &columns, &mut lines);
        }
        rest = after;
    }
    Ok(lines.join("\n") + "\n")
}

fn blocks(tokens: Vec<Token>) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut line_before = 0;
    for token in tokens {
        let blank_before = token.line > line_before + 1;
        let same_line = token.line == line_before;
        line_before = token.line;
        let is_comment = token.kind == Kind::Comment;
        let goes_on = match blocks.last() {
            Some(last) if is_comment => same_line || (token.column > 1 && !last.words.is_empty()),
            Some(_) => token.column > 1,
            None => false,
        };
        match blocks.last_mut() {
            Some(last) if goes_on && is_comment => last.comments.push(token),
            Some(last) if goes_on => last.words.push(token),
            _ if is_comment => {
                blocks.push(Block { blank_before, words: Vec::new(), comments: vec![token] });
            }
            _ => blocks.push(Block { blank_before, words: vec![token], comments: Vec::new() }),
        }
    }
    blocks
}

fn is_about(block: &Block) -> bool {
    block.words.first().is_some_and(|word| word.text == "about")
}

fn is_next_about(first: &Block, next: &Block) -> bool {
    is_about(first) && is_about(next) && !next.blank_before
}

/// How wide the first words of aligned lines are: `about`, the class, the name.
fn columns(group: &[Block]) -> Vec<usize> {
    if !group.iter().all(is_about) {
        return Vec::new();
    }
    let width = |place: usize| {
        group.iter().filter_map(|block| block.words.get(place)).map(|word| word.width).max()
    };
    (0..3).filter_map(width).collect()
}

fn write_block(block: &Block, columns: &[usize], lines: &mut Vec<String>) {
    let mut comments = block.comments.iter();
    if block.words.is_empty() {
        lines.extend(comments.map(|comment| comment.text.trim_end().to_owned()));
        return;
    }
    let mut written = wrapped(&block.words, columns);
    // A comment behind the statement stays there; more than one go above, in order.
    if let (1, Some(comment)) = (block.comments.len(), block.comments.first())
        && let [only] = written.as_mut_slice()
        && only.chars().count() + 2 + comment.width <= WIDTH_MAX
    {
        only.push_str("  ");
        only.push_str(comment.text.trim_end());
    } else {
        lines.extend(comments.by_ref().map(|comment| comment.text.trim_end().to_owned()));
    }
    lines.extend(written);
}

/// The statement in one line, or in several of which all but the first are indented.
fn wrapped(words: &[Token], columns: &[usize]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut before: Option<&Token> = None;
    for part in parts(words) {
        let mut text = String::new();
        for (place, word) in part {
            if before.is_some_and(|before| is_apart(before, word)) {
                text.push(' ');
            }
            text.push_str(&written(word));
            let padding = columns.get(place).map_or(0, |width| width - word.width);
            text.push_str(&" ".repeat(padding));
            before = Some(word);
        }
        if !line.is_empty() && line.chars().count() + text.trim_end().chars().count() > WIDTH_MAX {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
            line.push_str("   ");
            line.push_str(if text.starts_with(' ') { "" } else { " " });
        }
        line.push_str(&text);
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// Groups of words that stay on one line if they can: a group begins at a word before which a
/// reader would draw breath, and a long list may break anywhere.
fn parts(words: &[Token]) -> Vec<Vec<(usize, &Token)>> {
    let breaks = ["and", "or", "then", "because", "until", "signed", "by", "with", "may"];
    let mut parts: Vec<Vec<(usize, &Token)>> = Vec::new();
    for (place, word) in words.iter().enumerate() {
        let width: usize =
            parts.last().map_or(0, |part| part.iter().map(|(_, word)| word.width + 1).sum());
        let begins = word.kind == Kind::Word && breaks.contains(&word.text.as_str());
        let is_full = word.kind == Kind::Word && width > WIDTH_MAX / 2;
        match parts.last_mut() {
            Some(last) if !begins && !is_full => last.push((place, word)),
            _ => parts.push(vec![(place, word)]),
        }
    }
    parts
}

fn is_apart(before: &Token, word: &Token) -> bool {
    let sign = |token: &Token, text: &str| token.kind == Kind::Sign && token.text == text;
    !(sign(before, "(") || sign(word, ")") || sign(word, ","))
}

fn written(word: &Token) -> String {
    match word.kind {
        Kind::Quoted => format!("\"{}\"", word.text),
        Kind::Word | Kind::Sign | Kind::Comment => word.text.clone(),
    }
}
