//! Passwords.
/// x
#[derive(Debug)]
pub struct PasswordAuthenticator;
/// y
#[derive(Debug)]
pub struct PasswordSettings;
