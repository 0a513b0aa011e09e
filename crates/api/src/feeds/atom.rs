//! Atom feeds (RFC 4287) of the newest public changes.

use app::App;
use app::feeds::Moment;
use axum::http::header;
use catalog::feed::{Event, EventKind, Filter, Sight};
use model::access::Viewer;
use model::{AnyRecord, Status, Tag, Time};

use super::METHODS;
use crate::answer::Answer;
use crate::request::ApiRequest;

/// Entries of a feed.
const ENTRIES: usize = 50;

const MEDIA_TYPE: &str = "application/atom+xml; charset=utf-8";

/// What a feed is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Everything.
    All,
    /// The records of a type.
    Type(Tag),
    /// A record with what belongs to it.
    Record(Tag, u32),
}

impl Subject {
    /// The subject that a path names: `/changes.atom`, `/changes/net.atom` or `/changes/net/10.atom`.
    pub(crate) fn of(path: &str) -> Option<Subject> {
        let name = path.strip_prefix("/changes")?.strip_suffix(".atom")?;
        if name.is_empty() {
            return Some(Subject::All);
        }
        let name = name.strip_prefix('/')?;
        match name.split_once('/') {
            None => Some(Subject::Type(name.parse().ok()?)),
            Some((tag, id)) => Some(Subject::Record(tag.parse().ok()?, super::cursor::number(id)?)),
        }
    }

    fn path(self) -> String {
        match self {
            Subject::All => "/changes.atom".to_owned(),
            Subject::Type(tag) => format!("/changes/{tag}.atom"),
            Subject::Record(tag, id) => format!("/changes/{tag}/{id}.atom"),
        }
    }

    fn filter(self) -> Filter {
        match self {
            Subject::All => Filter::default(),
            Subject::Type(tag) => Filter { tags: vec![tag], ..Filter::default() },
            Subject::Record(Tag::Org, id) => Filter { org: Some(id), ..Filter::default() },
            Subject::Record(tag, id) => Filter { about: Some((tag, id)), ..Filter::default() },
        }
    }

    fn title(self, moment: &Moment) -> String {
        match self {
            Subject::All => "Changes of the directory".to_owned(),
            Subject::Type(tag) => format!("Changes of the directory: {}", noun(tag)),
            Subject::Record(tag, id) => {
                let name = moment.snapshot.record(tag, id).map(|record| named(moment, record));
                format!("Changes of {}", name.unwrap_or_else(|| format!("{} {id}", noun(tag))))
            }
        }
    }
}

/// Answers with a feed, the same for everybody.
pub(super) fn answer(app: &App, request: &ApiRequest, subject: &Subject) -> Answer {
    if let Some(name) = request.params.names().next() {
        return Answer::problem(400, &format!("Atom feeds have no parameters, and `{name}` was given"));
    }
    let moment = app.moment();
    let viewer = app.public().viewer;
    if let Subject::Record(tag, id) = *subject {
        let record = moment.snapshot.record(tag, id).filter(|record| record.status() == Status::Ok);
        if !record.is_some_and(|record| moment.snapshot.may_read(&viewer, record)) {
            return Answer::problem(404, &format!("There is no {tag} {id} whose changes are public"));
        }
    }
    let text = feed(&app.settings().public_url, &moment, &viewer, *subject);
    Answer::typed(MEDIA_TYPE, text).with(header::ALLOW, METHODS)
}

/// An Atom document.
pub(super) fn feed(base: &str, moment: &Moment, viewer: &Viewer, subject: Subject) -> String {
    let events = moment.journal.newest_events(&moment.snapshot, viewer, &subject.filter(), ENTRIES);
    let updated = events.first().map_or(Time(0), |event| event.at);
    let path = subject.path();
    let mut xml = Xml::default();
    xml.text.push_str(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n",
    );
    xml.element("id", &tag_uri(base, path.trim_start_matches('/')));
    xml.element("title", &subject.title(moment));
    xml.element("updated", &stamp(updated));
    xml.text.push_str("<author>");
    xml.element("name", base.split("://").last().unwrap_or(base));
    xml.text.push_str("</author>\n");
    xml.link("self", "application/atom+xml", &format!("{base}{path}"));
    xml.link("related", "application/json", &format!("{base}/changes"));
    for event in &events {
        entry(base, moment, event, &mut xml);
    }
    xml.text.push_str("</feed>\n");
    xml.text
}

fn entry(base: &str, moment: &Moment, event: &Event, xml: &mut Xml) {
    let Event { tag, id, .. } = *event;
    xml.text.push_str("<entry>\n");
    xml.element("id", &tag_uri(base, &format!("changes/{}/{tag}/{id}", event.position.seq)));
    let (title, summary) = words(moment, event);
    xml.element("title", &title);
    xml.element("updated", &stamp(event.at));
    let record = event.entry.as_ref().map(|entry| entry.record());
    if let Some(page) = record.and_then(|record| page(moment, record)) {
        xml.link("alternate", "text/html", &format!("{base}/{page}"));
    }
    if record.is_some() {
        xml.link("related", "application/json", &format!("{base}/api/{tag}/{id}"));
    }
    let term = tag.as_str();
    xml.text
        .push_str(&format!("<category term=\"{term}\"/>\n<category term=\"{}\"/>\n", event.kind.as_str()));
    xml.element("summary", &summary);
    xml.text.push_str("</entry>\n");
}

/// Title and summary of an entry.
fn words(moment: &Moment, event: &Event) -> (String, String) {
    let what = match &event.entry {
        Some(entry) => named(moment, entry.record()),
        None => format!("{} {}", noun(event.tag), event.id),
    };
    let (verb, summary) = match event.kind {
        EventKind::Enter => ("listed", "is in the directory now"),
        EventKind::Update => ("changed", "has changed"),
        EventKind::Leave => ("no longer listed", "is no longer in the directory"),
        EventKind::Purge => ("removed for good", "was removed for good"),
    };
    (format!("{what}: {verb}"), format!("{what} {summary}."))
}

/// What people call a record.
fn named(moment: &Moment, record: &AnyRecord) -> String {
    let name = |tag: Tag, id: u32| {
        let record = moment.snapshot.record(tag, id).filter(|record| record.status() == Status::Ok);
        let name = record.and_then(|record| record.value("name").as_text().map(str::to_owned));
        name.unwrap_or_else(|| format!("{} {id}", noun(tag)))
    };
    let net = |id| name(Tag::Net, id);
    match record {
        AnyRecord::Net(r) => format!("network {} (AS{})", r.name, r.asn.0),
        AnyRecord::Org(_)
        | AnyRecord::Fac(_)
        | AnyRecord::Ix(_)
        | AnyRecord::Carrier(_)
        | AnyRecord::Campus(_) => format!("{} {}", noun(record.tag()), name(record.tag(), record.id())),
        AnyRecord::Ixlan(r) => format!("peering LAN of {}", name(Tag::Ix, r.ix_id)),
        AnyRecord::Ixpfx(r) => format!("prefix {} of {}", text(record, "prefix"), name(Tag::Ix, r.ixlan_id)),
        AnyRecord::Poc(r) => format!("contact of {}", net(r.net_id)),
        AnyRecord::Netixlan(r) => format!("port of {} at {}", net(r.net_id), name(Tag::Ix, r.ixlan_id)),
        AnyRecord::Netfac(r) => format!("presence of {} at {}", net(r.net_id), name(Tag::Fac, r.fac_id)),
        AnyRecord::Ixfac(r) => {
            format!("presence of {} at {}", name(Tag::Ix, r.ix_id), name(Tag::Fac, r.fac_id))
        }
        AnyRecord::Carrierfac(r) => {
            format!("presence of {} at {}", name(Tag::Carrier, r.carrier_id), name(Tag::Fac, r.fac_id))
        }
    }
}

fn text(record: &AnyRecord, field: &str) -> String {
    let Some(field) = record.tag().table().field(field) else { return String::new() };
    let mut text = String::new();
    field.write_json(&record.value(field.name), &mut text);
    text.trim_matches('"').to_owned()
}

const fn noun(tag: Tag) -> &'static str {
    match tag {
        Tag::Org => "organization",
        Tag::Campus => "campus",
        Tag::Fac => "facility",
        Tag::Ix => "exchange",
        Tag::Ixlan => "peering LAN",
        Tag::Ixpfx => "prefix",
        Tag::Net => "network",
        Tag::Poc => "contact",
        Tag::Carrier => "carrier",
        Tag::Carrierfac => "carrier presence",
        Tag::Netfac => "network presence",
        Tag::Ixfac => "exchange presence",
        Tag::Netixlan => "port",
    }
}

/// The path of the page that shows a record: its own, or that of what it is a part of.
fn page(moment: &Moment, record: &AnyRecord) -> Option<String> {
    let tag = record.tag();
    match tag {
        Tag::Org | Tag::Campus | Tag::Fac | Tag::Ix | Tag::Net | Tag::Carrier => {
            Some(format!("{tag}/{}", record.id()))
        }
        Tag::Ixlan | Tag::Ixpfx | Tag::Poc | Tag::Carrierfac | Tag::Netfac | Tag::Ixfac | Tag::Netixlan => {
            let parent = Sight::parent_tag(tag)?;
            Some(format!("{parent}/{}", moment.snapshot.sight(record).parent))
        }
    }
}

/// A name that stays, whatever the address of the feed becomes (RFC 4151).
fn tag_uri(base: &str, rest: &str) -> String {
    let authority = base.split("://").last().unwrap_or(base);
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    format!("tag:{},2026:{rest}", host.trim_matches(['[', ']']))
}

fn stamp(time: Time) -> String {
    let mut text = String::new();
    time.write(&mut text);
    text
}

/// Writes XML: what comes from records is escaped here and nowhere else.
#[derive(Debug, Default)]
struct Xml {
    text: String,
}

impl Xml {
    fn element(&mut self, name: &str, content: &str) {
        self.text.push_str(&format!("<{name}>"));
        self.escaped(content);
        self.text.push_str(&format!("</{name}>\n"));
    }

    fn link(&mut self, rel: &str, kind: &str, href: &str) {
        self.text.push_str(&format!("<link rel=\"{rel}\" type=\"{kind}\" href=\""));
        self.escaped(href);
        self.text.push_str("\"/>\n");
    }

    /// Appends a text so that it means itself in content and in attributes. Characters that XML 1.0 has no way to
    /// write become the replacement character.
    fn escaped(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\t' | '\n' | '\r' => self.text.push_str(&format!("&#{};", u32::from(c))),
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => self.text.push('\u{fffd}'),
                c => self.text.push(c),
            }
        }
    }
}
