//! The choice lists of the field table, in definition order (data-model specification, section 5.1).

/// Roles of contacts.
pub const POC_ROLES: &[&str] =
    &["Abuse", "Maintenance", "Policy", "Technical", "NOC", "Public Relations", "Sales"];
/// Who may see a contact or a feed URL.
pub const VISIBILITY: &[&str] = &["Private", "Users", "Public"];
/// Peering policy.
pub const POLICY_GENERAL: &[&str] = &["", "Open", "Selective", "Restrictive", "No"];
/// Location requirement of a peering policy.
pub const POLICY_LOCATIONS: &[&str] =
    &["", "Not Required", "Preferred", "Required - US", "Required - EU", "Required - International"];
/// Contract requirement of a peering policy.
pub const POLICY_CONTRACTS: &[&str] = &["", "Not Required", "Private Only", "Required"];
/// IP protocols.
pub const PROTOCOLS: &[&str] = &["IPv4", "IPv6"];
/// Traffic ratios.
pub const RATIOS: &[&str] = &[
    "",
    "Not Disclosed",
    "Heavy Outbound",
    "Mostly Outbound",
    "Balanced",
    "Mostly Inbound",
    "Heavy Inbound",
];
/// Geographic scopes.
pub const SCOPES: &[&str] = &[
    "",
    "Not Disclosed",
    "Regional",
    "North America",
    "Asia Pacific",
    "Europe",
    "South America",
    "Africa",
    "Australia",
    "Middle East",
    "Global",
];
/// Continental regions.
pub const REGIONS: &[&str] =
    &["North America", "Asia Pacific", "Europe", "South America", "Africa", "Australia", "Middle East"];
/// Traffic levels.
pub const TRAFFIC: &[&str] = &[
    "",
    "0-20Mbps",
    "20-100Mbps",
    "100-1000Mbps",
    "1-5Gbps",
    "5-10Gbps",
    "10-20Gbps",
    "20-50Gbps",
    "50-100Gbps",
    "100-200Gbps",
    "200-300Gbps",
    "300-500Gbps",
    "500-1000Gbps",
    "1-5Tbps",
    "5-10Tbps",
    "10-20Tbps",
    "20-50Tbps",
    "50-100Tbps",
    "100+Tbps",
];
/// Network types.
pub const NET_TYPES: &[&str] = &[
    "NSP",
    "Content",
    "Cable/DSL/ISP",
    "Enterprise",
    "Educational/Research",
    "Non-Profit",
    "Route Server",
    "Network Services",
    "Route Collector",
    "Government",
];
/// Media of exchanges.
pub const MEDIA: &[&str] = &["Ethernet", "ATM", "Multiple"];
/// Service levels of exchanges.
pub const SERVICE_LEVELS: &[&str] =
    &["", "Not Disclosed", "Best Effort (no SLA)", "Normal Business Hours", "24/7 Support"];
/// Commercial terms of exchanges.
pub const TERMS: &[&str] = &[
    "",
    "Not Disclosed",
    "No Commercial Terms",
    "Bundled With Other Services",
    "Non-recurring Fees Only",
    "Recurring Fees",
];
/// Ownership of a facility's building.
pub const PROPERTY: &[&str] = &["", "Owner", "Lessee"];
/// Electrical services of a facility.
pub const VOLTAGE: &[&str] = &["No Power", "48 VDC", "400 VAC", "480 VAC"];
/// Port attributes that a network may exempt from automatic updates.
pub const IXP_UPDATE_EXCLUDE: &[&str] = &["speed", "is_rs_peer", "operational"];
/// States of a requested feed import.
pub const IXF_REQUEST_STATUS: &[&str] = &["queued", "importing", "finished", "error"];
/// Periods of re-authentication.
pub const REAUTH_PERIODS: &[&str] = &["1w", "2w", "1m", "3m", "6m", "1y"];
/// Life-cycle states.
pub const STATUS: &[&str] = &["ok", "pending", "deleted"];
/// States of the verification of a network's AS-set.
pub const AS_SET_STATUS: &[&str] = &["unknown", "ok", "moved", "gone"];
/// Services of social media entries.
pub const SOCIAL_SERVICES: &[&str] = &[
    "website",
    "facebook",
    "x",
    "instagram",
    "linkedin",
    "tiktok",
    "bluesky",
    "threads",
    "youtube",
    "mastodon",
    "whatsapp",
    "wechat",
    "telegram",
    "snapchat",
    "douyin",
    "kuaishou",
    "reddit",
    "weibo",
    "qq",
    "pinterest",
];
