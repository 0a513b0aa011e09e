//! The SQLite file of the public directory.

use std::path::Path;

use model::Tag;
use store::export::{Facts, PublicFile};

use super::Public;
use crate::backup::Progress;

/// What progress is told.
pub(super) const LABEL: &str = "writing records";

/// Writes the file to `path`, where nothing or an empty file is; errors call it `place`.
pub(super) async fn write(
    public: &Public,
    path: &Path,
    place: &str,
    progress: &dyn Progress,
) -> Result<(), store::Error> {
    let total = public.count();
    let mut file = PublicFile::create(path, place).await?;
    let mut before = 0;
    for tag in Tag::ALL {
        let entries = public.snapshot.listed(tag, &public.viewer);
        let rows = entries.map(|entry| public.snapshot.shown_row(&public.viewer, entry.record()));
        let mut of_type = 0;
        file.fill(tag, rows, |count| {
            of_type = count;
            progress.step(LABEL, before + count, Some(total));
        })
        .await?;
        before += of_type;
    }
    file.finish(Facts { generated: public.generated, source: &public.source }).await
}
