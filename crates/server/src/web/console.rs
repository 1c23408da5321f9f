//! The console's files: built in, or read from a folder while somebody works on them.

use std::path::{Component, Path, PathBuf};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::chance::to_hex;
use crate::web::App;
use crate::web::failure::Failure;

#[derive(RustEmbed)]
#[folder = "../../console/dist"]
#[allow_missing = true]
struct BuiltIn;

const INDEX: &str = "index.html";
/// Files in here have a hash of their content in their name, so a name never means another content.
const HASHED: &str = "assets/";

/// Where the console's files are.
pub(crate) struct Console {
    dir: Option<PathBuf>,
}

struct Found {
    bytes: Bytes,
    etag: Option<String>,
}

impl Console {
    pub(crate) fn new(dir: Option<PathBuf>) -> Self {
        Self { dir }
    }

    fn find(&self, file: &str) -> Option<Found> {
        match &self.dir {
            Some(dir) => from_folder(dir, file),
            None => {
                let found = BuiltIn::get(file)?;
                let etag = to_hex(&found.metadata.sha256_hash());
                Some(Found { bytes: found.data.into_owned().into(), etag: Some(etag) })
            }
        }
    }
}

fn from_folder(dir: &Path, file: &str) -> Option<Found> {
    let plain = |component: Component<'_>| matches!(component, Component::Normal(_));
    let inside = Path::new(file).components().all(plain);
    let bytes = inside.then(|| std::fs::read(dir.join(file)).ok()).flatten()?;
    Some(Found { bytes: bytes.into(), etag: None })
}

/// Serves one file; `/` is the console itself.
pub(crate) async fn file(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let file = uri.path().trim_start_matches('/');
    let file = if file.is_empty() { INDEX } else { file };
    let found = app.console.find(file).ok_or_else(|| missing(file))?;
    let immutable = found.etag.is_some() && file.starts_with(HASHED);
    let cache = if immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = ([(header::CONTENT_TYPE, kind_of(file))], found.bytes).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Some(etag) = found.etag
        && let Ok(etag) = HeaderValue::from_str(&format!("\"{etag}\""))
    {
        if headers.get(header::IF_NONE_MATCH) == Some(&etag) {
            return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
        }
        response.headers_mut().insert(header::ETAG, etag);
    }
    Ok(response)
}

fn missing(file: &str) -> Failure {
    Failure::not_found(match file {
        INDEX => "the console is not built in; build it, or give its folder by `--console-dir`",
        _ => "there is no such file; the console is at `/`, the API at `/api/v1/`",
    })
}

fn kind_of(file: &str) -> &'static str {
    match file.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "pbf" => "application/x-protobuf",
        "mp3" => "audio/mpeg",
        "wav" => "audio/wav",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_nothing_from_outside_it() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("dist")).unwrap();
        std::fs::write(dir.path().join("secret"), "x").unwrap();
        std::fs::write(dir.path().join("dist/a.js"), "x").unwrap();
        let console = Console::new(Some(dir.path().join("dist")));
        assert!(console.find("a.js").is_some());
        let secret = dir.path().join("secret");
        for outside in ["../secret", "./../secret", secret.to_str().unwrap()] {
            assert!(console.find(outside).is_none(), "{outside}");
        }
    }
}
