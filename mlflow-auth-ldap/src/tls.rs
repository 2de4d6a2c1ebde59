//! Whom to trust with a password.

use crate::settings::InvalidLdapSettings;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::sync::Arc;

/// What is said about certificates.
pub(crate) struct Trust<'a> {
    /// Authorities: the name of a PEM file, PEM itself, or base64 of that; those of the operating system if empty.
    pub(crate) authorities: &'a str,
    /// Whether a certificate that does not fit ends it.
    pub(crate) verify: bool,
    /// Files with a certificate of our own and its key, both empty for none.
    pub(crate) certificate: &'a str,
    pub(crate) key: &'a str,
}

impl Trust<'_> {
    /// How TLS is made.
    pub(crate) fn config(&self) -> Result<Arc<ClientConfig>, InvalidLdapSettings> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let broken = |error: rustls::Error| InvalidLdapSettings::new("LDAP_CA", error.to_string());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider));
        let builder = builder.with_safe_default_protocol_versions().map_err(broken)?.dangerous();
        let verifier: Arc<dyn ServerCertVerifier> = match self.verify {
            false => Arc::new(Anybody(provider)),
            true => {
                let roots = Arc::new(self.roots()?);
                let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider).build();
                verifier.map_err(|error| InvalidLdapSettings::new("LDAP_CA", error.to_string()))?
            }
        };
        let builder = builder.with_custom_certificate_verifier(verifier);
        Ok(Arc::new(match self.identity()? {
            None => builder.with_no_client_auth(),
            Some((chain, key)) => builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| InvalidLdapSettings::new("LDAP_CLIENT_CERT", error.to_string()))?,
        }))
    }

    fn roots(&self) -> Result<RootCertStore, InvalidLdapSettings> {
        let mut roots = RootCertStore::empty();
        let wrong = |problem: String| InvalidLdapSettings::new("LDAP_CA", problem);
        if self.authorities.is_empty() {
            let found = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(found.certs);
            return match roots.is_empty() {
                true => Err(wrong("the operating system has no authorities, and none are given".to_owned())),
                false => Ok(roots),
            };
        }
        let pem = pem_of(self.authorities)?;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate =
                certificate.map_err(|error| wrong(format!("it holds PEM that cannot be read: {error}")))?;
            roots.add(certificate).map_err(|error| wrong(format!("it holds no certificate: {error}")))?;
        }
        match roots.is_empty() {
            true => Err(wrong("it holds no certificate".to_owned())),
            false => Ok(roots),
        }
    }

    fn identity(&self) -> Result<Option<Identity>, InvalidLdapSettings> {
        match (self.certificate, self.key) {
            ("", "") => Ok(None),
            (_, "") => Err(InvalidLdapSettings::new("LDAP_CLIENT_KEY", "a client certificate needs its key")),
            ("", _) => Err(InvalidLdapSettings::new("LDAP_CLIENT_CERT", "a client key needs its certificate")),
            (certificate, key) => {
                let wrong = |name, file: &str, error: rustls::pki_types::pem::Error| {
                    InvalidLdapSettings::new(name, format!("`{file}` cannot be read: {error}"))
                };
                let chain: Result<Vec<_>, _> =
                    CertificateDer::pem_file_iter(certificate).and_then(|certificates| certificates.collect());
                let chain = chain.map_err(|error| wrong("LDAP_CLIENT_CERT", certificate, error))?;
                let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong("LDAP_CLIENT_KEY", key, error))?;
                Ok(Some((chain, secret)))
            }
        }
    }
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// The PEM text that `value` is, names or encodes.
fn pem_of(value: &str) -> Result<Vec<u8>, InvalidLdapSettings> {
    if value.contains("-----BEGIN") {
        return Ok(value.as_bytes().to_vec());
    }
    let compact: String = value.split_ascii_whitespace().collect();
    match STANDARD.decode(&compact) {
        Ok(pem) if pem.starts_with(b"-----BEGIN") => Ok(pem),
        _ => std::fs::read(value)
            .map_err(|error| InvalidLdapSettings::new("LDAP_CA", format!("`{value}` cannot be read: {error}"))),
    }
}

/// Trusts whoever answers.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
