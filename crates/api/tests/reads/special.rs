//! Filters with a meaning of their own.

use model::Tag;
use serde_json::json;
use testkit::Caller;

use crate::{assert_errors, assert_ids, changed, small};

#[test]
fn facilities_are_found_through_who_is_present() {
    assert_ids(
        &small(),
        &[
            ("fac?net_id=10", &[41]),
            ("fac?net__asn=64496", &[41]),
            ("fac?net_id__in=10,11", &[41]),
            ("fac?ix=11", &[41]),
            ("fac?ix_id__in=11,12", &[41]),
            ("fac?ix__name=IX%20One", &[41]),
        ],
    );
}

#[test]
fn facilities_are_found_by_a_part_of_their_owners_name() {
    assert_ids(
        &small(),
        &[
            ("fac?org_name=one", &[41]),
            ("fac?org_name__in=Org%20One,Org%20Two", &[41, 42]),
            ("fac?org_name__startswith=org", &[41, 42]),
            ("fac?org_name__contains=two", &[42]),
        ],
    );
}

#[test]
fn facilities_are_found_by_their_counters() {
    assert_ids(
        &small(),
        &[
            ("fac?net_count=1", &[41]),
            ("fac?net_count__gt=0", &[41]),
            ("fac?ix_count=1", &[41]),
            ("fac?carrier_count__gte=1", &[41]),
        ],
    );
}

#[test]
fn an_overlap_takes_two_to_twenty_five_networks() {
    let client = small();
    assert_ids(&client, &[("fac?asn_overlap=64496,64497", &[]), ("ix?asn_overlap=64496,64497", &[11])]);
    let many: Vec<String> = (64500..64526).map(|asn| asn.to_string()).collect();
    let many = format!("fac?asn_overlap={}", many.join(","));
    assert_errors(
        &client,
        &[
            ("fac?asn_overlap=64496", 400, "Need to specify at least two asns"),
            (&many, 400, "Can only compare a maximum of 25 asns"),
            ("fac?asn_overlap=a,b", 400, "Invalid value for 'asn_overlap'"),
        ],
    );
}

#[test]
fn places_are_found_by_networks_that_are_all_or_not_there() {
    assert_ids(
        &small(),
        &[
            ("fac?all_net=10", &[41]),
            ("fac?all_net=10,11", &[]),
            ("fac?not_net=10", &[42]),
            ("ix?all_net=10,11", &[11]),
            ("ix?not_net=10", &[12]),
        ],
    );
    assert_errors(&small(), &[("fac?all_net=x", 400, "Invalid value for 'all_net'")]);
}

#[test]
fn places_are_found_by_organizations_that_are_there_or_not() {
    assert_ids(
        &small(),
        &[
            ("fac?org_present=100", &[41]),
            ("fac?org_not_present=100", &[42]),
            ("ix?org_present=100", &[11]),
            ("ix?org_not_present=100", &[12]),
        ],
    );
}

#[test]
fn a_deleted_link_is_no_presence() {
    let client = changed(|world| {
        world.delete(Tag::Netfac, 91).delete(Tag::Ixfac, 92).delete(Tag::Netixlan, 81);
    });
    assert_ids(
        &client,
        &[
            ("fac?net=10", &[]),
            ("fac?org_present=100", &[]),
            ("ix?fac=41", &[]),
            ("ix?net=10", &[]),
            ("net?not_ix=11", &[10]),
            ("ix?capacity=1000", &[11]),
        ],
    );
}

#[test]
fn members_of_a_campus_and_campuses_of_a_facility_are_found() {
    let client = changed(|world| {
        world.change(Tag::Fac, 41, json!({ "campus_id": 61 })).change(
            Tag::Campus,
            61,
            json!({ "status": "ok" }),
        );
    });
    assert_ids(
        &client,
        &[
            ("fac?campus_id=61", &[41]),
            ("fac?campus=61", &[41]),
            ("campus?facility=41", &[61]),
            ("campus?fac_id=42", &[]),
            ("campus?facility__name=Fac%20One", &[61]),
        ],
    );
}

#[test]
fn distance_needs_a_verified_caller() {
    let client = small();
    for (caller, text) in [
        (Caller::Anonymous, "Please authenticate to use the `distance` filter"),
        (Caller::Unverified, "Please verify your account to use the `distance` filter"),
    ] {
        for path in ["/api/fac?distance=10", "/api/fac?distance=abc", "/api/campus?distance=1"] {
            let reply = client.get_by(caller, path);
            assert_eq!((reply.code(), reply.error().as_str()), (403, text), "{path}");
        }
    }
}

#[test]
fn distance_without_a_place_names_what_is_missing() {
    let reply = small().get_by(Caller::Admin, "/api/fac?distance=10");
    let needed = "Required for distance filtering";
    let expected = json!({ "country": needed, "city": needed, "meta": { "error": "Bad Request" } });
    assert_eq!((reply.code(), reply.json()), (400, expected));
    let reply = small().get_by(Caller::Admin, "/api/fac?distance=10&city=Chicago");
    assert_eq!(reply.json(), json!({ "country": needed, "meta": { "error": "Bad Request" } }));
}

#[test]
fn facilities_are_found_around_a_point_and_around_a_city_nearest_first() {
    let client = changed(|world| {
        world.change(Tag::Fac, 42, json!({ "latitude": 41.6, "longitude": -87.6 }));
    });
    let by = |path: &str| client.get_by(Caller::Org, path).ids();
    assert_eq!(by("/api/fac?latitude=41.8&longitude=-87.6&distance=50"), [41, 42]);
    assert_eq!(by("/api/fac?latitude=41.65&longitude=-87.6&distance=50"), [42, 41]);
    assert_eq!(by("/api/fac?latitude=41.8&longitude=-87.6&distance=15"), [41]);
    assert_eq!(by("/api/fac?city=Chicago&country=US&distance=10"), [41]);
    assert_eq!(by("/api/fac?city=Nowhereville&country=US&distance=10"), [0; 0]);
}

#[test]
fn searching_by_name_narrows_the_list() {
    assert_ids(
        &small(),
        &[
            ("fac?name_search=one", &[41]),
            ("fac?name_search=nothing", &[]),
            ("ixpfx?name_search=x", &[]),
            ("net?name_search=", &[10, 11]),
        ],
    );
}

#[test]
fn a_record_is_found_by_what_some_clients_call_its_id() {
    let client = small();
    assert_ids(
        &client,
        &[
            ("net?pk=11&depth=2", &[11]),
            ("fac?pk=41&name=fac%20one", &[41]),
            ("org?pk=99", &[]),
            ("campus?pk=61&since=1", &[61]),
            ("poc?pk=71", &[71]),
            ("poc?pk=72", &[]),
        ],
    );
    assert_errors(&client, &[("net?pk=abc", 400, "Invalid value for 'pk'")]);
    let other = client.get("/api/net?pk__in=11");
    assert_eq!(other.header("x-ignored-filters"), Some("pk__in"), "no client sends more than one");
}

#[test]
fn an_organization_is_found_by_the_asn_of_its_network() {
    assert_ids(&small(), &[("org?asn=64496", &[100]), ("org?asn=64511", &[])]);
    assert_errors(&small(), &[("org?asn=abc", 400, "Invalid value for 'asn'")]);
}

#[test]
fn exchanges_are_found_through_members_and_facilities() {
    assert_ids(
        &small(),
        &[
            ("ix?net=10", &[11]),
            ("ix?net_id=10", &[11]),
            ("ix?net__asn=64496", &[11]),
            ("ix?net__asn__in=64496,64497", &[11]),
            ("ix?fac=41", &[11]),
            ("ix?fac_id__in=41,42", &[11]),
            ("ix?fac__city=Chicago", &[11]),
            ("ix?fac__city__contains=chi", &[11]),
            ("ix?ixlan=11", &[11]),
            ("ix?ixlan_id__in=11,12", &[11, 12]),
            ("ix?ixfac=92", &[11]),
            ("ix?net_count__gte=2", &[11]),
            ("ix?fac_count=0", &[12]),
        ],
    );
}

#[test]
fn exchanges_are_found_by_the_sum_of_their_ports() {
    assert_ids(
        &small(),
        &[
            ("ix?capacity=11000", &[11]),
            ("ix?capacity__gt=1000", &[11]),
            ("ix?capacity__lte=11000", &[11]),
            ("ix?capacity__in=1,11000", &[11]),
            ("ix?capacity__lt=11000", &[]),
        ],
    );
    assert_errors(&small(), &[("ix?capacity=abc", 400, "Invalid value for 'capacity'")]);
}

#[test]
fn exchanges_are_found_by_the_beginning_of_a_prefix() {
    assert_ids(
        &small(),
        &[("ix?ipblock=192.0.2", &[11]), ("ix?ipblock=2001:db8", &[11]), ("ix?ipblock=203.0", &[])],
    );
}

#[test]
fn exchanges_outside_of_facilities_can_be_hidden() {
    assert_ids(
        &small(),
        &[
            ("ix?hide_ix_no_fac=1", &[11]),
            ("ix?hide_ix_no_fac=true", &[11]),
            ("ix?hide_ix_no_fac=0", &[11, 12]),
            ("ixlan?hide_ix_no_fac=1", &[11]),
            ("net?hide_ix_no_fac=1", &[10, 11]),
        ],
    );
}

#[test]
fn networks_are_found_through_where_they_are_present() {
    assert_ids(
        &small(),
        &[
            ("net?ix=11", &[10, 11]),
            ("net?ixlan_id=11", &[10, 11]),
            ("net?netixlan=81", &[10]),
            ("net?netfac=91", &[10]),
            ("net?fac=41", &[10]),
            ("net?not_ix=11", &[]),
            ("net?not_ix=12", &[10, 11]),
            ("net?not_fac=41", &[11]),
        ],
    );
}

#[test]
fn networks_are_found_by_each_of_their_types() {
    assert_ids(
        &small(),
        &[
            ("net?info_type=NSP", &[10]),
            ("net?info_type=nsp", &[10]),
            ("net?info_type=Content", &[10]),
            ("net?info_type=Con", &[]),
            ("net?info_type__in=NSP,Foo", &[10]),
            ("net?info_type__contains=ten", &[10]),
            ("net?info_type__startswith=Con", &[10]),
            ("net?info_types=NSP,Content", &[10]),
            ("net?info_types=Content,NSP", &[]),
            ("net?info_types=", &[11]),
        ],
    );
}

#[test]
fn ports_are_found_by_the_name_of_their_exchange() {
    assert_ids(
        &small(),
        &[
            ("netixlan?name=IX%20One", &[81, 82]),
            ("netixlan?name__contains=one", &[81, 82]),
            ("netixlan?ix__name__contains=one", &[81, 82]),
            ("netixlan?ix__name__contains=two", &[]),
        ],
    );
}

#[test]
fn presences_are_found_by_name_and_place_of_their_facility() {
    assert_ids(
        &small(),
        &[
            ("netfac?name=Fac%20One", &[91]),
            ("netfac?city=Chicago", &[91]),
            ("netfac?country=US", &[91]),
            ("netfac?city=chi", &[]),
            ("ixfac?name=fac%20one", &[92]),
            ("ixfac?country=US", &[92]),
            ("ixfac?fac__country=US", &[92]),
            ("ixfac?country=DE", &[]),
        ],
    );
}

#[test]
fn prefixes_are_found_by_an_address_and_by_their_exchange() {
    assert_ids(
        &small(),
        &[
            ("ixpfx?whereis=192.0.2.5", &[31]),
            ("ixpfx?whereis=2001:db8:0:1::77", &[32]),
            ("ixpfx?whereis=203.0.113.8", &[]),
            ("ixpfx?ix_id=11", &[31, 32]),
            ("ixpfx?ix__name=IX%20One", &[31, 32]),
        ],
    );
    let text = "'abc' does not appear to be an IPv4 or IPv6 address";
    assert_errors(&small(), &[("ixpfx?whereis=abc", 400, text)]);
}

#[test]
fn carriers_are_found_through_their_facilities() {
    assert_ids(
        &small(),
        &[
            ("carrier?carrierfac_set__facility_id=41", &[51]),
            ("carrier?carrierfac_set__facility_id__in=41,42", &[51]),
            ("carrier?carrierfac_set__fac_id=42", &[]),
        ],
    );
}

#[test]
fn ports_are_found_by_the_facility_on_either_side() {
    assert_ids(
        &small(),
        &[
            ("netixlan?net_side=41", &[81]),
            ("netixlan?net_side_id=41", &[81]),
            ("netixlan?ix_side_id=41", &[81]),
            ("netixlan?ix_side_id=42", &[]),
        ],
    );
}

#[test]
fn the_registry_state_is_filtered_as_it_is_shown() {
    let client = small();
    assert_ids(&client, &[("net?rir_status=ok", &[10]), ("net?rir_status=missing", &[])]);
    assert_eq!(client.get("/api/net/10").data()[0]["rir_status"], "ok");
}

#[test]
fn an_operator_that_a_special_filter_does_not_take_is_no_filter() {
    let client = small();
    for (list, param) in
        [("org", "asn__gt"), ("net", "not_ix__gt"), ("ixpfx", "whereis__in"), ("ix", "all_net__lt")]
    {
        let reply = client.get(&format!("/api/{list}?{param}=1"));
        assert_eq!(reply.header("x-ignored-filters"), Some(param), "{list}");
    }
}

#[test]
fn a_field_that_a_related_type_does_not_have_is_an_error_where_the_relation_is_special() {
    assert_errors(
        &small(),
        &[("fac?net__nosuch=1", 400, "Invalid query"), ("ix?fac__nosuch__in=1", 400, "Invalid query")],
    );
}
