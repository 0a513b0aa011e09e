//! Logos: `/api/asset` and what stands below `/m/`.

use std::io::Cursor;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{DynamicImage, ImageFormat, RgbImage};
use serde_json::{Value as Json, json};
use testkit::{Ask, Caller, Kind, PUBLIC_URL, Reply, Site, World, on_both_databases, people};

use crate::{Desk, FILE, ask};

on_both_databases! {
    a_logo_is_set_shown_replaced_and_taken_away
    only_those_who_may_change_a_record_set_its_logo
    files_are_what_they_are_by_their_content
    paths_that_name_no_logo_are_told
    a_logo_whose_file_is_not_here_is_named_and_has_no_content
    pages_are_served_a_clean_copy_with_safe_headers
    only_logos_of_records_that_everybody_may_read_are_served
    files_go_when_nobody_refers_to_them
    what_one_process_sets_another_shows
    a_logo_is_a_change_that_followers_see
    logos_are_no_business_of_a_directory_that_is_only_read
}

const NET: &str = "/api/asset/net/10/logo";

/// A picture of one colour.
fn file(format: ImageFormat, width: u32, height: u32, colour: u8) -> Vec<u8> {
    let pixels = RgbImage::from_pixel(width, height, image::Rgb([colour, 100, 200]));
    let mut file = Cursor::new(Vec::new());
    DynamicImage::from(pixels).write_to(&mut file, format).expect("a file");
    file.into_inner()
}

fn png(colour: u8) -> Vec<u8> {
    file(ImageFormat::Png, 30, 75, colour)
}

fn upload(file_type: &str, content: &[u8]) -> Json {
    json!({ "file_type": file_type, "file_data": STANDARD.encode(content) })
}

fn upload_png(colour: u8) -> Json {
    upload("image/png", &png(colour))
}

/// The path of the picture that a record links to.
async fn picture_of(site: &Site, record: &str) -> String {
    let reply = site.send(Ask::get(&format!("{record}?depth=0"))).await;
    let data = reply.data();
    let url = data[0]["logo"].as_str().unwrap_or_else(|| panic!("{record} has no logo: {}", data[0]));
    url.strip_prefix(PUBLIC_URL).expect("an absolute URL").to_owned()
}

async fn blobs(desk: &Desk) -> String {
    desk.bench.rows(FILE, "SELECT CAST(count(*) AS TEXT) FROM blob").await.remove(0)
}

async fn a_logo_is_set_shown_replaced_and_taken_away(kind: Kind) {
    let desk = Desk::small(kind).await;
    for (tag, id, model) in [
        ("org", 100, "organization"),
        ("fac", 41, "facility"),
        ("net", 10, "network"),
        ("ix", 11, "internetexchange"),
        ("carrier", 51, "carrier"),
    ] {
        let (path, record) = (format!("/api/asset/{tag}/{id}/logo"), format!("/api/{tag}/{id}"));
        let before = desk.get(&record).await.data()[0]["updated"].clone();
        let none = desk.send(Caller::Anonymous, Ask::get(&path)).await;
        assert_eq!(none.code(), 200, "{}", none.text());
        let none = none.data().remove(0);
        assert_eq!((&none["file_type"], &none["file_data"]), (&json!(null), &json!(null)), "{path}");
        assert!(none["updated"].as_str().is_some_and(|time| time.ends_with("+00:00")), "{none}");

        let made = desk.send(Caller::Admin, ask("POST", &path, upload_png(1))).await;
        assert_eq!(made.code(), 201, "{}", made.text());
        assert!(made.header("x-change-seq").is_some());
        let told = made.data().remove(0);
        let keys: Vec<&String> = told.as_object().expect("an object").keys().collect();
        let wanted = ["ref_tag", "ref_id", "asset_type", "file_type", "file_data", "created", "updated"];
        assert_eq!(keys, wanted);
        assert_eq!(
            (&told["ref_tag"], &told["ref_id"], &told["asset_type"], &told["file_type"]),
            (&json!(tag), &json!(id), &json!("logo"), &json!("image/png"))
        );
        assert_eq!(told["file_data"], STANDARD.encode(png(1)), "the very bytes that were uploaded");
        // With the slash that some clients add.
        let read = desk.send(Caller::Anonymous, Ask::get(&format!("{path}/"))).await;
        assert_eq!(read.data()[0], told);
        let first = picture_of(&desk.site, &record).await;
        let suffix = first.strip_prefix(&format!("/m/logos_user_supplied/{model}-{id}-"));
        let suffix = suffix.and_then(|rest| rest.strip_suffix(".png")).unwrap_or_else(|| panic!("{first}"));
        assert!(suffix.len() == 8 && suffix.bytes().all(|b| b.is_ascii_hexdigit()), "{first}");
        let row = desk.get(&record).await.data().remove(0);
        assert_ne!(row["updated"], before, "mirrors have to learn of it");

        let jpeg = file(ImageFormat::Jpeg, 30, 75, 9);
        let replaced = desk.send(Caller::Admin, ask("PUT", &path, upload("image/jpeg", &jpeg))).await;
        assert_eq!((replaced.code(), &replaced.data()[0]["file_type"]), (200, &json!("image/jpeg")));
        let second = picture_of(&desk.site, &record).await;
        assert!(second.ends_with(".jpg") && second != first, "{second}");
        // The same file again has another name: what is kept under a name stays true.
        assert_eq!(
            desk.send(Caller::Admin, ask("POST", &path, upload("image/jpeg", &jpeg))).await.code(),
            201
        );
        assert_ne!(picture_of(&desk.site, &record).await, second);

        let gone = desk.send(Caller::Admin, Ask::new("DELETE", &path)).await;
        assert_eq!((gone.code(), gone.text()), (204, ""));
        let again = desk.send(Caller::Admin, Ask::new("DELETE", &path)).await;
        assert_eq!((again.code(), again.error()), (404, "Asset does not exist".to_owned()));
        let none = desk.send(Caller::Anonymous, Ask::get(&path)).await.data().remove(0);
        assert_eq!((&none["file_type"], &none["file_data"]), (&json!(null), &json!(null)));
        assert_eq!(desk.get(&record).await.data()[0]["logo"], json!(null));
    }
    assert_eq!(blobs(&desk).await, "0");
}

async fn only_those_who_may_change_a_record_set_its_logo(kind: Kind) {
    let mut few = people(World::small().now());
    few.group_rows.retain(|(group, _)| *group != model::directory::Group::Guest);
    let desk = Desk::with_people(kind, few).await;
    assert_eq!(desk.send(Caller::Admin, ask("POST", NET, upload_png(1))).await.code(), 201);
    let callers =
        [Caller::Anonymous, Caller::Plain, Caller::Unverified, Caller::Member, Caller::Org, Caller::Reader];
    for caller in callers {
        for (method, text) in [("POST", "write"), ("PUT", "write"), ("DELETE", "delete")] {
            // Nobody learns what is wrong with a picture before it is known who they are.
            for body in [upload_png(2), json!({})] {
                let reply = desk.send(caller, ask(method, NET, body)).await;
                assert_eq!(reply.code(), 403, "{caller:?} {method}: {}", reply.text());
                assert_eq!(reply.error(), format!("No {text} permissions to this entity"), "{caller:?}");
            }
        }
    }
    let other = desk.send(Caller::Admin, ask("POST", "/api/asset/net/11/logo", upload_png(2))).await;
    assert_eq!(other.code(), 403, "the network of another organization: {}", other.text());
    assert_eq!(desk.send(Caller::Plain, Ask::get(NET)).await.code(), 200);
    let hidden = desk.send(Caller::Anonymous, Ask::get(NET)).await;
    assert_eq!((hidden.code(), hidden.error()), (403, "No read permissions to this entity".to_owned()));
    assert_eq!(desk.site.store.sequence().await.expect("a number"), 2, "nothing else has changed");
    assert_eq!(blobs(&desk).await, "2", "and no file was left behind");
}

fn said(reply: &Reply, field: &str) -> String {
    assert_eq!(reply.code(), 400, "{}", reply.text());
    assert_eq!(reply.error(), "Bad Request");
    let json = reply.json();
    let list = json[field].as_array().unwrap_or_else(|| panic!("nothing about {field}: {json}"));
    list[0].as_str().expect("a text").to_owned()
}

async fn files_are_what_they_are_by_their_content(kind: Kind) {
    let desk = Desk::small(kind).await;
    let unsupported = "Unsupported file type. Only PNG and JPEG are allowed";
    let mut long = png(1);
    long.resize(60 * 1024, 0);
    // A file of a few kilobytes that unpacks to thousands of them.
    let bomb = file(ImageFormat::Png, 30_000, 75, 1);
    assert!(bomb.len() < 50 * 1024, "{}", bomb.len());
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
    for (body, field, text) in [
        (
            upload("image/jpeg", &png(1)),
            "file_type",
            "Declared file_type does not match actual file type. Expected: image/png",
        ),
        (upload("image/gif", &png(1)), "file_type", "\"image/gif\" is not a valid choice."),
        (upload("image/svg+xml", svg), "file_type", "\"image/svg+xml\" is not a valid choice."),
        (upload("image/png", svg), "file_data", unsupported),
        (upload("image/png", gif), "file_data", unsupported),
        (json!({ "file_type": "image/png", "file_data": "!!" }), "file_data", unsupported),
        (
            upload("image/png", &file(ImageFormat::Png, 3, 76, 1)),
            "file_data",
            "Image height too large. Maximum allowed: 75 pixels",
        ),
        (
            upload("image/png", &file(ImageFormat::Png, 4097, 1, 1)),
            "file_data",
            "Image width too large. Maximum allowed: 4096 pixels",
        ),
        (upload("image/png", &long), "file_data", "File size too large. Maximum allowed: 51200 bytes"),
        (upload("image/png", &png(1)[..60]), "file_data", "The image cannot be read ("),
        (upload("image/png", &bomb), "file_data", "Image width too large."),
        (json!({ "file_type": "image/png" }), "file_data", "This field is required."),
        (json!({ "file_data": "AAAA" }), "file_type", "This field is required."),
        (json!({}), "file_type", "This field is required."),
    ] {
        for method in ["POST", "PUT"] {
            let reply = desk.send(Caller::Admin, ask(method, NET, body.clone())).await;
            let found = said(&reply, field);
            assert!(found.starts_with(text), "{found}");
        }
    }
    let huge = json!({ "file_type": "image/png", "file_data": "A".repeat(1 << 20) });
    assert_eq!(desk.send(Caller::Admin, ask("POST", NET, huge)).await.code(), 413);
    assert_eq!(desk.site.store.sequence().await.expect("a number"), 1);
    assert_eq!(blobs(&desk).await, "0");
}

async fn paths_that_name_no_logo_are_told(kind: Kind) {
    let desk = Desk::small(kind).await;
    for method in ["GET", "POST", "PUT", "DELETE"] {
        let to = |path: &str| match method {
            "GET" | "DELETE" => Ask::new(method, path).by(Caller::Admin),
            _ => ask(method, path, upload_png(1)).by(Caller::Admin),
        };
        for (path, field, text) in [
            ("/api/asset/poc/71/logo", "ref_tag", "\"poc\" is not a valid choice."),
            ("/api/asset/nothing/1/logo", "ref_tag", "\"nothing\" is not a valid choice."),
            ("/api/asset/net/10/banner", "asset_type", "\"banner\" is not a valid choice."),
            ("/api/asset/org/999/logo", "ref_id", "Organization with id 999 not found"),
            ("/api/asset/org/300/logo", "ref_id", "Organization with id 300 not found"),
            ("/api/asset/campus/61/logo", "ref_id", "Campus with id 61 not found"),
            ("/api/asset/ix/99999999999/logo", "ref_id", "InternetExchange with id 0 not found"),
        ] {
            assert_eq!(said(&desk.site.send(to(path)).await, field), text, "{method} {path}");
        }
        assert_eq!(desk.site.send(to("/api/asset/net/abc/logo")).await.code(), 404);
    }
    let patch = desk.send(Caller::Admin, ask("PATCH", NET, json!({}))).await;
    assert_eq!((patch.code(), patch.error()), (405, "Method \"PATCH\" not allowed.".to_owned()));
    let methods = "GET, POST, PUT, DELETE, HEAD, OPTIONS";
    assert_eq!(patch.header("allow"), Some(methods));
    let options = desk.send(Caller::Anonymous, Ask::new("OPTIONS", NET)).await;
    assert_eq!((options.code(), options.header("allow")), (200, Some(methods)));
    let foreign = Ask::get(NET).header("origin", "https://tool.example");
    let foreign = desk.send(Caller::Anonymous, foreign).await;
    assert_eq!(foreign.header("access-control-allow-origin"), Some("https://tool.example"));
    let head = desk.send(Caller::Anonymous, Ask::new("HEAD", NET)).await;
    assert_eq!((head.code(), head.body.len()), (200, 0));
    let ignored = desk.send(Caller::Anonymous, Ask::get(&format!("{NET}?depth=1"))).await;
    assert_eq!((ignored.code(), ignored.header("x-ignored-filters")), (200, Some("depth")));
}

async fn a_logo_whose_file_is_not_here_is_named_and_has_no_content(kind: Kind) {
    let desk = Desk::small(kind).await;
    desk.bench
        .run(
            FILE,
            "UPDATE net SET logo = 'logos_user_supplied/network-10-0badcafe.png' WHERE id = 10; \
             UPDATE org SET logo = 'elsewhere/one.jpeg' WHERE id = 100",
        )
        .await;
    let desk = Desk { site: desk.another().await, ..desk };
    for (path, record, kind) in
        [(NET, "/api/net/10", "image/png"), ("/api/asset/org/100/logo", "/api/org/100", "image/jpeg")]
    {
        let told = desk.send(Caller::Anonymous, Ask::get(path)).await.data().remove(0);
        assert_eq!((&told["file_type"], &told["file_data"]), (&json!(kind), &json!(null)), "{path}");
        let picture = picture_of(&desk.site, record).await;
        assert_eq!(desk.site.send(Ask::get(&picture)).await.code(), 404, "{picture}");
    }
    assert_eq!(desk.send(Caller::Admin, ask("POST", NET, upload_png(1))).await.code(), 201);
    let gone = desk.send(Caller::Admin, Ask::new("DELETE", "/api/asset/org/100/logo")).await;
    assert_eq!(gone.code(), 204, "{}", gone.text());
    assert_eq!(desk.get("/api/org/100").await.data()[0]["logo"], json!(null));
}

async fn pages_are_served_a_clean_copy_with_safe_headers(kind: Kind) {
    let desk = Desk::small(kind).await;
    let script = b"<html><script>alert(1)</script></html>";
    let both = [&png(7)[..], script].concat();
    assert_eq!(desk.send(Caller::Admin, ask("POST", NET, upload("image/png", &both))).await.code(), 201);
    let path = picture_of(&desk.site, "/api/net/10").await;
    // Wrong credentials are no matter of pictures.
    let reply = desk.site.send(Ask::get(&path).header("authorization", "Api-Key wrong")).await;
    assert_eq!(reply.code(), 200);
    let shown = image::load_from_memory_with_format(&reply.body, ImageFormat::Png).expect("a picture");
    assert_eq!((shown.width(), shown.height()), (30, 75));
    assert_eq!(shown.to_rgb8().get_pixel(3, 3).0, [7, 100, 200]);
    assert!(!reply.body.windows(script.len()).any(|part| part == script), "a page is left in the picture");
    let name = path.rsplit('/').next().expect("a name");
    for (header, value) in [
        ("content-type", "image/png".to_owned()),
        ("content-length", reply.body.len().to_string()),
        ("content-disposition", format!("inline; filename=\"{name}\"")),
        ("x-content-type-options", "nosniff".to_owned()),
        ("content-security-policy", "default-src 'none'; sandbox".to_owned()),
        ("cache-control", "public, max-age=86400, immutable".to_owned()),
    ] {
        assert_eq!(reply.header(header), Some(&*value), "{header}");
        assert_eq!(reply.count_of(header), 1, "{header}");
    }
    let tag = reply.header("etag").expect("a tag").to_owned();
    let again = desk.site.send(Ask::get(&path).header("if-none-match", &tag)).await;
    assert_eq!((again.code(), again.body.len(), again.header("etag")), (304, 0, Some(&*tag)));
    let head = desk.site.send(Ask::new("HEAD", &path)).await;
    assert_eq!((head.code(), head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), reply.header("content-length"));
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        let refused = desk.site.send(Ask::new(method, &path)).await;
        assert_eq!((refused.code(), refused.header("allow")), (405, Some("GET, HEAD, OPTIONS")), "{method}");
    }
    // The API still gives what was uploaded.
    let told = desk.send(Caller::Anonymous, Ask::get(NET)).await;
    assert_eq!(told.data()[0]["file_data"], STANDARD.encode(&both));
}

async fn only_logos_of_records_that_everybody_may_read_are_served(kind: Kind) {
    let desk = Desk::small(kind).await;
    let carrier = "/api/asset/carrier/51/logo";
    assert_eq!(desk.send(Caller::Admin, ask("POST", carrier, upload_png(1))).await.code(), 201);
    let path = picture_of(&desk.site, "/api/carrier/51").await;
    assert_eq!(desk.site.send(Ask::get(&path)).await.code(), 200);
    for other in [
        path.replace("carrier-51", "carrier-52"),
        path.replace(".png", ".jpg"),
        path.replace("logos_user_supplied/", ""),
        path.replace("logos_user_supplied", "logos_user_supplied/.."),
        "/m/".to_owned(),
        "/m".to_owned(),
        "/m/%00".to_owned(),
        "/m/%ff%fe".to_owned(),
        "/m/../api/net".to_owned(),
    ] {
        let reply = desk.site.send(Ask::get(&other)).await;
        assert_eq!(reply.code(), 404, "{other}");
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{other}");
    }
    // Deleted, and back: it waits for approval then, and has its logo still.
    assert_eq!(desk.send(Caller::Superuser, Ask::new("DELETE", "/api/carrierfac/93")).await.code(), 204);
    assert_eq!(desk.send(Caller::Superuser, Ask::new("DELETE", "/api/carrier/51")).await.code(), 204);
    assert_eq!(desk.site.send(Ask::get(&path)).await.code(), 404, "of a deleted record");
    let body = json!({ "org_id": 100, "name": "Carrier One", "website": "https://one.example/" });
    let back = desk.send(Caller::Superuser, ask("POST", "/api/carrier", body)).await;
    assert_eq!((back.code(), back.ids()), (201, vec![51]), "{}", back.text());
    assert_eq!(back.data()[0]["logo"], format!("{PUBLIC_URL}{path}"));
    assert_eq!(desk.site.send(Ask::get(&path)).await.code(), 404, "of a record that waits for approval");
    assert_eq!(blobs(&desk).await, "2", "it may be published again");

    // What guests may not read.
    let mut few = people(World::small().now());
    few.group_rows.retain(|(group, _)| *group != model::directory::Group::Guest);
    let desk = Desk::with_people(kind, few).await;
    let made = desk.send(Caller::Admin, ask("POST", NET, upload_png(1))).await;
    assert_eq!(made.code(), 201);
    let row = desk.get("/api/net/10").await.data().remove(0);
    let path = row["logo"].as_str().and_then(|url| url.strip_prefix(PUBLIC_URL)).expect("a logo").to_owned();
    assert_eq!(desk.site.send(Ask::get(&path)).await.code(), 404);
}

async fn files_go_when_nobody_refers_to_them(kind: Kind) {
    let desk = Desk::small(kind).await;
    let org = "/api/asset/org/100/logo";
    for (path, colour, left) in [
        (NET, 1, "2"),
        // The same file for two records is stored once.
        (org, 1, "2"),
        (NET, 2, "4"),
        (NET, 3, "4"),
        (org, 3, "2"),
    ] {
        assert_eq!(desk.send(Caller::Admin, ask("PUT", path, upload_png(colour))).await.code(), 200);
        assert_eq!(blobs(&desk).await, left, "{path} {colour}");
    }
    assert_eq!(desk.send(Caller::Admin, Ask::new("DELETE", NET)).await.code(), 204);
    assert_eq!(blobs(&desk).await, "2");
    assert_eq!(desk.get(org).await.data()[0]["file_data"], STANDARD.encode(png(3)), "the other one has it");
    assert_eq!(desk.send(Caller::Admin, Ask::new("DELETE", org)).await.code(), 204);
    assert_eq!(blobs(&desk).await, "0");
}

async fn what_one_process_sets_another_shows(kind: Kind) {
    let desk = Desk::small(kind).await;
    let other = desk.another().await;
    assert_eq!(desk.send(Caller::Admin, ask("POST", NET, upload_png(1))).await.code(), 201);
    let first = picture_of(&desk.site, "/api/net/10").await;
    assert_eq!(other.send(Ask::get(&first)).await.code(), 404, "it was not told yet");
    other.app.catch_up(&other.store).await.expect("caught up");
    assert_eq!(other.send(Ask::get(&first)).await.code(), 200);
    assert_eq!(other.send(Ask::get(NET)).await.data()[0]["file_data"], STANDARD.encode(png(1)));

    // Replaced over there: what is kept here is outdated as soon as this process knows.
    assert_eq!(other.send(ask("PUT", NET, upload_png(2)).by(Caller::Admin)).await.code(), 200);
    let second = picture_of(&other, "/api/net/10").await;
    desk.site.app.catch_up(&desk.site.store).await.expect("caught up");
    assert_eq!(desk.site.send(Ask::get(&first)).await.code(), 404);
    assert_eq!(desk.site.send(Ask::get(&second)).await.code(), 200);
    assert_eq!(desk.get(NET).await.data()[0]["file_data"], STANDARD.encode(png(2)));

    // Replaced twice before this process reads it: it catches up instead of showing no content.
    let third = desk.another().await;
    assert_eq!(desk.send(Caller::Admin, ask("PUT", NET, upload_png(3))).await.code(), 200);
    let told = third.send(Ask::get(NET)).await.data().remove(0);
    assert_eq!(told["file_data"], STANDARD.encode(png(3)));
    assert_eq!(desk.send(Caller::Admin, Ask::new("DELETE", NET)).await.code(), 204);
    third.app.catch_up(&third.store).await.expect("caught up");
    assert_eq!(third.send(Ask::get(NET)).await.data()[0]["file_type"], json!(null));
}

async fn a_logo_is_a_change_that_followers_see(kind: Kind) {
    let desk = Desk::small(kind).await;
    let version = "SELECT CAST(version AS TEXT) FROM net WHERE id = 10";
    let before: i64 = desk.bench.rows(FILE, version).await[0].parse().expect("a number");
    let since = model::Time(desk.world.now().0).unix() + 1;
    desk.site.clock.set(model::Time::from_unix(since + 10));
    assert_eq!(desk.send(Caller::Admin, ask("POST", NET, upload_png(1))).await.code(), 201);
    let moved = desk.get(&format!("/api/net?since={since}")).await;
    assert_eq!(moved.ids(), [10]);
    assert!(moved.data()[0]["logo"].is_string());
    let after: i64 = desk.bench.rows(FILE, version).await[0].parse().expect("a number");
    assert_eq!(after, before + 1);
    let changes = desk.site.store.changes(1, 9).await.expect("changes");
    assert_eq!((changes.len(), changes[0].rows.len()), (1, 1), "one change of one record");
}

async fn logos_are_no_business_of_a_directory_that_is_only_read(kind: Kind) {
    let desk = Desk::small(kind).await;
    assert_eq!(desk.send(Caller::Admin, ask("POST", NET, upload_png(1))).await.code(), 201);
    let path = picture_of(&desk.site, "/api/net/10").await;
    let reading = Site::reading(desk.bench.store(FILE).await, desk.world.now()).await;
    assert_eq!(reading.send(Ask::get(&path)).await.code(), 200);
    assert_eq!(reading.send(Ask::get(NET)).await.data()[0]["file_data"], STANDARD.encode(png(1)));
    for method in ["POST", "PUT", "DELETE"] {
        let reply = reading.send(ask(method, NET, upload_png(2)).by(Caller::Admin)).await;
        assert_eq!(reply.code(), 503, "{method}: {}", reply.text());
    }
}
