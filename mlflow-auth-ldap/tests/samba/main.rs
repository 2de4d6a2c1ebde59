//! Against Samba as a domain controller of Active Directory, on an address of loopback of its own. It is started once for
//! all tests and ends with them. It takes root, for its ports are fixed.

#![cfg(test)]

#[path = "../directory/certificates.rs"]
#[allow(dead_code, reason = "shared with the tests against OpenLDAP")]
mod certificates;
mod people;
mod server;
mod sign_in;
