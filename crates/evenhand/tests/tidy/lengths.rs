//! Lines, functions and files stay short. `ratchet.txt` lists what is longer, and shrinks.

use crate::scanner;
use crate::tree::{File, Finding, Tree};

const COLUMNS_MAX: usize = 100;
const FUNCTION_LINES_MAX: usize = 70;
const FILE_LINES_MAX: usize = 800;

/// Rows that `ratchet.txt` may have. Lower it with every row that leaves; never raise it.
const RATCHET_ROWS_MAX: usize = 0;
const RATCHET_PATH: &str = "crates/evenhand/tests/tidy/ratchet.txt";

const WRITTEN: &[&str] = &["rs", "ts", "svelte", "mjs", "js", "sh", "scenario"];
const COUNTED: &[&str] = &["rs", "ts", "svelte"];

fn check_columns(tree: &Tree) -> Vec<Finding> {
    let written = tree.with_extension(WRITTEN).filter(|file| !file.is_generated());
    let mend = "break it; a long address may stand alone";
    written
        .flat_map(|file| file.lines().map(move |(line, text)| (file, line, text)))
        .filter(|(_, _, text)| text.chars().count() > COLUMNS_MAX && !text.contains("://"))
        .map(|(file, line, text)| {
            let fault = format!("{} columns, at most {COLUMNS_MAX}", text.chars().count());
            Finding::new(&file.path, line, fault, mend)
        })
        .collect()
}

/// Something longer than the rule, at its place.
struct Long {
    /// As in `ratchet.txt`, without the number.
    row: String,
    path: String,
    line: usize,
    lines: usize,
    lines_max: usize,
}

fn long_ones(tree: &Tree) -> Vec<Long> {
    let files = tree.with_extension(COUNTED).filter(|file| !file.is_generated());
    files.flat_map(|file| long_file(file).into_iter().chain(long_functions(file))).collect()
}

fn long_file(file: &File) -> Option<Long> {
    let lines = file.text().lines().count();
    let row = format!("file {}", file.path);
    let path = file.path.clone();
    let long = Long { row, path, line: 1, lines, lines_max: FILE_LINES_MAX };
    (lines > FILE_LINES_MAX).then_some(long)
}

fn long_functions(file: &File) -> Vec<Long> {
    if file.extension() != "rs" {
        return Vec::new();
    }
    let functions = scanner::functions(&scanner::split(file.text()).code);
    let long = functions.into_iter().filter(|function| function.lines > FUNCTION_LINES_MAX);
    long.map(|function| Long {
        row: format!("function {} {}", file.path, function.name),
        path: file.path.clone(),
        line: function.line,
        lines: function.lines,
        lines_max: FUNCTION_LINES_MAX,
    })
    .collect()
}

/// One row of the ratchet: what, how long at most, and where the row stands.
struct Row<'a> {
    row: &'a str,
    lines_max: usize,
    line: usize,
}

fn check_ratchet(tree: &Tree, rows_max: usize) -> Vec<Finding> {
    let text = tree.file(RATCHET_PATH).map(File::text).unwrap_or_default();
    let numbered = text.lines().enumerate().map(|(index, row)| (index + 1, row.trim()));
    let written: Vec<(usize, &str)> =
        numbered.filter(|(_, row)| !row.is_empty() && !row.starts_with('#')).collect();
    let rows: Vec<Row<'_>> =
        written.iter().filter_map(|(line, row)| read_row(*line, row)).collect();
    let long = long_ones(tree);
    let mut findings: Vec<Finding> = long.iter().filter_map(|long| over(long, &rows)).collect();
    findings.extend(rows.iter().filter_map(|row| loose(row, &long)));
    if rows.len() > rows_max || rows.len() < written.len() {
        let fault = format!("{} rows, {} readable, {rows_max} allowed", written.len(), rows.len());
        let mend =
            "shorten the code instead of adding a row; form `function <path> <name> <lines>`";
        findings.push(Finding::new(RATCHET_PATH, 1, fault, mend));
    }
    findings
}

fn read_row(line: usize, text: &str) -> Option<Row<'_>> {
    let (row, lines_max) = text.rsplit_once(' ')?;
    Some(Row { row, lines_max: lines_max.parse().ok()?, line })
}

fn over(long: &Long, rows: &[Row<'_>]) -> Option<Finding> {
    let row = rows.iter().find(|row| row.row == long.row);
    let lines_max = row.map_or(long.lines_max, |row| row.lines_max);
    let fault = format!("`{}` has {} lines, at most {lines_max}", long.row, long.lines);
    let mend = "divide it: the `if`s up to the caller, the `for`s down";
    (long.lines > lines_max).then(|| Finding::new(&long.path, long.line, fault, mend))
}

fn loose(row: &Row<'_>, long: &[Long]) -> Option<Finding> {
    let lines = long.iter().filter(|long| long.row == row.row).map(|long| long.lines).max();
    let mend = "lower the number, or remove the row and lower RATCHET_ROWS_MAX";
    let fault = format!("`{}` allows {} lines, it has {lines:?}", row.row, row.lines_max);
    let is_tight = lines.is_some_and(|lines| lines >= row.lines_max);
    (!is_tight).then(|| Finding::new(RATCHET_PATH, row.line, fault, mend))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{expect_none, expect_one};

    const PATH: &str = "crates/roads/src/graph.rs";

    fn function_of(lines: usize) -> String {
        format!("fn long() {{\n{}}}\n", "    go();\n".repeat(lines - 2))
    }

    fn ratchet(text: &str, row: &str, rows_max: usize) -> Vec<Finding> {
        check_ratchet(&Tree::planted(&[(PATH, text), (RATCHET_PATH, row)]), rows_max)
    }

    #[test]
    fn no_line_is_wider_than_a_page() {
        expect_none(&check_columns(Tree::of_repository()));
    }

    #[test]
    fn a_wide_line_is_found_and_an_address_is_not() {
        let wide = format!("// {}\n", "x".repeat(98));
        expect_one(&check_columns(&Tree::planted(&[(PATH, &wide)])), PATH, 1);
        let path = "scenarios/hold.scenario";
        expect_one(&check_columns(&Tree::planted(&[(path, &wide)])), path, 1);
        let address = format!("// https://example.org/{}\n", "x".repeat(98));
        expect_none(&check_columns(&Tree::planted(&[(PATH, &address)])));
    }

    #[test]
    fn functions_fit_a_screen_and_files_stay_one_noun() {
        expect_none(&check_ratchet(Tree::of_repository(), RATCHET_ROWS_MAX));
    }

    #[test]
    fn a_long_function_and_a_long_file_are_found() {
        expect_one(&ratchet(&function_of(71), "", 0), PATH, 1);
        expect_none(&ratchet(&function_of(70), "", 0));
        expect_one(&ratchet(&"// line\n".repeat(801), "", 0), PATH, 1);
        expect_none(&ratchet(&"// line\n".repeat(800), "", 0));
    }

    #[test]
    fn the_ratchet_holds_and_only_tightens() {
        let row = format!("function {PATH} long 90\n");
        expect_none(&ratchet(&function_of(90), &row, 1));
        expect_one(&ratchet(&function_of(91), &row, 1), PATH, 1);
        expect_one(&ratchet(&function_of(80), &row, 1), RATCHET_PATH, 1);
        expect_one(&ratchet(&function_of(60), &row, 1), RATCHET_PATH, 1);
        expect_one(&ratchet(&function_of(90), &row, 0), RATCHET_PATH, 1);
    }
}
