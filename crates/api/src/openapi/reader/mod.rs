//! The page for people: the same facts as the document, in the order in which a reader needs them.

mod markup;
mod sections;
mod types;

use model::Tag;
use serde_json::Value as Json;

use super::texts;
use markup::{escape, section};

/// Where the style sheet is served; relative, so that the page works below any prefix.
const STYLE: &str = "style.css";

/// The page about a document.
pub(crate) fn page(document: &Json) -> String {
    let text = |pointer: &str| document.pointer(pointer).and_then(Json::as_str).unwrap_or_default();
    let (title, version, url) = (text("/info/title"), text("/info/version"), text("/servers/0/url"));
    let mut out = head(title);
    out.push_str(&banner(title, version, url));
    out.push_str("<div class=\"columns\">\n");
    out.push_str(&contents());
    out.push_str("<main id=\"main\">\n");
    out.push_str(&sections::start(url, text("/info/description")));
    out.push_str(&sections::credentials(url));
    out.push_str(&sections::filters());
    out.push_str(&sections::steering());
    out.push_str(&sections::answers(document));
    for tag in Tag::INDEX {
        out.push_str(&types::section_of(tag, document, url));
    }
    out.push_str(&others(document, url));
    out.push_str("</main>\n</div>\n</body>\n</html>\n");
    out
}

fn head(title: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n\
         <link rel=\"stylesheet\" href=\"{STYLE}\">\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">To the content</a>\n",
        escape(title)
    )
}

fn banner(title: &str, version: &str, url: &str) -> String {
    format!(
        "<header>\n<h1>{}</h1>\n<dl class=\"facts\">\n\
         <div><dt>Version</dt><dd>{}</dd></div>\n\
         <div><dt>Base</dt><dd><code>{}/api/</code></dd></div>\n\
         <div><dt>OpenAPI 3.1</dt><dd><a href=\"openapi.json\">JSON</a> <a \
              href=\"openapi.yaml\">YAML</a></dd></div>\n\
         </dl>\n</header>\n",
        escape(title),
        escape(version),
        escape(url)
    )
}

/// The table of contents.
fn contents() -> String {
    let general = [
        ("start", "Start"),
        ("credentials", "Credentials"),
        ("filters", "Filters"),
        ("steering", "Depth, pages and the rest"),
        ("answers", "Answers and errors"),
    ];
    let mut out = String::from("<nav aria-label=\"Contents\">\n<ul>\n");
    for (id, title) in general {
        out.push_str(&format!("<li><a href=\"#{id}\">{title}</a></li>\n"));
    }
    out.push_str("</ul>\n<ul class=\"types\">\n");
    for tag in Tag::INDEX {
        out.push_str(&format!("<li><a href=\"#{tag}\"><code>{tag}</code> {}</a></li>\n", texts::plural(tag)));
    }
    out.push_str("</ul>\n<ul>\n<li><a href=\"#others\">Other paths</a></li>\n</ul>\n</nav>\n");
    out
}

/// The paths that belong to no type.
fn others(document: &Json, url: &str) -> String {
    let examples = [
        ("/api/", "/api/?pretty=1"),
        ("/api/as_set", "/api/as_set?pretty=1"),
        ("/api/as_set/{asn}", "/api/as_set/64500"),
        ("/api/search", "/api/search?q=exchange"),
        ("/dumps/directory.sqlite.gz", "/dumps/directory.sqlite.gz"),
        ("/dumps/directory.tar.gz", "/dumps/directory.tar.gz"),
    ];
    let body: String = examples
        .iter()
        .map(|(path, example)| types::operation(document, path, &format!("{url}{example}")))
        .collect();
    section("others", "Other paths", &body)
}
