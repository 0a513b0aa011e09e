//! What has to hold of files, and of the logos that they belong to.

use store::Reader;
use store::tables::{Blob, hex};

use super::Findings;
use super::world::World;

/// Runs every check.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn check(
    reader: &mut Reader,
    world: &World,
    findings: &mut Findings,
) -> Result<(), store::Error> {
    for name in reader.blob_names().await? {
        // The reader sees one moment: what it lists is there.
        let Some(blob) = reader.get_blob(&name).await? else { continue };
        if Blob::new(blob.bytes, blob.media_type, blob.created).sha256 != name {
            findings.error("files have the content that they are named by", || {
                format!("file {}: its SHA-256 is another one", hex(&name))
            });
        }
    }
    for logo in reader.logo_rows().await? {
        let record = world.get(logo.tag, logo.object_id).map(|record| record.value("logo"));
        let named = record.as_ref().and_then(|value| value.as_text());
        if named != Some(&*logo.name) {
            findings.error("logos are what their records name", || {
                let says = named.unwrap_or("none");
                format!(
                    "logo of {} {}: its file is {}, and the record names {says}",
                    logo.tag, logo.object_id, logo.name
                )
            });
        }
    }
    Ok(())
}
