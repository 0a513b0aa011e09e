//! Namespaced permissions and the viewer through whose eyes the directory is read.
//!
//! A rule grants bits on a namespace such as `peeringdb.organization.10.network.*.poc_set.private`; `*` stands for
//! any segment. A rule covers its namespace and everything below. The most specific rule that covers a namespace
//! decides alone: it replaces the less specific ones, it does not add to them (accounts specification, 18.2).

use std::fmt;
use std::sync::Arc;

use crate::scalar::Visibility;

/// Permission bits.
pub mod bits {
    /// May read.
    pub const READ: u8 = 1;
    /// May change.
    pub const UPDATE: u8 = 2;
    /// May create.
    pub const CREATE: u8 = 4;
    /// May delete.
    pub const DELETE: u8 = 8;
    /// All of them.
    pub const ALL: u8 = 15;
}

/// One segment of a namespace that is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment<'a> {
    /// A fixed word.
    Word(&'a str),
    /// An id.
    Id(u32),
    /// An id that is not assigned yet; only `*` matches it.
    New,
}

/// What every namespace begins with.
const ROOT: &str = "peeringdb";

/// Why a text is no namespace; the text completes "the namespace must …".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadNamespace {
    /// It begins with another word, so that it covers nothing that is ever asked about.
    Root,
    /// Two dots follow each other, or one stands at the end.
    EmptySegment,
    /// A `*` stands beside other characters, where it would be a character like any other.
    Wildcard,
}

impl fmt::Display for BadNamespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadNamespace::Root => "begin with peeringdb",
            BadNamespace::EmptySegment => "have no empty segment between its dots",
            BadNamespace::Wildcard => "have * as a whole segment only",
        })
    }
}

impl std::error::Error for BadNamespace {}

/// One text for all namespaces that make the same rule: `*` at the end says nothing, and `05` is the id 5.
pub fn canonical_namespace(namespace: &str) -> String {
    let part = |part: &str| part.parse::<u32>().map_or_else(|_| part.to_owned(), |id| id.to_string());
    let parts: Vec<String> = namespace.trim_end_matches(".*").split('.').map(part).collect();
    parts.join(".")
}

/// Takes the namespace of a permission row apart into its segments. Templates hold `{org_id}` as one of them.
///
/// # Errors
/// When a rule would not mean what the text looks like.
pub fn parse_namespace(namespace: &str) -> Result<Vec<&str>, BadNamespace> {
    let segments: Vec<&str> = namespace.split('.').collect();
    let is_broken = |segment: &&str| segment.contains('*') && *segment != "*";
    if segments.iter().any(|segment| segment.is_empty()) {
        Err(BadNamespace::EmptySegment)
    } else if segments.iter().any(is_broken) {
        Err(BadNamespace::Wildcard)
    } else if segments.first() != Some(&ROOT) {
        Err(BadNamespace::Root)
    } else {
        Ok(segments)
    }
}

/// The organization that a namespace speaks of, itself or something below it; `None` where it speaks of several or of
/// something else. Told by segments: organization 1 has nothing to do with 10.
pub fn org_of(namespace: &str) -> Option<u32> {
    let mut segments = namespace.split('.');
    let (root, word) = (segments.next()?, segments.next()?);
    let speaks = root == ROOT && matches!(word, "organization" | "manage_organization");
    speaks.then(|| segments.next()?.parse().ok()).flatten()
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    Any,
    Word(Box<str>),
    Id(u32),
}

impl Pattern {
    fn matches(&self, segment: Segment<'_>) -> bool {
        match (self, segment) {
            (Pattern::Any, _) => true,
            (Pattern::Word(a), Segment::Word(b)) => **a == *b,
            (Pattern::Id(a), Segment::Id(b)) => *a == b,
            (Pattern::Word(_) | Pattern::Id(_), _) => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    pattern: Vec<Pattern>,
    bits: u8,
}

impl Rule {
    fn parse(namespace: &str, bits: u8) -> Rule {
        let trimmed = namespace.trim_end_matches(".*");
        let pattern = trimmed
            .split('.')
            .map(|part| match part {
                "*" => Pattern::Any,
                part => part.parse().map_or_else(|_| Pattern::Word(part.into()), Pattern::Id),
            })
            .collect();
        Rule { pattern, bits }
    }

    fn covers(&self, path: &[Segment<'_>]) -> bool {
        self.pattern.len() <= path.len() && self.pattern.iter().zip(path).all(|(p, s)| p.matches(*s))
    }

    /// From the left, an exact segment beats `*`, however deep the other rule goes: what an organization grants on
    /// itself is not undone by what everybody has everywhere. Otherwise deeper beats shallower.
    fn beats(&self, other: &Rule) -> bool {
        let exact = |p: &Pattern| *p != Pattern::Any;
        let differing = self.pattern.iter().zip(&other.pattern).find(|(a, b)| exact(a) != exact(b));
        match differing {
            Some((own, _)) => exact(own),
            None => self.pattern.len() > other.pattern.len(),
        }
    }
}

/// The compiled permission rows of one principal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleSet {
    rules: Vec<Rule>,
}

impl RuleSet {
    /// Compiles rows `(namespace, bits)`. Of rows with the same namespace the first one counts.
    pub fn new<'a>(rows: impl IntoIterator<Item = (&'a str, u8)>) -> RuleSet {
        let mut rules: Vec<Rule> = Vec::new();
        for (namespace, bits) in rows {
            let rule = Rule::parse(namespace, bits);
            if rules.iter().all(|other| other.pattern != rule.pattern) {
                rules.push(rule);
            }
        }
        RuleSet { rules }
    }

    /// The bits that the most specific covering rule grants; 0 when none covers.
    pub fn bits(&self, path: &[Segment<'_>]) -> u8 {
        self.decide(path, 0)
    }

    /// The bits of a namespace that a broader grant does not imply: a rule of exactly its depth must exist.
    pub fn explicit_bits(&self, path: &[Segment<'_>]) -> u8 {
        self.decide(path, path.len())
    }

    fn decide(&self, path: &[Segment<'_>], depth_min: usize) -> u8 {
        self.rules
            .iter()
            .filter(|rule| rule.pattern.len() >= depth_min && rule.covers(path))
            .reduce(|best, rule| if rule.beats(best) { rule } else { best })
            .map_or(0, |rule| rule.bits)
    }

    /// Whether every record of a public type may be read, so that rows need no check of their own: the base grant
    /// is there and no rule takes reading away below it.
    fn reads_everything_public(&self) -> bool {
        let base = self.bits(&[Segment::Word("peeringdb"), Segment::Word("organization")]);
        base & bits::READ != 0 && self.rules.iter().all(|rule| rule.bits & bits::READ != 0 || rule.is_aside())
    }

    /// A stable number that differs (but for chance) between different rules.
    fn fingerprint(&self, seed: u64) -> u64 {
        let mut text = String::new();
        for rule in &self.rules {
            use std::fmt::Write;
            let _ = write!(text, "{:?}={};", rule.pattern, rule.bits);
        }
        // FNV-1a: the same on every machine and in every release of the compiler.
        text.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, b| {
            (hash ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3)
        })
    }
}

impl Rule {
    /// Speaks of something that is no record of a public type.
    fn is_aside(&self) -> bool {
        match self.pattern.get(1) {
            Some(Pattern::Word(word)) => &**word != "organization",
            Some(Pattern::Any | Pattern::Id(_)) | None => false,
        }
    }
}

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Nobody in particular.
    Anonymous,
    /// A person, through a key of theirs or a session.
    User {
        /// The user's id.
        id: u32,
        /// Whether the person belongs to the general user group.
        verified: bool,
    },
    /// An organization, through one of its keys.
    Org {
        /// The organization's id.
        id: u32,
    },
}

/// The eyes through which the directory is read.
#[derive(Clone, Debug)]
pub struct Viewer {
    who: Who,
    superuser: bool,
    rules: Arc<RuleSet>,
    open: bool,
    mask: u64,
    /// What of the rights counts.
    limit: u8,
}

impl Viewer {
    /// Compiles a viewer.
    pub fn new(who: Who, superuser: bool, rules: RuleSet) -> Viewer {
        let open = superuser || rules.reads_everything_public();
        let mask = if superuser { 1 } else { rules.fingerprint(0) };
        Viewer { who, superuser, rules: Arc::new(rules), open, mask, limit: bits::ALL }
    }

    /// The same viewer with no more than these rights, as for keys that only read. What may be read stays the same
    /// where reading is among them.
    #[must_use]
    pub fn limited_to(mut self, limit: u8) -> Viewer {
        self.limit &= limit;
        self
    }

    /// Sees everything: for commands on the server's own machine.
    pub fn superuser() -> Viewer {
        Viewer::new(Who::Anonymous, true, RuleSet::default())
    }

    /// Who reads.
    pub fn who(&self) -> Who {
        self.who
    }

    /// Whether every check passes.
    pub fn is_superuser(&self) -> bool {
        self.superuser
    }

    /// Identifies what the viewer may see: answers rendered for one mask serve only that mask.
    pub fn mask(&self) -> u64 {
        self.mask
    }

    /// Whether records of public types (all but contacts) need no check of their own.
    pub fn reads_all(&self) -> bool {
        self.open
    }

    /// The bits on a namespace.
    pub fn bits(&self, path: &[Segment<'_>]) -> u8 {
        self.limit & if self.superuser { bits::ALL } else { self.rules.bits(path) }
    }

    /// Whether the namespace may be read.
    pub fn may_read(&self, path: &[Segment<'_>]) -> bool {
        self.bits(path) & bits::READ != 0
    }

    /// Whether a contact of a network may be read. `Users` and `Private` must be granted explicitly.
    pub fn sees_poc(&self, org: u32, net: u32, visible: Visibility) -> bool {
        use Segment::{Id, Word};
        let path = [
            Word("peeringdb"),
            Word("organization"),
            Id(org),
            Word("network"),
            Id(net),
            Word("poc_set"),
            Word(lower(visible)),
        ];
        self.sees(&path, visible != Visibility::Public)
    }

    /// Whether the feed URL of an exchange may be read; always needs an explicit grant.
    pub fn sees_feed_url(&self, org: u32, ix: u32, visible: Visibility) -> bool {
        use Segment::{Id, Word};
        let path = [
            Word("peeringdb"),
            Word("organization"),
            Id(org),
            Word("internetexchange"),
            Id(ix),
            Word("ixf_ixp_member_list_url"),
            Word(lower(visible)),
        ];
        self.sees(&path, true)
    }

    fn sees(&self, path: &[Segment<'_>], explicit: bool) -> bool {
        let granted = match explicit {
            true => self.rules.explicit_bits(path),
            false => self.rules.bits(path),
        };
        self.superuser || granted & bits::READ != 0
    }
}

/// The last segment of the namespace of what is visible so far.
pub const fn lower(visible: Visibility) -> &'static str {
    match visible {
        Visibility::Private => "private",
        Visibility::Users => "users",
        Visibility::Public => "public",
    }
}

#[cfg(test)]
mod tests {
    use super::Segment::{Id, New, Word};
    use super::*;

    const N: [Segment<'static>; 3] = [Word("peeringdb"), Word("organization"), Id(5)];

    fn below<'a>(rest: &[Segment<'a>]) -> Vec<Segment<'a>> {
        N.iter().chain(rest).copied().collect()
    }

    fn guest() -> Vec<(&'static str, u8)> {
        vec![
            ("peeringdb.organization", 1),
            ("peeringdb.organization.*.internetexchange.*.ixf_ixp_member_list_url.public", 1),
        ]
    }

    fn viewer(extra: &[(&'static str, u8)]) -> Viewer {
        let rows: Vec<_> = extra.iter().copied().chain(guest()).collect();
        Viewer::new(Who::Anonymous, false, RuleSet::new(rows))
    }

    #[test]
    fn guest_reads_public_records_and_public_contacts_only() {
        let guest = viewer(&[]);
        assert!(guest.reads_all());
        assert!(guest.may_read(&below(&[Word("network"), Id(7)])));
        assert!(guest.sees_poc(5, 7, Visibility::Public));
        assert!(!guest.sees_poc(5, 7, Visibility::Users));
        assert!(!guest.sees_poc(5, 7, Visibility::Private));
        assert!(guest.sees_feed_url(5, 9, Visibility::Public));
        assert!(!guest.sees_feed_url(5, 9, Visibility::Users));
    }

    #[test]
    fn admin_rights_do_not_imply_private_contacts() {
        let admin = viewer(&[("peeringdb.organization.5", 15)]);
        assert!(!admin.sees_poc(5, 7, Visibility::Private));
        let admin = viewer(&[
            ("peeringdb.organization.5", 15),
            ("peeringdb.organization.5.network.*.poc_set.private", 15),
        ]);
        assert!(admin.sees_poc(5, 7, Visibility::Private));
        assert!(!admin.sees_poc(6, 7, Visibility::Private));
    }

    #[test]
    fn namespaces_of_one_rule_are_one_text() {
        for same in ["peeringdb.organization.5", "peeringdb.organization.05", "peeringdb.organization.5.*.*"]
        {
            assert_eq!(canonical_namespace(same), "peeringdb.organization.5", "{same}");
        }
        assert_ne!(canonical_namespace("peeringdb.organization.*.network"), "peeringdb.organization.network");
    }

    #[test]
    fn a_namespace_speaks_of_one_organization() {
        for (namespace, org) in [
            ("peeringdb.organization.5", Some(5)),
            ("peeringdb.organization.05.network", Some(5)),
            ("peeringdb.organization.50.network.5", Some(50)),
            ("peeringdb.manage_organization.5.oauth", Some(5)),
            ("peeringdb.organization", None),
            ("peeringdb.organization.*.network.5", None),
            ("peeringdb.other.5", None),
            ("other.organization.5", None),
        ] {
            assert_eq!(org_of(namespace), org, "{namespace}");
        }
    }

    #[test]
    fn namespaces_that_mean_nothing_are_no_namespaces() {
        for (namespace, parsed) in [
            ("peeringdb", Ok(vec!["peeringdb"])),
            (
                "peeringdb.organization.5.network.*",
                Ok(vec!["peeringdb", "organization", "5", "network", "*"]),
            ),
            ("peeringdb.organization.{org_id}", Ok(vec!["peeringdb", "organization", "{org_id}"])),
            ("", Err(BadNamespace::EmptySegment)),
            ("peeringdb..organization", Err(BadNamespace::EmptySegment)),
            ("peeringdb.organization.", Err(BadNamespace::EmptySegment)),
            (".peeringdb", Err(BadNamespace::EmptySegment)),
            ("peeringdb.organization.5*", Err(BadNamespace::Wildcard)),
            ("peeringdb.**", Err(BadNamespace::Wildcard)),
            ("organization.5", Err(BadNamespace::Root)),
            ("PeeringDB.organization", Err(BadNamespace::Root)),
            ("*.organization", Err(BadNamespace::Root)),
        ] {
            assert_eq!(parse_namespace(namespace), parsed, "{namespace}");
        }
    }

    #[test]
    fn most_specific_rule_replaces_the_others() {
        let rules = RuleSet::new([
            ("peeringdb.organization.5", 1),
            ("peeringdb.organization.5.network.7", 3),
            ("peeringdb.organization.5.network.*", 5),
        ]);
        assert_eq!(rules.bits(&below(&[Word("network"), Id(7)])), 3);
        assert_eq!(rules.bits(&below(&[Word("network"), Id(8)])), 5);
        assert_eq!(rules.bits(&below(&[Word("network"), New])), 5);
        assert_eq!(rules.bits(&below(&[Word("facility"), New])), 1);
        assert_eq!(rules.bits(&below(&[Word("network"), Id(7), Word("sessions")])), 3);
    }

    #[test]
    fn what_everybody_has_everywhere_does_not_reduce_what_owners_have() {
        let rules = RuleSet::new([
            ("peeringdb.organization", 1),
            ("peeringdb.organization.*.network.*.poc_set.users", 1),
            ("peeringdb.organization.5", 15),
        ]);
        let contact = [Word("network"), Id(7), Word("poc_set"), Word("users")];
        assert_eq!(rules.bits(&below(&contact)), 15);
        assert_eq!(rules.explicit_bits(&below(&contact)), 1);
        let own = RuleSet::new([("peeringdb.organization.5", 15), ("peeringdb.organization.5.network.*", 1)]);
        assert_eq!(own.bits(&below(&contact)), 1);
    }

    #[test]
    fn a_rule_without_reading_closes_what_it_covers() {
        let closed = viewer(&[("peeringdb.organization.5", 0)]);
        assert!(!closed.reads_all());
        assert!(!closed.may_read(&below(&[Word("network"), Id(7)])));
    }

    #[test]
    fn first_of_equal_namespaces_wins_and_masks_tell_rules_apart() {
        let own = RuleSet::new([("peeringdb.organization.5", 15), ("peeringdb.organization.5", 1)]);
        assert_eq!(own.bits(&N), 15);
        assert_ne!(viewer(&[]).mask(), viewer(&[("peeringdb.organization.5", 1)]).mask());
        assert_eq!(viewer(&[]).mask(), viewer(&[]).mask());
    }

    #[test]
    fn limits_hold_for_everybody() {
        let admin = viewer(&[("peeringdb.organization.5", 15)]);
        assert_eq!(admin.bits(&N), bits::ALL);
        for viewer in [admin, Viewer::superuser()] {
            let mask = viewer.mask();
            let reader = viewer.limited_to(bits::READ);
            assert_eq!(reader.bits(&N), bits::READ);
            assert_eq!((reader.mask(), reader.may_read(&N)), (mask, true), "it sees what it saw");
        }
    }

    #[test]
    fn superuser_passes_everything() {
        let all = Viewer::superuser();
        assert!(all.sees_poc(1, 2, Visibility::Private) && all.reads_all());
    }
}
