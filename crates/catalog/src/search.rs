//! Full-text search over a snapshot: one index for every surface that searches.
//!
//! Records with a name are found by the words of their names, aliases and places; networks also by ASN, networks
//! and exchanges also by an address or prefix on an exchange LAN. All words of the question must match; a word
//! matches words that begin with it. Whole-word matches and matches in the name come first.

use std::cmp::Reverse;
use std::net::IpAddr;
use std::sync::Arc;

use imbl::OrdMap;
use model::access::Viewer;
use model::{AnyRecord, Status, Tag, collate};

use crate::snapshot::Snapshot;

/// How many hits one type yields at most.
const HITS_MAX: usize = 10_000;
/// Words of a question beyond this many are not looked at.
const WORDS_MAX: usize = 16;

/// Where a word stands: type, word and id.
type Place = (Tag, Arc<str>, u32);

/// The words of all searchable records.
#[derive(Clone, Debug, Default)]
pub struct SearchIndex {
    /// Each place with the best weight of the fields that hold the word.
    words: OrdMap<Place, u8>,
}

/// Types that search finds.
pub const SEARCHED: [Tag; 6] = [Tag::Net, Tag::Ix, Tag::Fac, Tag::Org, Tag::Campus, Tag::Carrier];

/// Fields that search reads, with their weight.
const FIELDS: [(&str, u8); 6] =
    [("name", 4), ("aka", 3), ("name_long", 3), ("city", 2), ("irr_as_set", 1), ("address1", 1)];

impl SearchIndex {
    pub(crate) fn add(&mut self, record: &AnyRecord) {
        for (word, weight) in words_of(record) {
            let known = self.words.entry((record.tag(), word.into(), record.id())).or_default();
            *known = (*known).max(weight);
        }
    }

    pub(crate) fn take(&mut self, record: &AnyRecord) {
        for (word, _) in words_of(record) {
            self.words.remove(&(record.tag(), word.into(), record.id()));
        }
    }

    /// The index of these records. Words are sorted first: a map that grows at its end is made several times as fast.
    pub(crate) fn of<'a>(records: impl Iterator<Item = &'a AnyRecord>) -> SearchIndex {
        let mut all: Vec<(Place, u8)> = Vec::new();
        for record in records {
            let (tag, id) = (record.tag(), record.id());
            all.extend(words_of(record).into_iter().map(|(word, weight)| ((tag, word.into(), id), weight)));
        }
        // The best weight of a word comes last, and stays.
        all.sort_unstable();
        SearchIndex { words: all.into_iter().collect() }
    }

    /// Documents of a type with a word that begins with `start`, by id, each with the best score: weight, doubled
    /// for the whole word.
    fn matching(&self, tag: Tag, start: &str) -> Vec<(u32, u32)> {
        let from: Place = (tag, start.into(), 0);
        let mut found: Vec<(u32, u32)> = self
            .words
            .range(from..)
            .take_while(|((of, word, _), _)| *of == tag && word.starts_with(start))
            .map(|((_, word, id), weight)| (*id, u32::from(*weight) * if &**word == start { 2 } else { 1 }))
            .collect();
        found.sort_unstable_by_key(|(id, score)| (*id, Reverse(*score)));
        found.dedup_by_key(|(id, _)| *id);
        found
    }
}

fn words_of(record: &AnyRecord) -> Vec<(String, u8)> {
    if !SEARCHED.contains(&record.tag()) || record.status() != Status::Ok {
        return Vec::new();
    }
    let mut words = Vec::new();
    for (field, weight) in FIELDS {
        if let Some(text) = record.value(field).as_text() {
            words.extend(split(text).into_iter().map(|word| (word, weight)));
        }
    }
    if let AnyRecord::Net(net) = record {
        words.push((net.asn.0.to_string(), 4));
        words.push((format!("as{}", net.asn.0), 4));
    }
    words
}

fn split(text: &str) -> Vec<String> {
    collate::search_fold(text).split_whitespace().map(str::to_owned).collect()
}

impl Snapshot {
    /// Ids of the published records of a type that match a question, best first.
    ///
    /// Reading the records themselves is for the caller to allow; who may read the port or prefix that holds an
    /// address is asked here.
    pub fn search(&self, viewer: &Viewer, tag: Tag, question: &str) -> Vec<u32> {
        if let Ok(address) = question.trim().parse::<IpAddr>() {
            return self.search_address(viewer, tag, address);
        }
        let mut words = split(question);
        words.truncate(WORDS_MAX);
        let mut hits: Option<Vec<(u32, u32)>> = None;
        for word in &words {
            let found = self.search_index().matching(tag, word);
            hits = Some(match hits {
                None => found,
                Some(before) => join(&before, &found),
            });
        }
        let mut hits = hits.unwrap_or_default();
        hits.sort_by_cached_key(|(id, score)| (Reverse(*score), self.name_length(tag, *id), *id));
        hits.truncate(HITS_MAX);
        hits.into_iter().map(|(id, _)| id).collect()
    }

    /// Who has the address: the network that uses it, the exchange whose LAN holds it.
    fn search_address(&self, viewer: &Viewer, tag: Tag, address: IpAddr) -> Vec<u32> {
        let id = match tag {
            Tag::Net => self
                .port_by_address(address)
                .filter(|port| port.status() == Status::Ok && self.may_read(viewer, port))
                .and_then(|port| port.reference("net_id")),
            Tag::Ix => self
                .prefixes_around(address)
                .find(|p| self.may_read(viewer, p))
                .and_then(|p| p.reference("ixlan_id")),
            _ => None,
        };
        id.into_iter().collect()
    }

    /// Of equally good matches the shorter name is the better one.
    fn name_length(&self, tag: Tag, id: u32) -> usize {
        self.record(tag, id).and_then(crate::index::name_of).map_or(0, str::len)
    }
}

/// Documents in both lists (each by id), scores added.
fn join(a: &[(u32, u32)], b: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut rest = b.iter().peekable();
    let mut both = Vec::new();
    for (id, score) in a {
        while rest.next_if(|(other, _)| other < id).is_some() {}
        if let Some((_, more)) = rest.next_if(|(other, _)| other == id) {
            both.push((*id, score + more));
        }
    }
    both
}

#[cfg(test)]
mod tests {
    use model::Asn;
    use model::records::{Fac, Net};

    use super::*;
    use crate::Change;

    fn net(id: u32, name: &str, aka: &str, asn: u32) -> AnyRecord {
        Net { id, name: name.into(), aka: aka.into(), asn: Asn(asn), ..Net::default() }.into()
    }

    fn snapshot() -> Snapshot {
        let fac = Fac { id: 9, name: "Nordhaus".into(), city: "Zürich".into(), ..Fac::default() };
        let records = [
            net(1, "Kestrel Fibre", "", 64500),
            net(2, "Kestrel", "", 64501),
            net(3, "Osprey", "Kestrel Old", 64502),
            net(4, "東京ネット", "", 64503),
            fac.into(),
        ];
        Snapshot::build("https://x/m/", records, 1)
    }

    #[test]
    fn words_prefixes_and_numbers_find_records() {
        let s = snapshot();
        assert_eq!(s.search(&Viewer::superuser(), Tag::Net, "kestrel"), [2, 1, 3]);
        assert_eq!(s.search(&Viewer::superuser(), Tag::Net, "KESTR fib"), [1]);
        assert_eq!(s.search(&Viewer::superuser(), Tag::Net, "AS64501"), [2]);
        assert_eq!(s.search(&Viewer::superuser(), Tag::Net, "64502"), [3]);
        assert_eq!(s.search(&Viewer::superuser(), Tag::Net, "東京"), [4]);
        assert_eq!(s.search(&Viewer::superuser(), Tag::Fac, "zurich"), [9]);
        assert!(s.search(&Viewer::superuser(), Tag::Net, "kestrel nothing").is_empty());
        assert!(s.search(&Viewer::superuser(), Tag::Net, " ?! ").is_empty());
        assert!(s.search(&Viewer::superuser(), Tag::Poc, "kestrel").is_empty());
    }

    #[test]
    fn changes_are_found_under_their_new_words_only() {
        let s = snapshot().apply([Change::Put(net(2, "Merlin", "", 64501))], 2);
        assert_eq!(s.search(&Viewer::superuser(), Tag::Net, "kestrel"), [1, 3]);
        assert_eq!(s.search(&Viewer::superuser(), Tag::Net, "merlin"), [2]);
    }
}
