//! Sentences of notes. `{}` is the name of the record, `{c}` a city, `{d}` a domain, `{n}` a number.

/// Sentences on peering, in English.
pub(crate) const ENGLISH_REMARKS: &[&str] = &[
    "{} has an open peering policy at all locations.",
    "Sessions with more than {n} Mbps are moved to private interconnects.",
    "Please send requests to the mailbox of our peering team and name your AS number.",
    "We announce the same set of prefixes at every exchange.",
    "Our customers in {c} and around are reached best over the local exchange.",
    "Max prefix: {n} for IPv4, a tenth of it for IPv6.",
    "We filter on the AS-SET given here, once a day.",
    "RPKI invalid routes are dropped on all sessions.",
    "MD5 passwords on request only.",
    "The address space of our access network is documented at https://docs.{d}/routing.",
    "Equipment in {c} was replaced last spring; all ports are 100G now.",
    "Maintenance is announced at least five days ahead on the status page.",
    "Do not use the addresses of this record for sales offers.",
    "We are looking for partners in {c}.",
    "Remote peers are welcome, resellers get a separate VLAN.",
    "Traffic peaks in the evening between 20:00 and 23:00 local time.",
    "Blackholing is available through community 65535:666.",
    "Turn-up takes two working days on average.",
    "We keep at least two ports at every site that serves more than {n} subscribers.",
    "All sessions carry both protocols.",
    "For abuse reports use the form at https://www.{d}/abuse; mail to other addresses is not read.",
    "This network was formerly operated from {c}.",
    "No transit is sold under this AS number.",
    "Caches are hosted inside the networks of access providers on request.",
];

/// Sentences on buildings, in English.
pub(crate) const FACILITY_REMARKS: &[&str] = &[
    "{} is carrier neutral.",
    "Visitors announce themselves a day ahead and bring a passport.",
    "The loading dock is at the rear, height {n} cm.",
    "Cross connects are delivered within two working days.",
    "Power comes from two substations; generators are tested every month.",
    "Meet-me rooms are on the first and the third storey.",
    "Free cooling for most of the year, PUE below 1.3.",
    "Dark fibre leads to all other sites in {c}.",
    "Remote hands are on site around the clock.",
    "Cages, racks and half racks; suites from {n} kW.",
    "The roof has room for antennas.",
    "Expansion of the second hall is planned for next year.",
    "Tickets: https://support.{d}/",
    "Parking behind the building; the tram stops in front.",
];

/// Sentences on exchanges, in English.
pub(crate) const EXCHANGE_REMARKS: &[&str] = &[
    "{} is open to every network with an AS number of its own.",
    "Route servers run two different daemons and filter by RPKI and IRR.",
    "Ports of 1G are free of charge, larger ones see https://www.{d}/fees.",
    "The switches in {c} are joined by rings of {n}G.",
    "Maintenance happens on Tuesday nights and is announced a week ahead.",
    "New members pass a quarantine VLAN first.",
    "One MAC address per port; everything else is dropped.",
    "Members meet twice a year in {c}.",
    "Statistics are public, down to the single port.",
    "Resellers connect remote networks at up to {n} Mbps.",
    "The exchange is run by its members and makes no profit.",
    "Jumbo frames on a separate VLAN on request.",
];

/// Sentences on organizations and transport, in English.
pub(crate) const COMPANY_REMARKS: &[&str] = &[
    "{} serves {c} and the country around.",
    "Offices are open on weekdays from 9 to 17.",
    "Company news: https://www.{d}/news",
    "Wavelengths, dark fibre and Ethernet between all listed sites.",
    "Delivery takes {n} hours within the metro ring.",
    "Please use the addresses of the single records for technical questions.",
    "Founded as a cooperative of its customers.",
    "Invoices and contracts: accounts@{d}",
];

/// Headings of longer notes.
pub(crate) const HEADINGS: &[&str] = &[
    "Peering",
    "Contacts",
    "Locations",
    "Communities",
    "Technical details",
    "How to reach us",
    "Maintenance windows",
    "Requirements",
    "Ports",
];

/// Entries of lists in longer notes.
pub(crate) const TOPICS: &[&str] = &[
    "10G and 100G ports in {c}",
    "route servers preferred for less than {n} Mbps",
    "`65000:{n}` prepend once",
    "`65001:{n}` do not announce",
    "dual stack, IPv6 first",
    "24x7 operations centre",
    "dark fibre between all halls in {c}",
    "remote hands within 30 minutes",
    "cross connects are ordered from the operator of the building",
    "[looking glass](https://lg.{d}/)",
    "[statistics](https://stats.{d}/)",
    "**no** static routes, **no** default routes",
];

/// Last sentences of longer notes.
pub(crate) const CLOSINGS: &[&str] = &[
    "_Last reviewed by the peering team of {}._",
    "More at <https://www.{d}/peering>.",
    "Questions? Write to `peering@{d}`.",
    "Thank you for keeping traffic local.",
];

/// Notes on single ports.
pub(crate) const PORT_NOTES: &[&str] =
    &["Secondary port", "via reseller", "remote", "new router, same session", "LAG of two", "to be upgraded"];
