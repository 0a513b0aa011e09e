//! Countries: the culture that names come from, how many organizations, telephone numbers, continents.

/// One country a line: code, culture, whether names may be written in the culture's own script, weight among
/// organizations, pattern of telephone numbers.
///
/// Telephone numbers come from ranges that regulators keep for films and books (Ofcom, Bundesnetzagentur,
/// Arcep, ACMA, PTS, ComReg, and 555-01xx of the North American plan). Countries without such a range have no
/// pattern and take North American ones.
pub(super) const COUNTRIES: &str = "\
US en - 150
CA en - 25
GB en - 48 +442079460### +441614960### +441514960###
IE en - 4 +3532091#####
AU en - 32 +6125550#### +6137010#### +6185550####
NZ en - 10
JM en - 1
TT en - 1
FJ en - 1
PH en - 9
MT en - 2
DE de - 55 +493023125### +496990009### +494066969### +492214710### +498999998###
AT de - 10
CH de - 16
LU fr - 3
NL nl - 32
BE nl - 7
SE nordic - 14 +468465004## +463139006##
NO nordic - 7
DK nordic - 8
IS nordic - 2
FI baltic - 6
EE baltic - 3
LV baltic - 3
LT baltic - 4
FR fr - 30 +3319900#### +3326191#### +3335301#### +3346571#### +3353649####
CD fr - 3
CI fr - 2
SN fr - 1
CM fr - 2
BF fr - 1
MG fr - 1
MU fr - 1
IT it - 24
ES es - 18
MX es - 10
GT es - 2
HN es - 3
CR es - 3
PA es - 3
DO es - 3
PR es - 2
CO es - 10
VE es - 4
EC es - 6
PE es - 6
BO es - 2
CL es - 8
AR es - 22
UY es - 2
PY es - 3
BR pt - 150
PT pt - 4
MZ pt - 2
AO pt - 3
PL pl - 22
CZ cs - 12
SK cs - 4
HU hu - 5
RO ro - 11
MD ro - 2
HR slav - 3
SI slav - 3
RS slav - 4
BA slav - 2
AL slav - 2
RU ru native 44
BY ru native 2
KZ ru native 3
UZ ru - 1
UA uk native 22
BG bg native 8
MK bg native 1
GR el native 5
CY el native 2
GE en - 2
AM en - 1
AZ tr - 2
TR tr - 9
IL he native 5
AE ar native 5
SA ar native 5
QA ar native 1
BH ar native 1
OM ar native 2
KW ar native 2
JO ar native 2
LB ar native 3
IQ ar native 5
EG ar native 3
MA ar native 2
TN ar native 1
DZ ar native 1
IN hi native 58
NP hi native 5
BD hi - 20
PK hi - 7
LK hi - 2
TH th native 9
KH ms - 3
MM ms - 3
MN en - 1
VN vi - 7
ID ms - 55
MY ms - 7
SG zh native 12
CN zh native 14
HK hant native 13
TW hant native 7
JP ja native 15
KR ko native 6
ZA af - 16
NG af - 10
KE af - 7
GH af - 3
TZ af - 4
UG af - 3
RW af - 2
ZM af - 2
ZW af - 2
MW af - 1
ET af - 1
BW af - 1
";

/// Region of every country above, as the directory divides the world.
pub(super) const CONTINENTS: &[(&str, &str)] = &[
    (
        "Europe",
        "AL AT BA BE BG BY CH CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LT LU LV MD MK MT NL NO PL PT RO RS RU \
         SE SI SK UA",
    ),
    ("Asia Pacific", "AM AZ BD CN FJ GE HK ID IN JP KH KR KZ LK MM MN MY NP NZ PH PK SG TH TW UZ VN"),
    ("North America", "CA CR DO GT HN JM MX PA PR TT US"),
    ("South America", "AR BO BR CL CO EC PE PY UY VE"),
    ("Africa", "AO BF BW CD CI CM DZ ET GH KE MA MG MU MW MZ NG RW SN TN TZ UG ZA ZM ZW"),
    ("Middle East", "AE BH CY EG IL IQ JO KW LB OM QA SA TR"),
    ("Australia", "AU"),
];

/// North American area codes in front of 555-01xx.
pub(crate) const AREA_CODES: &[&str] = &[
    "202", "206", "212", "214", "216", "303", "305", "312", "404", "408", "415", "416", "503", "512", "514",
    "602", "604", "612", "617", "702", "713", "801", "808",
];
