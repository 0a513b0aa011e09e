//! Organizations and what has an address: facilities, campuses, carriers.

use super::record;
use super::shared::*;
use crate::choices;
use crate::field::{Derived, Kind, Preset};
use crate::scalar::{Degrees, MultiChoice, SocialLink, Status, Text, Time};
use crate::tag::Tag;

record! {
    /// An organization: the owner of networks, exchanges, facilities, carriers and campuses.
    Org = Tag::Org;
    id: u32 = id();
    name: Text = text(255).required();
    aka: Text = text(255);
    name_long: Text = text(255);
    website: Text = url(255);
    social_media: Box<[SocialLink]> = social();
    notes: Text = text(0);
    net_set = children(Tag::Net, "org_id", &["org_id", "org"]);
    fac_set = children(Tag::Fac, "org_id", &["org_id", "org"]);
    ix_set = children(Tag::Ix, "org_id", &["org_id", "org"]);
    carrier_set = children(Tag::Carrier, "org_id", &["org_id", "org"]);
    campus_set = children(Tag::Campus, "org_id", &["org_id", "org"]);
    logo: Option<Text> = logo();
    address1: Text = text(255);
    address2: Text = text(255);
    city: Text = text(255);
    country: Text = country();
    state: Text = text(255);
    zipcode: Text = text(48);
    floor: Text = text(255);
    suite: Text = text(255);
    latitude: Option<Degrees> = degrees().read_only();
    longitude: Option<Degrees> = degrees().read_only();
    created: Time = stamp();
    updated: Time = stamp();
    status: Status = status();
    version: u32 = version();
    geocode_status: bool = boolean().hidden();
    geocode_date: Option<Time> = stamp().null().hidden();
    restrict_user_emails: bool = boolean().hidden();
    email_domains: Option<Text> = text(0).null().hidden();
    periodic_reauth: bool = boolean().hidden();
    periodic_reauth_period: Option<Text> =
        choice(choices::REAUTH_PERIODS).null().default(Preset::Text("3m")).hidden();
    org_flags: u32 = counter().hidden();
    flagged: Option<bool> = boolean().null().hidden();
    flagged_date: Option<Time> = stamp().null().hidden();
}

record! {
    /// A facility: a building where networks and exchanges are present.
    Fac = Tag::Fac;
    id: u32 = id();
    org_id: u32 = reference(Tag::Org);
    org_name = join("org_id", "name", NAME);
    org = object(Tag::Org, "org_id");
    campus_id: Option<u32> = of_kind(Kind::Ref(Tag::Campus)).null();
    campus = object(Tag::Campus, "campus_id");
    name: Text = text(255).required();
    aka: Text = text(255);
    name_long: Text = text(255);
    website: Text = website(200);
    social_media: Box<[SocialLink]> = social();
    clli: Text = text(18);
    rencode: Text = text(18).read_only();
    npanxx: Text = text(21);
    notes: Text = text(0);
    net_count: u32 = counter();
    ix_count: u32 = counter();
    carrier_count: u32 = counter();
    sales_email: Text = email();
    sales_phone: Text = phone(192);
    tech_email: Text = email();
    tech_phone: Text = phone(192);
    available_voltage_services: Option<MultiChoice> = multi(choices::VOLTAGE).null();
    diverse_serving_substations: Option<bool> = boolean().null();
    property: Option<Text> = choice(choices::PROPERTY).null();
    region_continent: Option<Text> = choice(choices::REGIONS).null().read_only();
    status_dashboard: Option<Text> = url(255).null();
    logo: Option<Text> = logo();
    created: Time = stamp();
    updated: Time = stamp();
    status: Status = status();
    address1: Text = text(255).required();
    address2: Text = text(255);
    city: Text = text(255).required();
    country: Text = country().required();
    state: Text = text(255);
    zipcode: Text = text(48);
    floor: Text = text(255);
    suite: Text = text(255);
    latitude: Option<Degrees> = degrees();
    longitude: Option<Degrees> = degrees();
    version: u32 = version();
    geocode_status: bool = boolean().hidden();
    geocode_date: Option<Time> = stamp().null().hidden();
    notified_for_geocoords: bool = boolean().hidden();
}

record! {
    /// A campus: two or more facilities of one organization close to each other.
    Campus = Tag::Campus;
    id: u32 = id();
    org_id: u32 = reference(Tag::Org);
    org_name = join("org_id", "name", NAME).unfilterable();
    org = object(Tag::Org, "org_id");
    status: Status = status().default(Preset::Text("pending"));
    created: Time = stamp();
    updated: Time = stamp();
    name: Text = text(255).required();
    name_long: Option<Text> = text(255).null();
    notes: Text = text(0);
    aka: Option<Text> = text(255).null();
    website: Text = website(255);
    social_media: Box<[SocialLink]> = social();
    fac_set = children(Tag::Fac, "campus_id", &["org_id", "org"]);
    country = derived(Kind::Country, Derived::FirstFac("country")).unfilterable();
    city = derived(NAME, Derived::FirstFac("city")).unfilterable();
    zipcode = derived(NAME, Derived::FirstFac("zipcode")).unfilterable();
    state = derived(NAME, Derived::FirstFac("state")).unfilterable();
    logo: Option<Text> = logo();
    version: u32 = version();
}

record! {
    /// A carrier: an organization that sells transport between facilities.
    Carrier = Tag::Carrier;
    id: u32 = id();
    org_id: u32 = reference(Tag::Org);
    org_name = join("org_id", "name", NAME).unfilterable();
    org = object(Tag::Org, "org_id");
    name: Text = text(255).required();
    aka: Text = text(255);
    name_long: Text = text(255);
    website: Text = website(255);
    social_media: Box<[SocialLink]> = social();
    notes: Text = text(0);
    carrierfac_set = children(Tag::Carrierfac, "carrier_id", &["fac"]);
    fac_count: u32 = counter().unfilterable();
    logo: Option<Text> = logo();
    created: Time = stamp();
    updated: Time = stamp();
    status: Status = status();
    version: u32 = version();
}
