//! What is said about records as a whole.

use crate::message::texts;

texts! {
    UNKNOWN_RECORD = "unknown-record": "Invalid pk \"{id}\" - object does not exist.";
    TAKEN = "taken": "{type} with this {field} already exists.";
    MUST_BE_UNIQUE = "must-be-unique": "This field must be unique.";
    PAIR_TAKEN = "pair-taken": "The fields {first}, {second} must make a unique set.";
    PARENT_DELETED = "parent-deleted": "Object of type '{child}' cannot be saved because its parent entity '{parent}/{id}' has been marked as deleted";
    PARENT_PENDING = "parent-pending": "Object of type '{child}' cannot be saved because its parent entity '{parent}/{id}' has not yet been approved";
    WEBSITE_REQUIRED = "website-required": "Website required";
    WEBSITE_BLANK = "website-blank": "This field may not be blank.";
    FLOOR_DEPRECATED = "floor-deprecated": "Field is being deprecated. Please move this data to the suite field and remove it from here.";
    INPUT_REQUIRED = "input-required": "Input required";
    ASN_FIXED = "asn-fixed": "ASN cannot be changed.";
    ASN_DELETED = "asn-deleted": "Network has been deleted. Please contact {support}";
    ASN_UNASSIGNED = "asn-unassigned": "This ASN is not assigned by any RIR";
    ASN_UNKNOWN = "asn-unknown": "The registration of this ASN could not be retrieved by RDAP ({why}). Please contact {support}";
    EMAIL_MISMATCH = "email-mismatch": "Your email address and the ASN's registered addresses mismatch. To register this network, confirm one of the addresses that the registry knows, or contact {support}";
    EMAIL_MISMATCH_SHORT = "email-mismatch-short": "Your email address and ASN emails mismatch";
    AUTO_UPDATE_NEEDS_CONTACT = "auto-update-needs-contact": "Cannot be enabled - must have a Technical, NOC, or Policy point of contact with valid email.";
    PORT_NEEDS_CONTACT = "port-needs-contact": "Network must have a Technical, NOC, or Policy point of contact with valid email before adding exchange point.";
    ADDRESS_REQUIRED = "address-required": "Input required for IPv4 or IPv6";
    OUTSIDE_PREFIX4 = "outside-prefix4": "IPv4 address outside of prefix";
    OUTSIDE_PREFIX6 = "outside-prefix6": "IPv6 address outside of prefix";
    ADDRESS_TAKEN = "address-taken": "IP already exists";
    NO_SUCH_SIDE = "no-such-side": "The facility is not one of the {owner}'s";
    PREFIX_PROTOCOL = "prefix-protocol": "Prefix address invalid, needs to be valid according to the selected protocol";
    PREFIX_OVERLAPS = "prefix-overlaps": "Prefix overlaps with prefix {prefix} on IXP '{ix}'";
    NOT_IN_DFZ = "not-in-dfz": "The in_dfz property has been deprecated and setting it to false is no longer supported";
    PREFIX_REQUIRED = "prefix-required": "This field is required.";
    SUGGESTED_IX = "suggested-ix": "An exchange cannot be created below the organization for suggestions";
    FEED_UNREADABLE = "feed-unreadable": "The member list could not be read: {why}";
    FEED_TOO_SHORT = "feed-too-short": "The member list names fewer than {min} networks";
    FEED_NAMES_OWN = "feed-names-own": "The member list names a network of the exchange's own organization";
    FEED_URL_REQUIRED = "feed-url-required": "Cannot enable IX-F import without specifying the IX-F member list url";
    LAN_FIXED = "lan-fixed": "A LAN stays with its exchange.";
    CONTACT_REQUIRED = "contact-required": "Phone or email required";
    PRIVATE_CONTACT = "private-contact": "Private contacts are no longer supported.";
    LATITUDE_REQUIRED = "latitude-required": "Valid latitude is required";
    LONGITUDE_REQUIRED = "longitude-required": "Valid longitude is required";
    MOVED_TOO_FAR = "moved-too-far": "The new position exceeds the maximum distance of 1KM from the previous geocode";
    CITY_TOO_FAR = "city-too-far": "The position exceeds the maximum distance of 50KM from the city";
    CITY_UNKNOWN = "city-unknown": "The city could not be located, so that the position cannot be verified";
    NOT_LOCATED = "not-located": "The address could not be located: {why}";
    NO_SUGGESTIONS = "no-suggestions": "This directory takes no suggestions.";
}
