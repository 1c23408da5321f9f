//! What texts change against those in force, exactly.

use axum::Json;
use axum::extract::State;
use evenhand_core::PolicyText;
use policy::Policy;
use policy::even::{Budget, Difference, difference as differ};
use policy::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::texts::{TextsBody, accept};
use crate::web::App;
use crate::web::extract::{Long, Signed};
use crate::web::failure::{ErrorBody, Failure};

/// What changes.
#[derive(Serialize, ToSchema)]
pub(crate) struct DifferenceBody {
    /// `{"file", "difference"}` for each response policy whose text is another one.
    #[schema(value_type = Vec<Object>)]
    files: Vec<DifferenceOfFile>,
    /// Texts that are the same.
    unchanged: Vec<String>,
    /// Response policies that are not in force.
    added: Vec<String>,
    /// Response policies that are in force and not given.
    removed: Vec<String>,
    /// Tables whose text is another one, given or in force only.
    toml_changed: Vec<String>,
}

/// What changes in one text.
#[derive(Serialize)]
pub(crate) struct DifferenceOfFile {
    file: String,
    difference: Difference,
}

/// Finds every call that texts answer otherwise than those in force.
#[utoipa::path(
    post, path = "/api/v1/policy/difference", request_body = TextsBody,
    responses(
        (status = 200, body = DifferenceBody),
        (status = 400, body = ErrorBody, description = "not accepted, or not to be read"),
        (status = 401, body = ErrorBody),
    )
)]
pub(crate) async fn difference(
    State(app): State<App>,
    _signed: Signed,
    Long(TextsBody { files }): Long<TextsBody>,
) -> Result<Json<DifferenceBody>, Failure> {
    let files = accept(files)?;
    let in_force = app.center.query(|center| center.policy().clone()).await?;
    app.think(move || Ok(Json(differences(&in_force, &read(&files)?)))).await?
}

/// The texts as a policy.
pub(super) fn read(files: &[PolicyText]) -> Result<Policy, Failure> {
    let files: Vec<(&str, &str)> =
        files.iter().map(|file| (file.name.as_str(), file.text.as_str())).collect();
    Policy::load(&files).map_err(|problems| {
        let first = problems.first().map(ToString::to_string).unwrap_or_default();
        let text = format!("the texts have `{}` problems; the first: {first}", problems.len());
        Failure::bad("policy_not_read", text)
    })
}

fn differences(in_force: &Policy, given: &Policy) -> DifferenceBody {
    let mut body = DifferenceBody {
        files: Vec::new(),
        unchanged: Vec::new(),
        added: Vec::new(),
        removed: Vec::new(),
        toml_changed: Vec::new(),
    };
    for new in given.files() {
        let old = text(in_force, &new.name);
        let is_response = new.name.ends_with(".policy");
        match old {
            Some(old) if old.text == new.text => body.unchanged.push(new.name.clone()),
            _ if !is_response => body.toml_changed.push(new.name.clone()),
            None => body.added.push(new.name.clone()),
            Some(_) => body.files.extend(changed(in_force, given, &new.name)),
        }
    }
    for old in in_force.files().iter().filter(|old| text(given, &old.name).is_none()) {
        match old.name.ends_with(".policy") {
            true => body.removed.push(old.name.clone()),
            false => body.toml_changed.push(old.name.clone()),
        }
    }
    body
}

fn text<'a>(policy: &'a Policy, name: &str) -> Option<&'a PolicyText> {
    policy.files().iter().find(|file| file.name == name)
}

fn changed(in_force: &Policy, given: &Policy, file: &str) -> Option<DifferenceOfFile> {
    let (old, new) = (response(in_force, file)?, response(given, file)?);
    let difference = differ(old, new, &Budget::default());
    Some(DifferenceOfFile { file: file.to_owned(), difference })
}

fn response<'a>(policy: &'a Policy, file: &str) -> Option<&'a Response> {
    let name = file.strip_suffix(".policy")?;
    policy.response_texts().find(|(of, ..)| *of == name).map(|(_, response, ..)| response)
}
