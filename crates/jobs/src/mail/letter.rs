//! From a mail in the database to the bytes that a mail server gets (RFC 5322).

use std::time::{Duration, SystemTime};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, SinglePart};
use lettre::{Address, Message};
use store::mail::Mail;

/// Who sends.
#[derive(Clone, Debug)]
pub struct Sender {
    from: Address,
    host: String,
}

impl Sender {
    /// Mail comes from an address, and its `Message-ID` names a host.
    ///
    /// # Errors
    /// When `from` is no mail address; says what is wrong with it.
    pub fn new(from: &str, host: &str) -> Result<Sender, String> {
        Ok(Sender { from: address(from)?, host: host.to_owned() })
    }

    /// The host.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// Names a mail among all mails of the world, the same one each time it is sent. The moment keeps it apart from
    /// the mail of the same number that a restored database sends.
    fn message_id(&self, mail: &Mail) -> String {
        format!("<{}.{}@{}>", mail.id, mail.created.0, self.host)
    }
}

/// Reads a mail address: one, without a name.
///
/// # Errors
/// Says what is wrong with it.
pub fn address(text: &str) -> Result<Address, String> {
    text.parse().map_err(|error| format!("no mail address, {error}"))
}

/// A mail as a mail server gets it.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) from: Address,
    /// All recipients, each once.
    pub(super) to: Vec<Address>,
    /// Headers and text.
    pub(super) bytes: Vec<u8>,
}

impl Letter {
    /// Writes a mail out, which may answer another one.
    ///
    /// # Errors
    /// When it cannot be sent as it is; says why.
    pub(super) fn write(mail: &Mail, sender: &Sender, answered: Option<&Mail>) -> Result<Letter, String> {
        let own = &mail.mail;
        let (to, cc) = (addresses(&own.to)?, addresses(&own.cc)?);
        if to.is_empty() {
            return Err("it has no recipient".to_owned());
        }
        let at = SystemTime::UNIX_EPOCH + Duration::from_micros(mail.created.0.max(0).unsigned_abs());
        let mut message = Message::builder()
            .from(Mailbox::new(None, sender.from.clone()))
            .message_id(Some(sender.message_id(mail)))
            .date(at)
            .subject(one_line(&own.subject))
            .raw_header(auto_submitted());
        for to in &to {
            message = message.to(Mailbox::new(None, to.clone()));
        }
        for cc in &cc {
            message = message.cc(Mailbox::new(None, cc.clone()));
        }
        if let Some(answered) = answered {
            let id = sender.message_id(answered);
            message = message.in_reply_to(id.clone()).references(id);
        }
        let message = message.singlepart(SinglePart::plain(lines(&own.body)));
        let message = message.map_err(|error| format!("it cannot be written, {error}"))?;
        let mut all = Vec::new();
        for address in to.into_iter().chain(cc) {
            if !all.contains(&address) {
                all.push(address);
            }
        }
        let mut bytes = message.formatted();
        // The end of the last line belongs to the end of the mail (RFC 5321, 4.1.1.4).
        if bytes.ends_with(b"\r\n") {
            bytes.truncate(bytes.len() - 2);
        }
        Ok(Letter { from: sender.from.clone(), to: all, bytes })
    }
}

/// No program answers, and no absence note comes back (RFC 3834, 5).
fn auto_submitted() -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned())
}

fn addresses(texts: &[String]) -> Result<Vec<Address>, String> {
    texts.iter().map(|text| address(text).map_err(|why| format!("{text:?} is {why}"))).collect()
}

/// A text whose lines end as lines of texts do: a lone carriage return has no place in a mail (RFC 5322, 2.2).
fn lines(text: &str) -> String {
    text.trim_end().replace("\r\n", "\n").replace('\r', "\n")
}

/// The database holds one line; this keeps a header one whatever it holds.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use model::Time;
    use proptest::prelude::*;
    use store::mail::{MailState, NewMail};

    use super::*;

    fn mail(subject: &str, body: &str) -> Mail {
        Mail {
            id: 12,
            created: Time(1_800_000_000_000_000),
            mail: NewMail {
                kind: "notice".to_owned(),
                to: vec!["ada@one.example".to_owned(), "bob@two.example".to_owned()],
                cc: vec!["ada@one.example".to_owned()],
                subject: subject.to_owned(),
                body: body.to_owned(),
                key: None,
                answers: None,
            },
            state: MailState::Queued,
            attempts: 0,
            next_attempt: Time(0),
            sent: None,
            last_error: None,
        }
    }

    fn sender() -> Sender {
        Sender::new("support@directory.example", "directory.example").expect("an address")
    }

    fn text(mail: &Mail, answered: Option<&Mail>) -> String {
        let letter = Letter::write(mail, &sender(), answered).expect("a letter");
        String::from_utf8(letter.bytes).expect("ASCII")
    }

    /// Names of the headers, and what comes after them.
    fn parts(text: &str) -> (Vec<String>, &str) {
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        let names = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
        (names.map(|line| line.split(':').next().unwrap_or_default().to_lowercase()).collect(), body)
    }

    #[test]
    fn a_letter_has_the_headers_that_mail_needs() {
        let first = Mail { id: 11, created: Time(5), ..mail("", "") };
        let text = text(&mail("Approved", "Hello,\nit is done.\n"), Some(&first));
        for line in [
            "From: support@directory.example\r\n",
            "To: ada@one.example, bob@two.example\r\n",
            "Cc: ada@one.example\r\n",
            "Subject: Approved\r\n",
            "Message-ID: <12.1800000000000000@directory.example>\r\n",
            "Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "In-Reply-To: <11.5@directory.example>\r\n",
            "References: <11.5@directory.example>\r\n",
            "Content-Type: text/plain; charset=utf-8\r\n",
        ] {
            assert!(text.contains(line), "{line:?} in {text}");
        }
        assert!(!text.contains("Return-Path") && text.ends_with("\r\n\r\nHello,\r\nit is done."), "{text}");
    }

    #[test]
    fn every_way_to_end_a_line_is_one() {
        let text = text(&mail("a", "one\rtwo\r\nthree\nfour\r"), None);
        assert!(text.ends_with("\r\n\r\none\r\ntwo\r\nthree\r\nfour"), "{text}");
    }

    #[test]
    fn each_recipient_gets_it_once() {
        let letter = Letter::write(&mail("a", "b"), &sender(), None).expect("a letter");
        let to: Vec<String> = letter.to.iter().map(ToString::to_string).collect();
        assert_eq!(to, ["ada@one.example", "bob@two.example"]);
    }

    #[test]
    fn what_cannot_be_sent_is_told() {
        let write = |to: &[&str]| {
            let mut mail = mail("a", "b");
            mail.mail.to = to.iter().map(|to| (*to).to_owned()).collect();
            Letter::write(&mail, &sender(), None).expect_err("no letter")
        };
        assert_eq!(write(&[]), "it has no recipient");
        for address in
            ["ada", "a@x.example\r\nBcc: b@x.example", "a@x.example, b@x.example", "A <a@x.example>"]
        {
            assert!(write(&[address]).starts_with(&format!("{address:?} is no mail address, ")), "{address}");
        }
    }

    proptest! {
        /// Whatever a subject and a body hold, the headers are those that we write, and the lines are short.
        #[test]
        fn no_text_adds_a_header(subject in "(\\PC|[\r\n\t\u{0}\u{85}\u{2028}:@ ]){0,300}", body in "(\\PC|[\r\n.]){0,500}") {
            let text = text(&mail(&subject, &body), None);
            let (names, _) = parts(&text);
            let mut expected = ["from", "to", "cc", "subject", "message-id", "date", "auto-submitted", "mime-version",
                "content-type", "content-transfer-encoding"].map(str::to_owned).to_vec();
            let mut names = names;
            names.sort();
            expected.sort();
            prop_assert_eq!(names, expected, "{}", text);
            prop_assert!(text.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
            prop_assert!(text.is_ascii());
        }
    }
}
