//! The archive of the thirteen lists: a gzipped tar file with `org-0.json` and its siblings.
//!
//! Each file has the bytes that are served under its name at that moment. It is put together from the blocks that
//! lists are compressed in already, so that memory holds one list that is not at most.

use std::io::{self, Write};

use catalog::bulk::{FlatRows, Member, Packed, compress, stored};
use catalog::render::{LIST_HEAD, Renderer, Shape, list_tail};
use model::Tag;
use tar::{EntryType, Header};

use super::Public;
use super::sqlite::LABEL;
use crate::backup::Progress;

/// Tar files consist of blocks of this many bytes (POSIX.1-2001, pax).
const BLOCK: usize = 512;

/// Text that is compressed at a time, in bytes.
const PART: usize = 1 << 18;

/// Writes the archive.
pub(super) fn write(public: &Public, out: &mut dyn Write, progress: &dyn Progress) -> io::Result<()> {
    let mut member = Member::default();
    for (n, tag) in Tag::ALL.into_iter().enumerate() {
        progress.step(LABEL, n as u64, Some(Tag::ALL.len() as u64));
        add(public, tag, &mut member, out)?;
    }
    // Two empty blocks are the end.
    member.push(&compress(&[0; 2 * BLOCK]));
    send(member.finish(), out)
}

fn send(pieces: Vec<std::sync::Arc<[u8]>>, out: &mut dyn Write) -> io::Result<()> {
    pieces.iter().try_for_each(|piece| out.write_all(piece))
}

/// The rows of a list in the form that they are had in.
enum Rows<'a> {
    /// Compressed already.
    Packed(&'a Packed),
    /// As texts.
    Flat(FlatRows),
    /// As one text, without the brackets.
    Text(String),
}

fn rows(public: &Public, tag: Tag) -> (Rows<'_>, u64) {
    let Public { snapshot, viewer, .. } = public;
    if let (Some(packed), Some(whole)) = (snapshot.packed(tag, viewer), snapshot.whole_list(tag, viewer)) {
        return (Rows::Packed(packed), whole.length());
    }
    let entries = snapshot.listed(tag, viewer);
    // Whether a LAN's row shows its feed URL depends on the viewer.
    if tag == Tag::Ixlan {
        let shape = Shape::default();
        let mut text = String::new();
        Renderer::new(snapshot, viewer, &shape).list(entries.map(|entry| &**entry), &mut text);
        text.pop();
        text.remove(0);
        let length = text.len() as u64;
        return (Rows::Text(text), length);
    }
    let rows = snapshot.flat_rows(&entries.collect::<Vec<_>>());
    let length = rows.length();
    (Rows::Flat(rows), length)
}

fn add(public: &Public, tag: Tag, member: &mut Member, out: &mut dyn Write) -> io::Result<()> {
    let (rows, length) = rows(public, tag);
    let tail = list_tail(&public.meta());
    let length = length + (LIST_HEAD.len() + tail.len()) as u64;
    member.push(&stored(header(public, tag, length)?.as_bytes()));
    member.push(&stored(LIST_HEAD.as_bytes()));
    match rows {
        Rows::Packed(packed) => member.append(packed),
        Rows::Text(text) => member.push(&compress(text.as_bytes())),
        Rows::Flat(rows) => add_flat(rows, member, out)?,
    }
    let mut end = tail.into_bytes();
    let filled = usize::try_from(length % BLOCK as u64).unwrap_or(0);
    end.resize(end.len() + (BLOCK - filled) % BLOCK, 0);
    member.push(&stored(&end));
    send(member.drain(), out)
}

fn add_flat(mut rows: FlatRows, member: &mut Member, out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::new();
    let mut separated = false;
    while rows.write_next(separated, &mut text) {
        separated = true;
        if text.len() >= PART {
            member.push(&compress(text.as_bytes()));
            send(member.drain(), out)?;
            text.clear();
        }
    }
    if !text.is_empty() {
        member.push(&compress(text.as_bytes()));
    }
    Ok(())
}

fn header(public: &Public, tag: Tag, length: u64) -> io::Result<Header> {
    let mut header = Header::new_ustar();
    header.set_path(format!("{tag}-0.json"))?;
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o644);
    header.set_size(length);
    header.set_mtime(u64::try_from(public.generated.unix()).unwrap_or(0));
    header.set_cksum();
    Ok(header)
}
