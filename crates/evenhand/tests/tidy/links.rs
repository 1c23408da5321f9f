//! Every relative link in a document leads somewhere, to a heading too if it names one.

use crate::tree::{File, Finding, Tree};

fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.with_extension(&["md"]) {
        for (line, target) in links_of(file.text()) {
            if let Some(fault) = fault_of(tree, file, &target) {
                let mend = "correct the link, or write what it promises";
                findings.push(Finding::new(&file.path, line, fault, mend));
            }
        }
    }
    findings
}

/// Targets of `[text](target)` and `[name]: target`, outside code.
fn links_of(text: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    let mut in_fence = false;
    for (index, line) in text.lines().enumerate() {
        in_fence ^= line.trim_start().starts_with("```");
        if in_fence {
            continue;
        }
        let line = without_code(line);
        let inline = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let named = line.strip_prefix('[').and_then(|rest| rest.split_once("]: "));
        let targets = inline.chain(named.map(|(_, target)| target));
        links.extend(targets.filter_map(|target| {
            let target = target.split_whitespace().next()?;
            Some((index + 1, target.trim_matches(['<', '>']).to_owned()))
        }));
    }
    links
}

/// Every second part between backticks is code.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join(" ")
}

fn fault_of(tree: &Tree, file: &File, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, heading) = target.split_once('#').map_or((target, None), |(p, h)| (p, Some(h)));
    let full = if path.is_empty() { file.path.clone() } else { resolve(&file.path, path) };
    if !tree.holds(&full) {
        return Some(format!("`{target}` leads to `{full}`, which is not there"));
    }
    let there = tree.file(&full).filter(|there| there.extension() == "md")?;
    let heading = heading.filter(|heading| !headings(there).any(|slug| slug == *heading))?;
    Some(format!("`{full}` has no heading `#{heading}`"))
}

fn resolve(from: &str, path: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The names that headings get in a rendered page.
fn headings(file: &File) -> impl Iterator<Item = String> {
    let lines = file.text().lines().filter(|line| line.starts_with('#'));
    lines.map(|line| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{expect_none, expect_one};

    fn planted(link: &str) -> Vec<Finding> {
        let text = format!("# A title\n{link}\n");
        let other = "# Evenhand\n## The flow of one call\n";
        check(&Tree::planted(&[("docs/a.md", &text), ("ARCHITECTURE.md", other)]))
    }

    #[test]
    fn every_link_leads_somewhere() {
        expect_none(&check(Tree::of_repository()));
    }

    #[test]
    fn a_dead_link_is_found() {
        let links = [
            "[a](b.md)",
            "![a](../shot.png)",
            "[a]: c.md",
            "[a](#nothing)",
            "[a](../ARCHITECTURE.md#the-flow-of-two-calls)",
        ];
        for link in links {
            expect_one(&planted(link), "docs/a.md", 2);
        }
    }

    #[test]
    fn living_links_addresses_and_code_are_fine() {
        let links = [
            "[a](../ARCHITECTURE.md)",
            "[a](../ARCHITECTURE.md#the-flow-of-one-call)",
            "[a](#a-title)",
            "[a](https://example.org/x)",
            "`[a](b.md)`",
            "[a](../docs)",
        ];
        for link in links {
            expect_none(&planted(link));
        }
    }
}
