//! The texts of a policy as they come in a request, and what is wrong with them.

use evenhand_core::PolicyText;
use evenhand_core::limits::POLICY_BYTES_MAX;
use policy::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::limits::POLICY_FILES_MAX;
use crate::web::failure::Failure;

/// Longest name of a text, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// One text of a policy.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextBody {
    /// The file's name without folder: `police.policy`, `policy.toml`.
    name: String,
    /// What stands in it.
    text: String,
}

/// All texts of a policy.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextsBody {
    /// The texts; at most 512 KiB with their names.
    pub files: Vec<TextBody>,
}

impl From<&PolicyText> for TextBody {
    fn from(text: &PolicyText) -> Self {
        Self { name: text.name.clone(), text: text.text.clone() }
    }
}

/// The texts, if their names are accepted and they are not too long.
pub(super) fn accept(files: Vec<TextBody>) -> Result<Vec<PolicyText>, Failure> {
    let bytes: usize = files.iter().map(|file| file.name.len() + file.text.len()).sum();
    if bytes > POLICY_BYTES_MAX {
        let text = format!("the texts have `{bytes}` bytes; at most `{POLICY_BYTES_MAX}`");
        return Err(Failure::bad("policy_too_long", text));
    }
    if !(1..=POLICY_FILES_MAX).contains(&files.len()) {
        let text = format!("`{}` texts are given; accepted: 1 to {POLICY_FILES_MAX}", files.len());
        return Err(Failure::bad("policy_files_not_accepted", text));
    }
    for (place, file) in files.iter().enumerate() {
        check_name(&file.name)?;
        if files.iter().take(place).any(|before| before.name == file.name) {
            let text = format!("two texts are named `{}`; each needs a name of its own", file.name);
            return Err(Failure::bad("policy_files_not_accepted", text));
        }
    }
    let text = |file: TextBody| PolicyText { name: file.name, text: file.text };
    Ok(files.into_iter().map(text).collect())
}

fn check_name(name: &str) -> Result<(), Failure> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let ends = name.ends_with(".policy") || name.ends_with(".toml");
    if ends && name.len() <= NAME_BYTES_MAX && name.bytes().all(plain) {
        return Ok(());
    }
    let text = format!(
        "`{}` is no name of a text; accepted: up to {NAME_BYTES_MAX} of `A-Z a-z 0-9 . _ -`, \
         ending in `.policy` or `.toml`",
        name.escape_debug()
    );
    Err(Failure::bad("policy_files_not_accepted", text))
}

/// One thing that is wrong with a text.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProblemBody {
    /// In which text.
    file: String,
    /// Line, from 1.
    line: usize,
    /// Column in characters, from 1.
    column: usize,
    /// How many characters, 1 at least.
    width: usize,
    /// What was given.
    fault: String,
    /// What would be accepted.
    mend: String,
    /// All of it with the line itself, marked.
    shown: String,
}

pub(super) fn shown(problems: &[Problem], files: &[PolicyText]) -> Vec<ProblemBody> {
    let shown = |problem: &Problem| {
        let file = files.iter().find(|file| file.name == problem.file());
        ProblemBody {
            file: problem.file().to_owned(),
            line: problem.line(),
            column: problem.column(),
            width: problem.width(),
            fault: problem.fault().to_owned(),
            mend: problem.mend().to_owned(),
            shown: problem.shown(file.map_or("", |file| file.text.as_str())),
        }
    };
    problems.iter().map(shown).collect()
}
