//! How many records of each type a directory has.

/// Size of a generated directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// About 6 000 live records with the variety of the full scale; made in a moment.
    Small,
    /// The size and skew of the real world: about 250 000 live records.
    Full,
}

/// Published records by type, and what shapes the skew. Deleted records come on top by [`Sizes::deleted`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    pub(crate) org: usize,
    pub(crate) net: usize,
    pub(crate) fac: usize,
    pub(crate) ix: usize,
    pub(crate) netixlan: usize,
    pub(crate) netfac: usize,
    pub(crate) ixfac: usize,
    pub(crate) poc: usize,
    pub(crate) carrier: usize,
    pub(crate) carrierfac: usize,
    pub(crate) campus: usize,
    /// Pending records of each of org, fac, ix, carrier and campus.
    pub(crate) pending: usize,
    /// Cities that have facilities and exchanges.
    pub(crate) hubs: usize,
    /// Networks that are present nearly everywhere.
    pub(crate) giants: usize,
    /// Share of the exchanges at which the first of them is present.
    pub(crate) giant_share: f64,
}

impl Sizes {
    pub(crate) fn of(scale: Scale) -> Sizes {
        match scale {
            Scale::Small => Sizes::SMALL,
            Scale::Full => Sizes::FULL,
        }
    }

    const SMALL: Sizes = Sizes {
        org: 850,
        net: 850,
        fac: 150,
        ix: 33,
        netixlan: 1_750,
        netfac: 1_550,
        ixfac: 225,
        poc: 750,
        carrier: 30,
        carrierfac: 225,
        campus: 6,
        pending: 2,
        hubs: 50,
        giants: 6,
        giant_share: 0.85,
    };

    const FULL: Sizes = Sizes {
        org: 34_000,
        net: 34_000,
        fac: 6_000,
        ix: 1_300,
        netixlan: 70_000,
        netfac: 62_000,
        ixfac: 9_000,
        poc: 30_000,
        carrier: 1_200,
        carrierfac: 9_000,
        campus: 250,
        pending: 40,
        hubs: usize::MAX,
        giants: 60,
        giant_share: 0.6,
    };

    /// Deleted records on top of so many published ones.
    pub(crate) fn deleted(live: usize) -> usize {
        live * 2 / 5
    }
}
