//! Checking texts while they are written. Nothing is kept.

use axum::Json;
use axum::extract::State;
use evenhand_core::{PolicyText, Verdict};
use policy::even::{Budget, Report};
use policy::{Checked, Problem};
use serde::Serialize;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::texts::{ProblemBody, TextBody, TextsBody, accept, shown};
use crate::web::App;
use crate::web::extract::{Long, Signed};
use crate::web::failure::{ErrorBody, Failure};

/// What was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct CheckBody {
    /// Hash over all texts; `null` if they cannot be read.
    hash: Option<String>,
    /// `even`, `even_but_for_exceptions`, `uneven` or `undecided`, over all texts; `null` if they
    /// cannot be read.
    #[schema(value_type = Option<String>)]
    verdict: Option<Verdict>,
    /// Everything that keeps them from being read.
    problems: Vec<ProblemBody>,
    /// `{"file", "report"}` for each response policy; empty if there are problems.
    #[schema(value_type = Vec<Object>)]
    reports: Vec<ReportOfFile>,
    /// What the texts claim of themselves and do not keep, one sentence each: they are not adopted.
    broken: Vec<String>,
    /// How long it took.
    milliseconds: f64,
}

/// What was found of one text.
#[derive(Serialize)]
pub(crate) struct ReportOfFile {
    file: String,
    report: Report,
}

/// Proves what can be proved of texts that nobody has adopted yet.
#[utoipa::path(
    post, path = "/api/v1/policy/check", request_body = TextsBody,
    responses(
        (status = 200, body = CheckBody),
        (status = 400, body = ErrorBody, description = "too long, or a name is not accepted"),
        (status = 401, body = ErrorBody),
    )
)]
pub(crate) async fn check(
    State(app): State<App>,
    _signed: Signed,
    Long(TextsBody { files }): Long<TextsBody>,
) -> Result<Json<CheckBody>, Failure> {
    let (files, today) = (accept(files)?, app.today().await?);
    let checked = app.think(move || {
        let begun = Instant::now();
        let checked = center::check_policy(&files, &today, &Budget::default());
        let milliseconds = begun.elapsed().as_secs_f64() * 1_000.0;
        body(checked, &files, milliseconds)
    });
    checked.await.map(Json)
}

fn body(
    checked: Result<Checked, Vec<Problem>>,
    files: &[PolicyText],
    milliseconds: f64,
) -> CheckBody {
    match checked {
        Ok(checked) => CheckBody {
            hash: Some(checked.policy().reference().hash),
            verdict: Some(checked.verdict()),
            problems: Vec::new(),
            reports: reports(&checked),
            broken: checked.broken(),
            milliseconds,
        },
        Err(problems) => CheckBody {
            hash: None,
            verdict: None,
            problems: shown(&problems, files),
            reports: Vec::new(),
            broken: Vec::new(),
            milliseconds,
        },
    }
}

fn reports(checked: &Checked) -> Vec<ReportOfFile> {
    let names = checked.policy().response_texts().map(|(name, ..)| format!("{name}.policy"));
    let report = |(file, report): (String, &Report)| ReportOfFile { file, report: report.clone() };
    names.zip(checked.reports()).map(report).collect()
}

/// Texts written anew.
#[derive(Serialize, ToSchema)]
pub(crate) struct FormatBody {
    /// All texts; those that cannot be read, and tables, as they came.
    files: Vec<TextBody>,
    /// Everything that keeps response policies from being read.
    problems: Vec<ProblemBody>,
}

/// Writes response policies anew, with the same meaning.
#[utoipa::path(
    post, path = "/api/v1/policy/format", request_body = TextsBody,
    responses(
        (status = 200, body = FormatBody),
        (status = 400, body = ErrorBody, description = "too long, or a name is not accepted"),
        (status = 401, body = ErrorBody),
    )
)]
pub(crate) async fn format(
    State(app): State<App>,
    _signed: Signed,
    Long(TextsBody { files }): Long<TextsBody>,
) -> Result<Json<FormatBody>, Failure> {
    let files = accept(files)?;
    app.think(move || Json(formatted(files))).await
}

fn formatted(files: Vec<PolicyText>) -> FormatBody {
    let mut problems = Vec::new();
    let mut written = Vec::new();
    for file in &files {
        let anew = match file.name.ends_with(".policy") {
            true => policy::response::format(&file.name, &file.text),
            false => Ok(file.text.clone()),
        };
        let text = anew.unwrap_or_else(|wrong| {
            problems.extend(shown(&wrong, &files));
            file.text.clone()
        });
        written.push(TextBody::from(&PolicyText { name: file.name.clone(), text }));
    }
    FormatBody { files: written, problems }
}
