//! Pages of our own: plain HTML without programs inside, in which every text is escaped.

use crate::reply::Reply;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::CONTENT_SECURITY_POLICY;
use http::{HeaderValue, StatusCode};
use sha2::{Digest, Sha256};
use std::fmt::Write;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:15vh auto;padding:0 1rem;color:#1f272d}\
h1{font-size:1.4rem}label{display:block;margin:.75rem 0}\
input{display:block;box-sizing:border-box;width:100%;padding:.5rem;border:1px solid #92a4b3;border-radius:4px;font:inherit}\
a.way,button{display:block;box-sizing:border-box;width:100%;margin:.75rem 0;padding:.6rem;border:0;border-radius:4px;\
background:#0b6bcb;color:#fff;font:inherit;text-align:center;text-decoration:none;cursor:pointer}";

/// A page to be put together.
pub(crate) struct Page {
    status: StatusCode,
    title: &'static str,
    head: String,
    body: String,
    program: bool,
}

/// What a user name and a password are asked for.
#[derive(Clone, Copy)]
pub(crate) enum Credentials<'a> {
    /// To sign in, and go there then.
    Known {
        /// An address, or nothing.
        next: &'a str,
    },
    /// To make an account.
    New,
}

impl Credentials<'_> {
    fn button(self) -> &'static str {
        match self {
            Credentials::Known { .. } => "Sign in",
            Credentials::New => "Create the account",
        }
    }

    /// What browsers may fill in.
    fn autocomplete(self) -> [&'static str; 2] {
        match self {
            Credentials::Known { .. } => ["username", "current-password"],
            Credentials::New => ["off", "new-password"],
        }
    }
}

impl Page {
    pub(crate) fn new(status: StatusCode, title: &'static str) -> Self {
        Self { status, title, head: String::new(), body: String::new(), program: false }
    }

    /// A paragraph.
    pub(crate) fn text(mut self, text: &str) -> Self {
        let _ = write!(self.body, "<p>{}</p>", escape(text));
        self
    }

    /// A link that looks like a button.
    pub(crate) fn way(mut self, address: &str, text: &str) -> Self {
        let _ = write!(self.body, "<a class=\"way\" href=\"{}\">{}</a>", escape(address), escape(text));
        self
    }

    /// A button that sends an empty form.
    pub(crate) fn button(mut self, address: &str, text: &str) -> Self {
        let (address, text) = (escape(address), escape(text));
        let _ = write!(self.body, "<form method=\"post\" action=\"{address}\"><button>{text}</button></form>");
        self
    }

    /// A form for a user name and a password, which is sent to `address`.
    pub(crate) fn credentials(mut self, address: &str, asks: Credentials<'_>) -> Self {
        let (address, button) = (escape(address), asks.button());
        let _ = write!(self.body, "<form method=\"post\" action=\"{address}\">");
        if let Credentials::Known { next } = asks {
            let _ = write!(self.body, "<input type=\"hidden\" name=\"next\" value=\"{}\">", escape(next));
        }
        let [user, password] = asks.autocomplete();
        let _ = write!(
            self.body,
            "<label>User name<input name=\"username\" autocomplete=\"{user}\" required autofocus></label>\
             <label>Password<input name=\"password\" type=\"password\" autocomplete=\"{password}\" required></label>\
             <button>{button}</button></form>"
        );
        self
    }

    /// Goes on to `address` by itself: at once, or where programs run when the program of the page says so.
    pub(crate) fn onward(mut self, address: &str, waits_for_program: bool) -> Self {
        let go = format!("<meta http-equiv=\"refresh\" content=\"0;url={}\">", escape(address));
        self.head.push_str(&if waits_for_program { format!("<noscript>{go}</noscript>") } else { go });
        self
    }

    /// Lets the program of the page take its only way.
    pub(crate) fn automatic(mut self) -> Self {
        self.head.push_str("<meta name=\"onward\">");
        self
    }

    /// Runs the program at `address`.
    pub(crate) fn program(mut self, address: &str) -> Self {
        let _ = write!(self.head, "<script src=\"{}\" defer></script>", escape(address));
        self.program = true;
        self
    }

    pub(crate) fn reply(self) -> Reply {
        let Self { status, title, head, body, program } = self;
        let html = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
             <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style>{head}</head>\
             <body><h1>{title}</h1>{body}</body></html>\n"
        );
        let script = if program { "; script-src 'self'" } else { "" };
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{}'{script}; base-uri 'none'; frame-ancestors 'none'",
            STANDARD.encode(Sha256::digest(STYLE))
        );
        let reply = Reply::page(status, html);
        match HeaderValue::try_from(policy) {
            Ok(policy) => reply.with_header(CONTENT_SECURITY_POLICY, policy),
            Err(_) => Reply::internal("the policy of a page cannot be written"),
        }
    }
}

/// `text` as HTML shows it, in elements and in quoted attributes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_an_element_or_leaves_its_attribute() {
        let evil = "\"><script>alert('1')</script>&amp;";
        let page = Page::new(StatusCode::OK, "Title").text(evil).way(evil, evil).button(evil, evil).onward(evil, true);
        let page = page.credentials(evil, Credentials::Known { next: evil }).credentials(evil, Credentials::New);
        let html = format!("{}{}", page.head, page.body);
        assert!(!html.contains("<script") && !html.contains("alert('"), "{html}");
        assert_eq!(html.matches("&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;").count(), 9);
    }
}
