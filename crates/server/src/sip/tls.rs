//! TLS for SIP: certificates from files, the provider named and not assumed.

use std::path::Path;
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::settings::TlsFiles;

/// Both directions of TLS.
#[derive(Clone)]
pub(super) struct Tls {
    pub acceptor: TlsAcceptor,
    pub connector: TlsConnector,
}

impl Tls {
    /// Reads certificate, key and trusted roots. A peer that connects must show a certificate of
    /// one of the roots, if the settings say so; one that we connect to always must.
    ///
    /// # Errors
    /// A file cannot be read, or holds nothing of the kind; the text names it and the mend.
    pub fn open(files: &TlsFiles) -> Result<Self, String> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let chain = certificates(&files.certificate)?;
        let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| {
            let file = files.key.display();
            format!("`{file}` holds no private key in PEM: {error}; give the certificate's own key")
        })?;
        let roots = Arc::new(roots(&files.trusted)?);
        let server = server(files, &provider, &roots)?;
        let server = server.with_single_cert(chain.clone(), key.clone_key()).map_err(|error| {
            let file = files.certificate.display();
            format!("certificate `{file}` and its key do not fit: {error}")
        })?;
        let client = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            // The border function knows us by the certificate that we show.
            .with_client_auth_cert(chain, key)
            .map_err(|error| error.to_string())?;
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(server)),
            connector: TlsConnector::from(Arc::new(client)),
        })
    }
}

fn server(
    files: &TlsFiles,
    provider: &Arc<CryptoProvider>,
    roots: &Arc<RootCertStore>,
) -> Result<rustls::ConfigBuilder<ServerConfig, rustls::server::WantsServerCert>, String> {
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    if !files.peers_show_certificates {
        return Ok(builder.with_no_client_auth());
    }
    let verifier =
        WebPkiClientVerifier::builder_with_provider(roots.clone(), provider.clone()).build();
    let verifier = verifier
        .map_err(|error| format!("`{}` cannot verify peers: {error}", files.trusted.display()))?;
    Ok(builder.with_client_cert_verifier(verifier))
}

/// The name by which a peer's certificate is checked.
pub(super) fn server_name(host: &str) -> Result<ServerName<'static>, String> {
    ServerName::try_from(host.to_owned()).map_err(|error| format!("`{host}`: {error}"))
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let unreadable = |error: &dyn std::fmt::Display| {
        format!(
            "`{}` holds no certificate in PEM: {error}; give a certificate file",
            file.display()
        )
    };
    let read = CertificateDer::pem_file_iter(file).map_err(|error| unreadable(&error))?;
    let read: Result<Vec<_>, _> = read.collect();
    let chain = read.map_err(|error| unreadable(&error))?;
    if chain.is_empty() {
        return Err(unreadable(&"it is empty"));
    }
    Ok(chain)
}

pub(super) fn roots(file: &Path) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file)? {
        roots.add(certificate).map_err(|error| {
            format!("a certificate of `{}` is none to trust: {error}", file.display())
        })?;
    }
    Ok(roots)
}
