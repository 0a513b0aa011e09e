//! Pieces of HTML.

/// A text as it can stand in HTML, in attributes too.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A sentence; what stands in backticks is code.
pub(super) fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate().map(|(n, part)| match n % 2 {
        0 => escape(part),
        _ => format!("<code>{}</code>", escape(part)),
    });
    parts.collect()
}

/// A section of the page with its heading.
pub(super) fn section(id: &str, title: &str, body: &str) -> String {
    format!(
        "<section id=\"{id}\" aria-labelledby=\"{id}-title\">\n<h2 \
         id=\"{id}-title\">{title}</h2>\n{body}</section>\n"
    )
}

/// A table: what it is about, the names of its columns, and its rows of HTML. The first cell of a row is its heading.
pub(super) fn table<const N: usize>(caption: &str, columns: [&str; N], rows: &[[String; N]]) -> String {
    let mut out = format!("<table>\n<caption>{}</caption>\n<thead><tr>", prose(caption));
    for column in columns {
        out.push_str(&format!("<th scope=\"col\">{column}</th>"));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for (n, (cell, column)) in row.iter().zip(columns).enumerate() {
            let empty = if cell.is_empty() { " class=\"empty\"" } else { "" };
            out.push_str(&match n {
                0 => format!("<th scope=\"row\">{cell}</th>"),
                _ => format!("<td data-label=\"{column}\"{empty}>{cell}</td>"),
            });
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n");
    out
}

/// Code on its own line.
pub(super) fn code(text: &str) -> String {
    format!("<pre tabindex=\"0\"><code>{}</code></pre>\n", escape(text))
}

/// A name in code.
pub(super) fn name(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}

/// Something that unfolds: both parts are HTML.
pub(super) fn unfolding(class: &str, summary: &str, body: &str) -> String {
    format!("<details class=\"{class}\">\n<summary>{summary}</summary>\n<div>\n{body}</div>\n</details>\n")
}

/// A command line that fetches a URL.
pub(super) fn curl(url: &str) -> String {
    code(&format!("curl '{url}'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_and_code_is_marked() {
        assert_eq!(prose("a < `b & \"c\"`"), "a &lt; <code>b &amp; &quot;c&quot;</code>");
    }
}
