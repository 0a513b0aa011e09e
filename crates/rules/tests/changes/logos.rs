//! Logos of records.

use model::access::bits;
use model::{Status, Tag, Value};
use rules::logo::{Bytes, Format, NewLogo, Picture, PictureFault, TAGS};
use rules::{Action, Command, Effect, Need, Rejection, Stop};
use serde_json::{Value as Json, json};
use testkit::World;

use crate::desk::{Desk, keys, text};

/// A record of each type that can have a logo, in the order of [`TAGS`].
const IDS: [u32; 6] = [100, 41, 10, 11, 51, 61];

/// The small world, with a campus that is one.
fn world(world: &mut World) {
    world.add(
        Tag::Fac,
        43,
        json!({ "org_id": 100, "name": "Fac Three", "city": "Chicago", "country": "US" }),
    );
    for fac in [41, 43] {
        world.change(Tag::Fac, fac, json!({ "campus_id": 61 }));
    }
    world.change(Tag::Campus, 61, json!({ "status": "ok" }));
}

fn owned() -> impl Iterator<Item = (Tag, u32)> {
    TAGS.into_iter().zip(IDS)
}

fn body() -> Json {
    json!({ "file_type": "image/png", "file_data": "AAEC" })
}

fn set(tag: Tag, id: u32, body: &Json) -> Command {
    let body = body.as_object().expect("an object").clone();
    Command::Act(Action::SetLogo { tag, id, body, suffix: 0x2a })
}

fn remove(tag: Tag, id: u32) -> Command {
    Command::Act(Action::RemoveLogo { tag, id })
}

fn content() -> Bytes {
    Bytes([0, 1, 2].as_slice().into())
}

fn shown() -> Bytes {
    Bytes([9].as_slice().into())
}

fn png() -> Picture {
    Picture { format: Format::Png, copy: Ok(shown()) }
}

/// A desk that knows what the file of [`body`] holds.
fn knowing(picture: Option<Picture>) -> Desk {
    let mut desk = Desk::small(world);
    desk.facts.pictures.push((content(), picture));
    desk
}

#[test]
fn a_logo_moves_its_record_and_nothing_else() {
    for (tag, id) in owned() {
        let mut desk = knowing(Some(png()));
        let (before, now) = (desk.record(tag, id).clone(), desk.now);
        let plan = desk.run(&set(tag, id, &body()));
        assert_eq!((keys(&plan), plan.subject), (vec![(tag, id)], Some((tag, id))));
        let name = desk.value(tag, id, "logo").as_text().expect("a name").to_owned();
        assert_eq!(rules::logo::owner_of(&name), Some((tag, id)));
        assert!(name.ends_with("-0000002a.png"), "{name}");
        let after = desk.record(tag, id);
        assert_eq!(after.updated(), now);
        let version = |record: &model::AnyRecord| record.value("version").as_int();
        assert_eq!(version(after), version(&before).map(|version| version + 1));
        let logo = NewLogo { tag, id, name, format: Format::Png, uploaded: content(), shown: shown() };
        assert_eq!(plan.effects, [Effect::PutLogo(Box::new(logo))]);

        let plan = desk.run(&remove(tag, id));
        assert_eq!(keys(&plan), [(tag, id)]);
        assert_eq!(plan.effects, [Effect::RemoveLogo(tag, id)]);
        assert_eq!(desk.value(tag, id, "logo"), Value::Null);
        assert_eq!(desk.rejection(&remove(tag, id)), Rejection::NotFoundBecause(missing()));
    }
}

fn missing() -> rules::Message {
    let desk = Desk::small(|_| {});
    match desk.rejection(&remove(Tag::Net, 10)) {
        Rejection::NotFoundBecause(message) => {
            assert_eq!(message.to_string(), "Asset does not exist");
            message
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_right_is_looked_for_before_the_picture() {
    type Case = (&'static [(&'static str, u8)], bool, bool);
    let cases: [Case; 6] = [
        (&[("peeringdb.organization.100", bits::ALL)], true, true),
        (&[("peeringdb.organization.100", bits::CREATE)], true, false),
        (&[("peeringdb.organization.100", bits::UPDATE)], true, false),
        (&[("peeringdb.organization.100", bits::READ | bits::DELETE)], false, true),
        (&[("peeringdb.organization.200", bits::ALL)], false, false),
        (&[], false, false),
    ];
    for (rights, may_set, may_remove) in cases {
        for (tag, id) in owned() {
            let desk = Desk::small(|small| {
                world(small);
                small.change(tag, id, json!({ "logo": "logos/a.png" }));
            })
            .with(rights);
            for body in [body(), json!({})] {
                match desk.plan(&set(tag, id, &body)) {
                    Err(Stop::Needs(Need::Picture(file))) => assert!(may_set && file == content()),
                    Err(Stop::Rejected(Rejection::Invalid(_))) => assert!(may_set && body == json!({})),
                    Err(Stop::Rejected(rejection @ Rejection::ForbiddenBecause(_))) => {
                        assert!(!may_set, "{tag} with {rights:?}");
                        assert_eq!(text(&rejection), "No write permissions to this entity");
                    }
                    other => panic!("{tag} with {rights:?}: {other:?}"),
                }
            }
            match may_remove {
                true => assert!(desk.plan(&remove(tag, id)).is_ok(), "{tag} with {rights:?}"),
                false => {
                    let told = text(&desk.rejection(&remove(tag, id)));
                    assert_eq!(told, "No delete permissions to this entity", "{tag} with {rights:?}");
                }
            }
        }
    }
}

#[test]
fn pictures_have_to_fit() {
    let fault = |fault| Some(Picture { format: Format::Png, copy: Err(fault) });
    for (picture, told) in [
        (None, "file_data: Unsupported file type. Only PNG and JPEG are allowed"),
        (
            Some(Picture { format: Format::Jpeg, copy: Ok(shown()) }),
            "file_type: Declared file_type does not match actual file type. Expected: image/jpeg",
        ),
        (fault(PictureFault::TooHigh), "file_data: Image height too large. Maximum allowed: 75 pixels"),
        (fault(PictureFault::TooWide), "file_data: Image width too large. Maximum allowed: 4096 pixels"),
        (
            fault(PictureFault::Damaged("cut".into())),
            "file_data: The image cannot be read (cut). Save it again as PNG or JPEG",
        ),
    ] {
        assert_eq!(text(&knowing(picture).rejection(&set(Tag::Net, 10, &body()))), told);
    }
}

#[test]
fn only_published_records_of_types_with_logos_have_one() {
    let desk = Desk::small(|small| {
        small.change(Tag::Net, 10, json!({ "logo": "logos/a.png" })).delete(Tag::Net, 10);
    });
    assert_eq!(desk.status(Tag::Net, 10), Status::Deleted);
    for (tag, id, told) in [
        (Tag::Net, 10, "ref_id: Network with id 10 not found"),
        (Tag::Org, 300, "ref_id: Organization with id 300 not found"),
        (Tag::Fac, 999, "ref_id: Facility with id 999 not found"),
        (Tag::Poc, 71, "ref_tag: \"poc\" is not a valid choice."),
    ] {
        for command in [set(tag, id, &body()), remove(tag, id)] {
            assert_eq!(text(&desk.rejection(&command)), told, "{command:?}");
        }
    }
}
