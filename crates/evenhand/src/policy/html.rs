//! What a check found, as one page that stands alone: no script, nothing from elsewhere.

use policy::even::{Dependence, Pair, Report, Verdict};

use super::{percent, words};

/// The page around its sections.
pub fn page(sections: impl Iterator<Item = String>) -> String {
    let body: String = sections.collect();
    format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>Response policy: what the check found</title>\n<style>{STYLE}</style>\n\
         {body}</html>\n"
    )
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;\
    padding:0 1rem;color:#1a1a1a;background:#fff}h1{font-size:1.4rem}h2{font-size:1.1rem}\
    .verdict{padding:.6rem 1rem;border-left:.5rem solid;font-weight:600}\
    .even{border-color:#1b7837;background:#e8f4ec}\
    .exceptions{border-color:#8a6d00;background:#fbf5df}\
    .uneven{border-color:#a50026;background:#fbe9ed}.open{border-color:#555;background:#eee}\
    table{border-collapse:collapse;margin:1rem 0}td,th{border:1px solid #999;padding:.25rem .7rem;\
    text-align:left}.differs{background:#fde7a9;font-weight:600}\
    pre{background:#f5f5f5;padding:1rem;overflow-x:auto;white-space:pre-wrap}";

/// One policy: its verdict, the smallest pair as two calls side by side, all that was found, and
/// the text itself.
pub fn section(source: &str, report: &Report, caveats: &[String]) -> String {
    let class = match report.verdict {
        Verdict::Even => "even",
        Verdict::EvenButFor(_) => "exceptions",
        Verdict::Uneven(_) => "uneven",
        Verdict::NotDecided(_) => "open",
    };
    let title = format!("{}, version {}", report.policy, report.version);
    let told: String =
        words::told(report, source).lines().skip(1).map(|line| format!("{line}\n")).collect();
    let notes: String = caveats.iter().map(|one| format!("<p>{}</p>", escaped(one))).collect();
    format!(
        "<section><h1>{}</h1>\n<p class=\"verdict {class}\">{}</p>\n{}{notes}\n<h2>All that was \
         found</h2>\n<pre>{}</pre>\n<h2>The text that was checked</h2>\n<pre>{}</pre></section>\n",
        escaped(&title),
        escaped(words::verdict(&report.verdict).trim()),
        report.smallest_pair().map(side_by_side).unwrap_or_default(),
        escaped(told.trim()),
        escaped(&numbered(source)),
    )
}

fn side_by_side(dependence: &Dependence) -> String {
    let pair: &Pair = &dependence.pair;
    let cell = |text: &str| format!("<td>{}</td>", escaped(text));
    let row = |head: &str, left: &str, right: &str, class: &str| {
        format!(
            "<tr class=\"{class}\"><th>{}</th>{}{}</tr>\n",
            escaped(head),
            cell(left),
            cell(right)
        )
    };
    let mut rows = String::from("<tr><th></th><th>one call</th><th>another call</th></tr>\n");
    for one in &pair.rows {
        let class = if one.differs { "differs" } else { "" };
        rows += &row(&one.attribute, &one.left.text, &one.right.text, class);
    }
    rows += &row(&pair.subject, &pair.left.value, &pair.right.value, "differs");
    rows += &row("decided by rule", &pair.left.rule, &pair.right.rule, "");
    let share = dependence.share.map_or_else(String::new, |share| {
        format!("<p>This matters for {} of all describable calls.</p>", percent(share))
    });
    format!("<h2>Two calls, same emergency, different answer</h2>\n<table>{rows}</table>{share}")
}

fn numbered(source: &str) -> String {
    let lines = (1..).zip(source.lines());
    lines.map(|(number, line)| format!("{number:4}  {line}\n")).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
