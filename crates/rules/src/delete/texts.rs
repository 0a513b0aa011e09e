//! What is said about deletions that are refused (data-model specification, 7.2). Clients know the beginnings.

use crate::message::texts;

texts! {
    PROTECTED = "protected": "{reason} - Please contact {support} to help with the deletion of this object";
    ORG_IN_USE = "org-in-use": "Organization has active objects under it.";
    FAC_HAS_EXCHANGES = "fac-has-exchanges": "Facility has active exchange presence(s): {names} ...";
    FAC_HAS_NETWORKS = "fac-has-networks": "Facility has active network presence(s): {names} ...";
    IX_HAS_FACILITIES = "ix-has-facilities": "Exchange has active facility connection(s): {names} ...";
    IX_HAS_PEERS = "ix-has-peers": "Exchange has active peer(s)";
    PREFIX_IN_USE = "prefix-in-use": "Cannot delete prefix {prefix}: IP address {address} from network ASN {asn} is still using this prefix";
    LAST_CONTACT = "last-contact": "Last technical contact point for network with active peers";
}
