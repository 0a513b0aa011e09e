//! A mail server for tests: it keeps what it gets, and misbehaves on demand.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How the server behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manner {
    /// It takes everything.
    #[default]
    Well,
    /// It greets with this line.
    Greets(&'static str),
    /// It accepts connections and says nothing.
    Silent,
    /// It answers senders with this line.
    AnswersSender(&'static str),
    /// It answers recipients whose address contains the first text with the second.
    AnswersRecipient(&'static str, &'static str),
    /// It answers the end of a mail with this line, and keeps the mail.
    AnswersMail(&'static str),
    /// It keeps the mail and says nothing.
    KeepsSilentAtMail,
    /// It keeps the mail and closes the connection.
    VanishesAtMail,
    /// It closes the connection when a mail is announced.
    VanishesAtData,
    /// It takes so many mails on a connection, answers the sender of the next one with this line, and closes it.
    TakesNoMoreThan(usize, &'static str),
}

/// A mail that the server got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// The sender that was announced.
    pub from: String,
    /// The recipients that were taken.
    pub to: Vec<String>,
    /// Headers and text, with its dots as they were written.
    pub text: String,
}

#[derive(Debug, Default)]
struct State {
    manner: Manner,
    received: Vec<Received>,
    connections: usize,
}

/// A mail server.
#[derive(Debug)]
pub struct SmtpFake {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl SmtpFake {
    /// Starts a server on a free port of this machine.
    ///
    /// # Panics
    /// When there is none.
    pub async fn start() -> SmtpFake {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let state = Arc::new(Mutex::new(State::default()));
        let own = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                lock(&own).connections += 1;
                // Clients hang up as they like.
                tokio::spawn(converse(stream, Arc::clone(&own)));
            }
        });
        SmtpFake { address, state, task }
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Lets it behave otherwise from the next command on.
    pub fn behave(&self, manner: Manner) {
        lock(&self.state).manner = manner;
    }

    /// The mails that it got, in their order.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.state).received.clone()
    }

    /// How often somebody connected.
    pub fn connections(&self) -> usize {
        lock(&self.state).connections
    }
}

impl Drop for SmtpFake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What comes next.
enum Next {
    Say(String),
    Nothing,
    HangUp,
    /// Says a last line.
    Leave(&'static str),
}

fn say(line: &str) -> Next {
    Next::Say(line.to_owned())
}

async fn converse(stream: TcpStream, state: Arc<Mutex<State>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let greeting = match lock(&state).manner {
        Manner::Silent => None,
        Manner::Greets(line) => Some(line),
        _ => Some("220 fake.example ESMTP"),
    };
    if let Some(line) = greeting {
        stream.write_all(format!("{line}\r\n").as_bytes()).await?;
    }
    let mut mail = Received::default();
    let (mut is_text, mut taken) = (false, 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let next = if !is_text {
            is_text = line.starts_with("DATA") && lock(&state).manner != Manner::VanishesAtData;
            command(line.trim_end(), &mut mail, taken, &state)
        } else if line == ".\r\n" {
            (is_text, taken) = (false, taken + 1);
            let mail = std::mem::take(&mut mail);
            end_of_mail(mail, &state)
        } else {
            mail.text.push_str(line.strip_prefix('.').unwrap_or(&line));
            Next::Nothing
        };
        match next {
            Next::Say(line) => stream.write_all(format!("{line}\r\n").as_bytes()).await?,
            Next::Nothing => {}
            Next::HangUp => return Ok(()),
            Next::Leave(line) => return stream.write_all(format!("{line}\r\n").as_bytes()).await,
        }
    }
}

/// Answers a command on a connection on which so many mails were taken.
fn command(line: &str, mail: &mut Received, taken: usize, state: &Mutex<State>) -> Next {
    let manner = lock(state).manner;
    let argument = || line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
    match (line.get(..4).unwrap_or_default(), manner) {
        ("EHLO", _) => say("250-fake.example\r\n250 8BITMIME"),
        ("MAIL", Manner::AnswersSender(answer)) => say(answer),
        ("MAIL", Manner::TakesNoMoreThan(most, answer)) if taken >= most => Next::Leave(answer),
        ("MAIL", _) => {
            *mail = Received { from: argument(), ..Received::default() };
            say("250 OK")
        }
        ("RCPT", Manner::AnswersRecipient(part, answer)) if line.contains(part) => say(answer),
        ("RCPT", _) => {
            mail.to.push(argument());
            say("250 OK")
        }
        ("DATA", Manner::VanishesAtData) => Next::HangUp,
        ("DATA", _) => say("354 go on"),
        ("QUIT", _) => say("221 bye"),
        _ => say("502 unknown"),
    }
}

fn end_of_mail(mail: Received, state: &Mutex<State>) -> Next {
    let mut state = lock(state);
    state.received.push(mail);
    match state.manner {
        Manner::AnswersMail(answer) => say(answer),
        Manner::KeepsSilentAtMail => Next::Nothing,
        Manner::VanishesAtMail => Next::HangUp,
        _ => say("250 taken"),
    }
}
