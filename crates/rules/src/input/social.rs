//! Social media entries (data-model specification, 10.9).

use std::borrow::Cow;

use model::{SocialLink, Value, choices};
use serde_json::{Map, Value as Json};

use super::spelling::{as_text, is_blank, type_name};
use super::{phone, text, texts, url};
use crate::message::Message;
use crate::rejection::{GENERAL, Said};

/// Faults of one entry, by the name of the part.
type Faults = Vec<(&'static str, Message)>;

/// A list of objects with a service and an identifier.
pub(super) fn read(json: &Json) -> Result<Value<'static>, Said> {
    let list = match json {
        Json::Null => return Err(Said::List(vec![texts::NOT_NULL.plain()])),
        Json::Array(list) => list,
        _ => return Err(Said::General(texts::NOT_A_LIST.with([("type", &type_name(json))]))),
    };
    // Each service may stand in it once; what is longer is not worth a look at every entry.
    if list.len() > choices::SOCIAL_SERVICES.len() {
        return Err(Said::General(texts::SERVICE_TWICE.plain()));
    }
    let mut links = Vec::with_capacity(list.len());
    let mut faults: Vec<Faults> = Vec::with_capacity(list.len());
    for json in list {
        match entry(json) {
            Ok(link) => {
                links.push(link);
                faults.push(Vec::new());
            }
            Err(wrong) => faults.push(wrong),
        }
    }
    match faults.iter().all(Vec::is_empty) {
        true => Ok(Value::Social(Cow::Owned(links))),
        false => Err(Said::Entries(faults)),
    }
}

fn entry(json: &Json) -> Result<SocialLink, Faults> {
    let Some(object) = json.as_object() else {
        return Err(vec![(GENERAL, texts::NOT_AN_OBJECT.with([("type", &type_name(json))]))]);
    };
    let service = part(object, "service").and_then(service);
    let identifier = part(object, "identifier").and_then(identifier);
    match (service, identifier) {
        (Ok(service), Ok(identifier)) => Ok(SocialLink { service, identifier }),
        (service, identifier) => {
            let service = service.err().map(|message| ("service", message));
            let identifier = identifier.err().map(|message| ("identifier", message));
            Err(service.into_iter().chain(identifier).collect())
        }
    }
}

fn part<'a>(object: &'a Map<String, Json>, key: &str) -> Result<&'a Json, Message> {
    match object.get(key) {
        None => Err(texts::REQUIRED.plain()),
        Some(Json::Null) => Err(texts::NOT_NULL.plain()),
        Some(json) => Ok(json),
    }
}

fn service(json: &Json) -> Result<Box<str>, Message> {
    let word = as_text(json);
    match choices::SOCIAL_SERVICES.contains(&&*word) {
        true => Ok(word.into()),
        false => Err(texts::NOT_A_CHOICE.with([("value", &word)])),
    }
}

fn identifier(json: &Json) -> Result<Box<str>, Message> {
    let text = text::trimmed(json)?;
    match text::faults(&text, 0).pop() {
        _ if text.is_empty() => Err(texts::NOT_BLANK.plain()),
        Some(fault) => Err(fault),
        None => Ok(text.into()),
    }
}

/// What the services demand of their identifiers: each service once, and names as it gives them to its members.
///
/// # Errors
/// The first rule that is broken.
pub fn rules(links: &[SocialLink]) -> Result<(), Message> {
    let is_again =
        |(n, link): (usize, &SocialLink)| links.iter().take(n).any(|other| other.service == link.service);
    if links.iter().enumerate().any(is_again) {
        return Err(texts::SERVICE_TWICE.plain());
    }
    links.iter().try_for_each(rule)
}

fn rule(link: &SocialLink) -> Result<(), Message> {
    let name = &*link.identifier;
    let fits = match &*link.service {
        "website" | "mastodon" | "qq" => {
            return match is_web_url(name) {
                true => Ok(()),
                false => Err(texts::NOT_A_PROFILE_URL.with([("service", &link.service)])),
            };
        }
        "whatsapp" => phone::normalize(name, None).is_ok(),
        "x" => fits(name, 4..=15, "_"),
        "instagram" | "threads" => fits(name, 1..=30, "._") && dots_stand_between(name),
        "facebook" => fits(name, 5..=usize::MAX, ".") && dots_stand_between(name),
        "youtube" => fits(name, 3..=30, "._") && dots_stand_between(name),
        "tiktok" => fits(name, 2..=24, "._"),
        "linkedin" => fits(name, 5..=100, "-"),
        "pinterest" => fits(name, 3..=30, "_-"),
        "reddit" => fits(name, 3..=20, "_"),
        "snapchat" => fits(name, 3..=15, "-"),
        "telegram" => fits(name, 5..=32, "_"),
        "bluesky" => fits(name, 1..=32, "-") && is_label(name),
        "douyin" | "kuaishou" | "weibo" => fits(name, 4..=30, "._-"),
        // WeChat, whose names are free.
        _ => true,
    };
    match fits {
        true => Ok(()),
        false => Err(texts::NOT_A_PROFILE.with([("identifier", &name), ("service", &link.service)])),
    }
}

/// Letters and digits of ASCII and these marks, in this number.
fn fits(name: &str, length: std::ops::RangeInclusive<usize>, marks: &str) -> bool {
    length.contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || marks.contains(c))
}

fn dots_stand_between(name: &str) -> bool {
    !name.starts_with('.') && !name.ends_with('.') && !name.contains("..")
}

fn is_label(name: &str) -> bool {
    !name.starts_with('-') && !name.ends_with('-') && !name.contains("--")
}

/// A URL of the web with a host, which may be any name.
fn is_web_url(text: &str) -> bool {
    let is_web = |url: ::url::Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    let has_authority =
        text.split_once("://").is_some_and(|(_, rest)| !rest.starts_with(['/', '?', '#', '\\']));
    url::is_url(text, &["http", "https"])
        || (has_authority && !text.contains(is_blank) && ::url::Url::parse(text).is_ok_and(is_web))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn codes(json: Json) -> Said {
        read(&json).expect_err("is refused")
    }

    #[test]
    fn entries_have_a_service_and_an_identifier() {
        let list = json!([{"service": "x", "identifier": " newthing ", "extra": 1}, {"service": "qq", "identifier": 5}]);
        let Ok(Value::Social(links)) = read(&list) else { panic!("is accepted") };
        let parts: Vec<(&str, &str)> = links.iter().map(|link| (&*link.service, &*link.identifier)).collect();
        assert_eq!(parts, [("x", "newthing"), ("qq", "5")]);
        assert_eq!(codes(json!(null)), Said::List(vec![texts::NOT_NULL.plain()]));
        assert_eq!(codes(json!("x")), Said::General(texts::NOT_A_LIST.with([("type", &"str")])));
        assert_eq!(codes(json!({})), Said::General(texts::NOT_A_LIST.with([("type", &"dict")])));
        let unknown = texts::NOT_A_CHOICE.with([("value", &"nosuch")]);
        assert_eq!(
            codes(json!([
                {"service": "nosuch", "identifier": "x"},
                {"service": "x", "identifier": "abcd"},
                {"service": "x"},
                {"identifier": ""},
                5
            ])),
            Said::Entries(vec![
                vec![("service", unknown)],
                vec![],
                vec![("identifier", texts::REQUIRED.plain())],
                vec![("service", texts::REQUIRED.plain()), ("identifier", texts::NOT_BLANK.plain())],
                vec![(GENERAL, texts::NOT_AN_OBJECT.with([("type", &"int")]))],
            ])
        );
    }

    #[test]
    fn a_list_that_is_too_long_is_refused_without_a_look_at_its_entries() {
        let all: Vec<Json> = choices::SOCIAL_SERVICES
            .iter()
            .map(|service| json!({ "service": service, "identifier": "x" }))
            .collect();
        assert!(read(&Json::Array(all.clone())).is_ok(), "each service may stand in it once");
        let twice = Said::General(texts::SERVICE_TWICE.plain());
        for more in [json!({ "service": "x", "identifier": "x" }), json!({ "service": "nosuch" }), json!(5)] {
            let mut list = all.clone();
            list.push(more);
            assert_eq!(codes(Json::Array(list)), twice);
        }
        let broken = vec![json!({ "service": "nosuch" }); 100_000];
        assert_eq!(codes(Json::Array(broken)), twice, "one text, and not one for each entry");
    }

    fn link(service: &str, identifier: &str) -> SocialLink {
        SocialLink { service: service.into(), identifier: identifier.into() }
    }

    #[test]
    fn every_service_has_its_rule() {
        for (service, good, bad) in [
            (
                "website",
                &["https://new.example.net", "http://host/x"][..],
                &["nourl", "ftp://a.example", "http://"][..],
            ),
            ("mastodon", &["https://social.example/@a"], &["@a@social.example"]),
            ("qq", &["https://qq.example/1"], &["12345", "https:///x"]),
            ("whatsapp", &["+12065550100"], &["12065550100", "name"]),
            ("wechat", &["any thing"], &[]),
            ("x", &["abcd", "newthing", "A_1234567890123"], &["abc", "a b c", "a.bcd", "a234567890123456"]),
            ("instagram", &["a", "a.b_c"], &[".a", "a.", "a..b", "a-b"]),
            ("threads", &["a", "a.b_c"], &[".a", "a.", "a..b", "a-b"]),
            ("facebook", &["abcde", "ab.cde"], &["abcd", "a..bcd", ".abcd", "https://facebook.com/foo"]),
            ("youtube", &["abc", "a.b"], &["ab", "@chan", "a..b"]),
            ("tiktok", &["ab", ".a", "a..b"], &["a", "a-b"]),
            ("linkedin", &["abcde", "a-company"], &["co", "a_company"]),
            ("pinterest", &["abc", "a_-"], &["ab", "a.b"]),
            ("reddit", &["a_b"], &["ab", "a-b"]),
            ("snapchat", &["a-b"], &["ab", "a_b"]),
            ("telegram", &["abcd_"], &["abcd", "ab-cd"]),
            ("bluesky", &["a", "cfn1", "a-b"], &["-a", "a-", "a--b", "a.bsky.social"]),
            ("douyin", &["a._-"], &["abc"]),
            ("kuaishou", &["a._-"], &["abc"]),
            ("weibo", &["a._-"], &["abc", "a/bc"]),
        ] {
            assert!(choices::SOCIAL_SERVICES.contains(&service), "{service}");
            for name in good {
                assert_eq!(rules(&[link(service, name)]), Ok(()), "{service} {name}");
            }
            for name in bad {
                assert!(rules(&[link(service, name)]).is_err(), "{service} {name}");
            }
        }
        let twice = rules(&[link("x", "a"), link("x", "abcd")]);
        assert_eq!(twice, Err(texts::SERVICE_TWICE.plain()));
    }
}
