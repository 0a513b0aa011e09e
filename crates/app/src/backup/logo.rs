//! Paths of logos, which become parts of URLs and of names of files.

use model::Value;

/// Completes "must …".
pub(super) const RULE: &str = "be a relative path such as logos_user_supplied/net-1.png, without empty, . or .. \
                               segments, backslashes and control characters";

/// The stored path of a logo, out of the URL that the API shows.
pub(super) fn from_url(value: Value<'static>) -> Value<'static> {
    let Some(url) = value.as_text() else { return value };
    let path = match url.split_once("://") {
        None => url,
        Some((_, rest)) => {
            let below = ["/m/", "/media/", "/"].into_iter().find_map(|start| rest.split_once(start));
            below.map_or(rest, |(_, path)| path)
        }
    };
    Value::Text(path.to_owned().into())
}

/// Whether a path stays below the folder of logos.
pub(super) fn is_path(path: &str) -> bool {
    path.split('/').all(|segment| !matches!(segment, "" | "." | ".."))
        && !path.contains(|c: char| c == '\\' || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_leave_the_folder_are_no_paths() {
        for good in ["logos_user_supplied/net-1.png", "a.png", "a/..b/c d.png"] {
            assert!(is_path(good), "{good}");
        }
        for bad in ["../../etc/passwd", "/etc/passwd", "a//b", "a/./b", "a/", "", "a\\b", "a\nb", "a/.."] {
            assert!(!is_path(bad), "{bad}");
        }
    }
}
