//! What is said about single values.

use crate::message::texts;

texts! {
    REQUIRED = "required": "This field is required.";
    NOT_NULL = "not-null": "This field may not be null.";
    NOT_BLANK = "not-blank": "This field may not be blank.";
    READ_ONLY = "read-only": "This field cannot be written.";
    NOT_A_TEXT = "not-a-text": "Not a valid string.";
    TOO_LONG = "too-long": "Ensure this field has no more than {max} characters.";
    NUL = "nul": "Null characters are not allowed.";
    GAPS_IN_NAME = "gaps-in-name": "Name cannot contain consecutive whitespace characters.";
    NOT_A_URL = "not-a-url": "Enter a valid URL.";
    NOT_AN_EMAIL = "not-an-email": "Enter a valid email address.";
    NOT_A_MAC = "not-a-mac": "Enter a valid value.";
    NOT_A_BOOLEAN = "not-a-boolean": "Must be a valid boolean.";
    NOT_AN_INTEGER = "not-an-integer": "A valid integer is required.";
    NOT_A_NUMBER = "not-a-number": "A valid number is required.";
    TOO_SMALL = "too-small": "Ensure this value is greater than or equal to {min}.";
    TOO_LARGE = "too-large": "Ensure this value is less than or equal to {max}.";
    NEGATIVE = "negative": "Negative value not allowed";
    MAXIMUM = "maximum": "Maximum value allowed {max}";
    SPEED_TOO_LOW = "speed-too-low": "Minimum speed: 50M";
    SPEED_TOO_HIGH = "speed-too-high": "Maximum speed: 5T";
    OFF_THE_GLOBE = "off-the-globe": "Invalid {value} {field}!";
    NOT_AN_ASN = "not-an-asn": "ASN contains invalid value";
    ASN_RESERVED = "asn-reserved": "ASNs in this range are private or reserved";
    NOT_A_CHOICE = "not-a-choice": "\"{value}\" is not a valid choice.";
    NOT_A_LIST = "not-a-list": "Expected a list of items but got type \"{type}\".";
    NOT_AN_OBJECT = "not-an-object": "Invalid data. Expected a dictionary, but got {type}.";
    NO_POWER = "no-power": "\"No Power\" is mutually exclusive with other voltage options.";
    MUST_BE_A_LIST = "must-be-a-list": "Must be a list.";
    UNKNOWN_WORDS = "unknown-words": "Invalid field(s): {words}. Valid values: {valid}";
    NOT_AN_ID = "not-an-id": "Incorrect type. Expected pk value, received {type}.";
    EMPTY_ADDRESS = "empty-address": "Address cannot be empty";
    UNEXPECTED_SLASH = "unexpected-slash": "Unexpected '/' in '{text}'";
    FOUR_OCTETS = "four-octets": "Expected 4 octets in '{text}'";
    NOT_AN_OCTET = "not-an-octet": "Only decimal digits permitted in '{octet}' in '{text}'";
    LONG_OCTET = "long-octet": "At most 3 characters permitted in '{octet}' in '{text}'";
    LEADING_ZEROS = "leading-zeros": "Leading zeros are not permitted in '{octet}' in '{text}'";
    LARGE_OCTET = "large-octet": "Octet {octet} (> 255) not permitted in '{text}'";
    THREE_PARTS = "three-parts": "At least 3 parts expected in '{text}'";
    NOT_IPV6 = "not-ipv6": "'{text}' does not appear to be an IPv6 address";
    INVALID_PREFIX = "invalid-prefix": "Invalid prefix: {prefix}";
    NOT_A_PREFIX = "not-a-prefix": "'{prefix}' does not appear to be an IPv4 or IPv6 network";
    HOST_BITS = "host-bits": "{prefix} has host bits set";
    ADDRESS_SPACE = "address-space": "Address space invalid: {prefix}";
    PREFIX_TOO_SHORT = "prefix-too-short": "Maximum allowed prefix length is {limit}";
    PREFIX_TOO_LONG = "prefix-too-long": "Minimum allowed prefix length is {limit}";
    IRR_FORMAT = "irr-format": "Invalid formatting: {set} - should be AS-SET, ASx, or SOURCE::AS-SET";
    IRR_TYPES = "irr-types": "All parts of an hierarchical name have to be of the same type: {set}";
    IRR_NO_SET = "irr-no-set": "At least one component must be an actual set name: {set}";
    IRR_DEPTH = "irr-depth": "Maximum AS-SET hierarchy depth: {max}";
    IRR_NO_SOURCE = "irr-no-source":
        "An IRR source prefix is required: {set} - use SOURCE::AS-SET (e.g. RIPE::AS-EXAMPLE)";
    IRR_UNKNOWN_SOURCE = "irr-unknown-source": "Unknown IRR source: {source}";
    IRR_ROUTE_SET = "irr-route-set": "Route-set names (RS-*) are not accepted: {set}";
    SERVICE_TWICE = "service-twice": "Duplicate social media services set.";
    NOT_A_PROFILE = "not-a-profile": "Invalid identifier {identifier} for service {service}!";
    NOT_A_PROFILE_URL = "not-a-profile-url": "Invalid {service} URL!";
    NOT_A_PHONE = "not-a-phone": "Not a valid phone number (E.164)";
}
