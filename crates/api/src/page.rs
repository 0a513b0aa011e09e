//! The page behind paths that name nothing, for people who follow a wrong link.

/// A complete page without scripts, readable in light and dark.
pub(crate) const NOT_FOUND: &str = "<!doctype html>\n\
<html lang=\"en\">\n\
<head>\n\
<meta charset=\"utf-8\">\n\
<meta name=\"viewport\" content=\"width=device-width\">\n\
<meta name=\"color-scheme\" content=\"light dark\">\n\
<title>Not found</title>\n\
</head>\n\
<body>\n\
<main>\n\
<h1>Not found</h1>\n\
<p>There is nothing at this address. Paths of the API have no slash at the end.</p>\n\
<p><a href=\"/api/\">What the API offers</a></p>\n\
</main>\n\
</body>\n\
</html>\n";
