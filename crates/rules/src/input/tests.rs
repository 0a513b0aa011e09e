//! What is read for every kind of field, and that nothing that clients send does harm.

use model::{AnyRecord, Degrees, Field, Kind, MultiChoice, Tag, Value, choices};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;

fn field(tag: Tag, name: &str) -> &'static Field {
    tag.table().field(name).expect("the field exists")
}

fn accepts(tag: Tag, name: &str, json: Json, value: Value<'_>) {
    let read = read(field(tag, name), &json);
    assert_eq!(read, Ok(value.into_owned()), "{tag}.{name} {json}");
}

fn refuses(tag: Tag, name: &str, json: Json, sentences: &[&str]) {
    let said = match read(field(tag, name), &json) {
        Err(Said::List(list)) => list.iter().map(Message::to_string).collect::<Vec<_>>(),
        other => panic!("{tag}.{name} {json}: {other:?}"),
    };
    assert_eq!(said, sentences, "{tag}.{name} {json}");
}

const NOT_NULL: &str = "This field may not be null.";
const NOT_BLANK: &str = "This field may not be blank.";

#[test]
fn texts_are_trimmed_and_limited() {
    for (name, json, text) in [
        ("name", json!("  padded  "), "padded"),
        ("name", json!(123), "123"),
        ("name", json!(1.0), "1.0"),
        ("name", json!("tab\there"), "tab\there"),
        ("name", json!("new\nline"), "new\nline"),
        ("name", json!("Ünïcödé ✓ 漢字"), "Ünïcödé ✓ 漢字"),
        ("name", json!("\u{200b}zero"), "\u{200b}zero"),
        ("aka", json!("double  space"), "double  space"),
        ("aka", json!(" "), ""),
        ("notes", json!("\r\n text"), "text"),
    ] {
        accepts(Tag::Org, name, json, Value::text(text));
    }
    accepts(Tag::Org, "name", json!("é".repeat(255)), Value::text(&"é".repeat(255)));
    accepts(Tag::Org, "notes", json!("x".repeat(70_000)), Value::text(&"x".repeat(70_000)));
    for json in [json!(true), json!(["a"]), json!({"a": 1})] {
        refuses(Tag::Org, "name", json, &["Not a valid string."]);
    }
    refuses(Tag::Org, "name", json!(null), &[NOT_NULL]);
    refuses(Tag::Org, "name", json!("\t"), &[NOT_BLANK]);
    refuses(Tag::Ix, "city", json!(""), &[NOT_BLANK]);
    refuses(Tag::Fac, "address1", json!(""), &[NOT_BLANK]);
    refuses(
        Tag::Org,
        "name",
        json!("é".repeat(256)),
        &["Ensure this field has no more than 255 characters."],
    );
    refuses(Tag::Org, "aka", json!("a\0b"), &["Null characters are not allowed."]);
    let gaps = "Name cannot contain consecutive whitespace characters.";
    refuses(Tag::Org, "name", json!("double  space"), &[gaps]);
    refuses(Tag::Ixlan, "name", json!("a \t b"), &[gaps]);
    accepts(Tag::Campus, "aka", json!(null), Value::Null);
    accepts(Tag::Campus, "aka", json!(""), Value::text(""));
    refuses(Tag::Org, "aka", json!(null), &[NOT_NULL]);
}

#[test]
fn urls_and_mail_addresses_have_their_form() {
    let not_a_url = "Enter a valid URL.";
    accepts(Tag::Org, "website", json!(" https://a.example/ "), Value::text("https://a.example/"));
    accepts(Tag::Net, "website", json!(""), Value::text(""));
    accepts(Tag::Net, "status_dashboard", json!(null), Value::Null);
    accepts(Tag::Net, "status_dashboard", json!(""), Value::text(""));
    accepts(
        Tag::Net,
        "looking_glass",
        json!("telnet://x.example.net"),
        Value::text("telnet://x.example.net"),
    );
    refuses(Tag::Net, "looking_glass", json!("ftp://x.example.net"), &[not_a_url]);
    refuses(Tag::Net, "policy_url", json!("telnet://x.example.net"), &[not_a_url]);
    refuses(Tag::Org, "website", json!(null), &[NOT_NULL]);
    refuses(Tag::Org, "website", json!(5), &[not_a_url]);
    refuses(Tag::Org, "website", json!([]), &["Not a valid string."]);
    let long = format!("https://{}", "a".repeat(260));
    let too_long = "Ensure this field has no more than 255 characters.";
    refuses(Tag::Org, "website", json!(long), &[too_long, not_a_url]);

    let not_an_email = "Enter a valid email address.";
    accepts(Tag::Fac, "tech_email", json!(" a@example.net "), Value::text("a@example.net"));
    accepts(Tag::Fac, "tech_email", json!(""), Value::text(""));
    refuses(Tag::Ix, "tech_email", json!(""), &[NOT_BLANK]);
    refuses(Tag::Fac, "tech_email", json!("a@b"), &[not_an_email]);
    let long = format!("{}@example.net", "a".repeat(300));
    refuses(Tag::Fac, "tech_email", json!(long), &["Ensure this field has no more than 254 characters."]);
}

#[test]
fn booleans_have_many_spellings() {
    for yes in [
        json!(true),
        json!(1),
        json!(1.0),
        json!("true"),
        json!("True"),
        json!("yes"),
        json!("on"),
        json!("T"),
    ] {
        accepts(Tag::Net, "info_ipv6", yes, Value::Bool(true));
    }
    for no in [json!(false), json!(0), json!("False"), json!("no"), json!("off"), json!("0")] {
        accepts(Tag::Net, "info_ipv6", no, Value::Bool(false));
    }
    for json in [json!(""), json!("abc"), json!(2), json!([]), json!({}), json!("null")] {
        refuses(Tag::Net, "info_ipv6", json, &["Must be a valid boolean."]);
    }
    refuses(Tag::Net, "info_ipv6", json!(null), &[NOT_NULL]);
    for json in [json!(null), json!(""), json!("null")] {
        accepts(Tag::Fac, "diverse_serving_substations", json, Value::Null);
    }
}

#[test]
fn integers_are_whole_and_not_negative() {
    let not_an_integer = "A valid integer is required.";
    for json in [json!(12), json!("12"), json!(" 12 "), json!("12.0"), json!(12.0), json!("+12")] {
        accepts(Tag::Netixlan, "speed", json, Value::Int(12));
    }
    for json in [
        json!(""),
        json!("abc"),
        json!(1.5),
        json!(true),
        json!([1]),
        json!("1_0"),
        json!("1e3"),
        json!(".0"),
    ] {
        refuses(Tag::Netixlan, "speed", json, &[not_an_integer]);
    }
    refuses(Tag::Netixlan, "speed", json!(null), &[NOT_NULL]);
    refuses(Tag::Netixlan, "speed", json!(-1), &["Ensure this value is greater than or equal to 0."]);
    for json in [json!(9_223_372_036_854_775_808_u64), json!("9".repeat(400)), json!(4_294_967_296_u64)] {
        refuses(Tag::Netixlan, "speed", json, &["Ensure this value is less than or equal to 4294967295."]);
    }
    accepts(Tag::Ixlan, "rs_asn", json!(null), Value::Null);
    refuses(Tag::Ixlan, "rs_asn", json!(""), &[not_an_integer]);
    accepts(Tag::Net, "info_prefixes4", json!(""), Value::Null);
    refuses(Tag::Net, "info_prefixes4", json!("-1"), &["Negative value not allowed"]);
    let largest = json!(9_223_372_036_854_775_808_u64);
    refuses(Tag::Net, "info_prefixes6", largest, &["Maximum value allowed 180000"]);
    accepts(Tag::Ixlan, "mtu", json!("9000"), Value::Int(9000));
    refuses(Tag::Ixlan, "mtu", json!(""), &["\"\" is not a valid choice."]);
    refuses(Tag::Ixlan, "mtu", json!(5), &["\"5\" is not a valid choice."]);
    refuses(Tag::Ixlan, "mtu", json!(true), &["\"True\" is not a valid choice."]);
    refuses(Tag::Ixlan, "mtu", json!([1]), &["\"[1]\" is not a valid choice."]);
}

#[test]
fn bounds_are_apart_from_reading() {
    let said = |tag, name, number| {
        number::bounds(field(tag, name), &Value::Int(number)).map_err(|message| message.to_string())
    };
    for number in [0, 50, 5_000_000] {
        assert_eq!(said(Tag::Netixlan, "speed", number), Ok(()), "{number}");
    }
    assert_eq!(said(Tag::Netixlan, "speed", 49), Err("Minimum speed: 50M".to_owned()));
    assert_eq!(said(Tag::Netixlan, "speed", 5_000_001), Err("Maximum speed: 5T".to_owned()));
    assert_eq!(said(Tag::Net, "info_prefixes4", 1_200_000), Ok(()));
    assert_eq!(said(Tag::Net, "info_prefixes4", 1_200_001), Err("Maximum value allowed 1200000".to_owned()));
    assert_eq!(number::bounds(field(Tag::Net, "info_prefixes4"), &Value::Null), Ok(()));
}

#[test]
fn as_numbers_may_say_that_they_are() {
    for json in [json!("AS64500"), json!("asn64500"), json!("64500"), json!(64_500), json!(" As64500 ")] {
        accepts(Tag::Net, "asn", json, Value::Int(64_500));
    }
    let invalid = "ASN contains invalid value";
    for json in
        [json!(null), json!(""), json!("abc"), json!(-1), json!(1.5), json!(true), json!([1]), json!("AS 5")]
    {
        refuses(Tag::Net, "asn", json, &[invalid]);
    }
    let large = json!(9_223_372_036_854_775_808_u64);
    refuses(Tag::Net, "asn", large, &["Ensure this value is less than or equal to 4294967295."]);
}

#[test]
fn coordinates_lie_on_the_globe() {
    let berlin = Value::Degrees(Degrees(52_500_000));
    for json in [json!(52.5), json!("52.5"), json!(" 52.50 "), json!(52.500_000_1)] {
        accepts(Tag::Fac, "latitude", json, berlin.clone());
    }
    accepts(Tag::Fac, "longitude", json!(-180), Value::Degrees(Degrees(-180_000_000)));
    accepts(Tag::Fac, "latitude", json!(null), Value::Null);
    for json in [json!(""), json!("abc"), json!([1])] {
        refuses(Tag::Fac, "latitude", json, &["A valid number is required."]);
    }
    refuses(Tag::Fac, "latitude", json!(99.0), &["Invalid 99.0 latitude!"]);
    refuses(Tag::Fac, "longitude", json!("nan"), &["Invalid nan longitude!"]);
}

#[test]
fn references_are_ids() {
    for json in [json!(7), json!("7"), json!(" 7 "), json!(7.9)] {
        accepts(Tag::Fac, "org_id", json, Value::Int(7));
    }
    accepts(Tag::Fac, "org_id", json!(-1), Value::Int(-1));
    for json in [json!(null), json!("")] {
        refuses(Tag::Fac, "org_id", json.clone(), &[NOT_NULL]);
        accepts(Tag::Fac, "campus_id", json, Value::Null);
    }
    for (json, name) in [
        (json!("abc"), "str"),
        (json!("1.5"), "str"),
        (json!([1]), "list"),
        (json!({"id": 1}), "dict"),
        (json!(true), "bool"),
    ] {
        let sentence = format!("Incorrect type. Expected pk value, received {name}.");
        refuses(Tag::Fac, "org_id", json, &[&sentence]);
    }
}

#[test]
fn choices_are_words_of_their_list() {
    accepts(Tag::Net, "policy_general", json!("Open"), Value::text("Open"));
    accepts(Tag::Net, "policy_general", json!(""), Value::text(""));
    accepts(Tag::Fac, "property", json!(""), Value::text(""));
    accepts(Tag::Fac, "property", json!(null), Value::Null);
    refuses(Tag::Net, "policy_general", json!(null), &[NOT_NULL]);
    for (json, named) in [(json!("open"), "open"), (json!(5), "5"), (json!(["Open"]), "['Open']")] {
        refuses(Tag::Net, "policy_general", json, &[&format!("\"{named}\" is not a valid choice.")]);
    }
    refuses(Tag::Ix, "region_continent", json!(""), &["\"\" is not a valid choice."]);

    accepts(Tag::Ix, "country", json!("XK"), Value::text("XK"));
    accepts(Tag::Org, "country", json!(""), Value::text(""));
    refuses(Tag::Ix, "country", json!(""), &["\"\" is not a valid choice."]);
    for code in ["us", "USA", "XX", "United States", "UK", "AN"] {
        refuses(Tag::Ix, "country", json!(code), &[&format!("\"{code}\" is not a valid choice.")]);
    }
}

#[test]
fn lists_hold_words_of_their_list() {
    let mut types = MultiChoice::default();
    assert!(types.insert(choices::NET_TYPES, "NSP") && types.insert(choices::NET_TYPES, "Content"));
    accepts(Tag::Net, "info_types", json!(["Content", "NSP", "NSP"]), Value::Multi(types));
    accepts(Tag::Net, "info_types", json!(null), Value::Multi(MultiChoice::default()));
    accepts(Tag::Fac, "available_voltage_services", json!(null), Value::Null);
    accepts(Tag::Fac, "available_voltage_services", json!([]), Value::Multi(MultiChoice::default()));
    for json in [json!(""), json!("NSP"), json!("NSP,Content")] {
        refuses(Tag::Net, "info_types", json, &["Expected a list of items but got type \"str\"."]);
    }
    refuses(Tag::Net, "info_types", json!(["nosuch"]), &["\"nosuch\" is not a valid choice."]);
    refuses(Tag::Net, "info_types", json!([1]), &["\"1\" is not a valid choice."]);
    refuses(Tag::Net, "info_types", json!({"a": 1}), &["\"a\" is not a valid choice."]);
    let no_power = "\"No Power\" is mutually exclusive with other voltage options.";
    refuses(Tag::Fac, "available_voltage_services", json!(["No Power", "48 VDC"]), &[no_power]);

    let words: Vec<Box<str>> = vec!["operational".into(), "speed".into()];
    let sent = json!(["operational", "speed", "operational"]);
    accepts(Tag::Net, "ixp_update_exclude", sent, Value::Words(words.into()));
    refuses(Tag::Net, "ixp_update_exclude", json!(null), &[NOT_NULL]);
    for json in [json!(""), json!("NSP"), json!({"a": 1})] {
        refuses(Tag::Net, "ixp_update_exclude", json, &["Must be a list."]);
    }
    let unknown = "Invalid field(s): 1, NSP. Valid values: is_rs_peer, operational, speed";
    refuses(Tag::Net, "ixp_update_exclude", json!(["NSP", "NSP", 1, "speed"]), &[unknown]);
}

#[test]
fn addresses_are_of_their_family() {
    accepts(Tag::Netixlan, "ipaddr4", json!(" 23.128.105.10 "), Value::text("23.128.105.10"));
    accepts(Tag::Netixlan, "ipaddr4", json!(""), Value::Null);
    accepts(Tag::Netixlan, "ipaddr6", json!("2001:504:F0:0::10"), Value::text("2001:504:f0::10"));
    accepts(Tag::Netixlan, "ipaddr6", json!(""), Value::Null);
    refuses(Tag::Netixlan, "ipaddr6", json!(null), &[NOT_NULL]);
    refuses(Tag::Netixlan, "ipaddr4", json!([]), &["Not a valid string."]);
    for (text, sentence) in [
        ("23.128.105.256", "Octet 256 (> 255) not permitted in '23.128.105.256'"),
        ("abc", "Expected 4 octets in 'abc'"),
        ("2001:504:f0::203", "Expected 4 octets in '2001:504:f0::203'"),
        ("023.128.105.204", "Leading zeros are not permitted in '023' in '023.128.105.204'"),
        ("23.128.105.206/24", "Unexpected '/' in '23.128.105.206/24'"),
        ("1.2.3.x", "Only decimal digits permitted in 'x' in '1.2.3.x'"),
        ("1.2.3.1234", "At most 3 characters permitted in '1234' in '1.2.3.1234'"),
    ] {
        refuses(Tag::Netixlan, "ipaddr4", json!(text), &[sentence]);
    }
    refuses(Tag::Netixlan, "ipaddr4", json!(5), &["Expected 4 octets in '5'"]);
    for (text, sentence) in [
        ("23.128.105.203", "At least 3 parts expected in '23.128.105.203'"),
        ("2001:504::/64", "Unexpected '/' in '2001:504::/64'"),
        ("fe80::1%eth0", "'fe80::1%eth0' does not appear to be an IPv6 address"),
    ] {
        refuses(Tag::Netixlan, "ipaddr6", json!(text), &[sentence]);
    }
    accepts(Tag::Ixlan, "arp_sponge", json!("00:0C:29:ab:cd:ef"), Value::text("00:0C:29:ab:cd:ef"));
    accepts(Tag::Ixlan, "arp_sponge", json!(null), Value::Null);
    for json in [
        json!(""),
        json!(true),
        json!("00:0c:29:ab:cd"),
        json!("000:c:29:ab:cd:ef"),
        json!("00:0c:29:ab:cd:eg"),
    ] {
        refuses(Tag::Ixlan, "arp_sponge", json, &["Enter a valid value."]);
    }
}

#[test]
fn prefixes_have_no_host_bits() {
    for (text, prefix) in [
        ("23.128.114.0/24", "23.128.114.0/24"),
        ("23.128.114.1", "23.128.114.1/32"),
        ("23.128.114.0/255.255.255.0", "23.128.114.0/24"),
        (" 2001:0504:00F5:0000::/64 ", "2001:504:f5::/64"),
        ("2001:504::1", "2001:504::1/128"),
    ] {
        accepts(Tag::Ixpfx, "prefix", json!(text), Value::text(prefix));
    }
    refuses(Tag::Ixpfx, "prefix", json!(""), &[NOT_BLANK]);
    refuses(Tag::Ixpfx, "prefix", json!(null), &[NOT_NULL]);
    let bits = ["Invalid prefix: 23.128.114.1/24", "23.128.114.1/24 has host bits set"];
    refuses(Tag::Ixpfx, "prefix", json!("23.128.114.1/24"), &bits);
    for text in ["abc", "1.2.3.0/33", "1.2.3.0/", "1.2.3.0/+4", "2001:504::/ffff::", "1.2.3.0/255.0.255.0"] {
        let (first, second) = (
            format!("Invalid prefix: {text}"),
            format!("'{text}' does not appear to be an IPv4 or IPv6 network"),
        );
        refuses(Tag::Ixpfx, "prefix", json!(text), &[&first, &second]);
    }
}

#[test]
fn every_sentence_has_its_own_code() {
    let mut codes: Vec<&str> = texts::ALL.iter().map(|text| text.code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), texts::ALL.len());
}

/// Texts that mean something to some field, and texts that mean nothing.
fn any_text() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "Open",
        "NSP",
        "DE",
        "Public",
        "speed",
        "x",
        "website",
        "true",
        "12",
        "AS64500",
        "1500",
        "52.5",
        "+4969123456",
        "https://a.example/x",
        "a@example.net",
        "23.128.105.10",
        "2001:504:f0::10",
        "23.128.105.0/24",
        "Technical",
        "00:0c:29:ab:cd:ef",
        "Europe",
        "IPv4",
        "RIPE::AS-A",
        "",
        " ",
        "a\0b",
        "a  b",
    ]);
    prop_oneof![known.prop_map(str::to_owned), "\\PC{0,20}", "[0-9a-fA-F:./@-]{0,24}", "x{250,260}"]
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        (-200_i64..70_000).prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        (-200.0_f64..200.0).prop_map(Json::from),
        any_text().prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let key = prop_oneof![Just("service".to_owned()), Just("identifier".to_owned()), any_text()];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((key, inner), 0..4)
                .prop_map(|pairs| Json::from(pairs.into_iter().collect::<serde_json::Map<_, _>>())),
        ]
    })
}

/// Holds for every writable field: what is accepted fits the column, and reads the same when it comes back.
fn is_sound(json: &Json) -> Result<(), TestCaseError> {
    for tag in Tag::ALL {
        for (position, field) in tag.table().stored() {
            let Ok(value) = read(field, json) else { continue };
            // The caller looks the record up, and finds none of such an id.
            let is_lost = matches!(field.kind, Kind::Ref(_))
                && value.as_int().is_some_and(|id| !(0..=i64::from(u32::MAX)).contains(&id));
            if is_lost {
                continue;
            }
            let mut record = AnyRecord::new(tag);
            let put = record.put(position, value.clone());
            prop_assert!(put.is_ok(), "{tag}.{} {json} {value:?}", field.name);
            let stored = record.get(position).into_owned();
            prop_assert_eq!(&stored, &value, "{}.{} {}", tag, field.name, json);
            let is_no_address = matches!(field.kind, Kind::Ipv4 | Kind::Ipv6) && stored.is_null();
            if !is_no_address {
                let mut out = String::new();
                field.write_json(&stored, &mut out);
                let shown: Json = serde_json::from_str(&out).expect("is JSON");
                prop_assert_eq!(read(field, &shown), Ok(value), "{}.{} {}", tag, field.name, shown);
                prop_assert!(
                    field.read_json(&shown).is_ok() || matches!(field.kind, Kind::Ref(_)),
                    "{shown}"
                );
            }
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn what_is_accepted_fits_and_comes_back_unchanged(json in any_json()) {
        is_sound(&json)?;
    }

    #[test]
    fn rules_never_panic(text in any_text(), country in "[A-Z]{0,3}") {
        let _ = phone::normalize(&text, Some(&country));
        if let Ok(normal) = irr::normalize(&text) {
            prop_assert_eq!(irr::normalize(&normal), Ok(normal.clone()));
            let _ = irr::strict(&normal);
        }
        for service in choices::SOCIAL_SERVICES {
            let link = model::SocialLink { service: (*service).into(), identifier: text.as_str().into() };
            let _ = social::rules(&[link]);
        }
        if let Ok(prefix) = text.parse() {
            let _ = address::prefix_rules(&prefix, false, true);
        }
    }
}
