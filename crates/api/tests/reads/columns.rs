//! Filters on the record's own fields and on those of records it names.

use model::Tag;
use serde_json::json;

use crate::{assert_errors, assert_ids, changed, small};

#[test]
fn numbers_compare_as_numbers_and_as_text() {
    assert_ids(
        &small(),
        &[
            ("net?asn__in=64496,64497", &[10, 11]),
            ("net?asn__gt=64496", &[11]),
            ("net?asn__gte=64496", &[10, 11]),
            ("net?asn__lt=64497", &[10]),
            ("net?asn__lte=64497", &[10, 11]),
            ("net?asn__contains=449", &[10, 11]),
            ("net?asn__startswith=644", &[10, 11]),
            ("net?id__in=10,999", &[10]),
            ("netixlan?speed__gte=10000", &[81]),
        ],
    );
}

#[test]
fn texts_compare_without_case_and_accents() {
    assert_ids(
        &small(),
        &[
            ("net?name=net%20one", &[10]),
            ("net?name=N%C3%89T+ONE", &[10]),
            ("net?name__contains=two", &[11]),
            ("net?name__startswith=net", &[10, 11]),
            ("net?name__in=Net%20One,Net%20Two", &[10, 11]),
            ("net?name=", &[]),
            ("net?aka=test", &[11]),
            ("net?aka=T%C3%8BST", &[11]),
        ],
    );
}

#[test]
fn letters_of_other_alphabets_and_ligatures_are_found_by_their_spellings() {
    let client = changed(|world| {
        world.change(Tag::Net, 10, json!({ "name": "Øresund Straße", "aka": "東京ネット" }));
    });
    assert_ids(
        &client,
        &[
            ("net?name=oresund%20strasse", &[10]),
            ("net?name=%C3%98RESUND%20STRA%C3%9FE", &[10]),
            ("net?aka=%E6%9D%B1%E4%BA%AC%E3%83%8D%E3%83%83%E3%83%88", &[10]),
            ("net?aka__contains=%E4%BA%AC", &[10]),
            ("net?aka__contains=%E5%A4%A7", &[]),
        ],
    );
}

#[test]
fn unknown_fields_and_operators_give_the_full_list() {
    let client = small();
    for path in ["net?foo=bar", "net?name__foo=x", "net?order=x", "net?net__org__name=x"] {
        let reply = client.get(&format!("/api/{path}"));
        assert_eq!(reply.ids(), [10, 11], "{path}");
        assert!(reply.header("x-ignored-filters").is_some(), "{path}");
    }
}

#[test]
fn times_compare_by_day_moment_and_beginning() {
    assert_ids(
        &small(),
        &[
            ("net?updated__gt=2011-01-01", &[10, 11]),
            ("net?updated__lte=2011-01-01", &[]),
            ("net?updated=2026-01", &[10, 11]),
            ("net?updated=2025-12", &[]),
            ("net?created__gt=2026-01-01", &[]),
            ("net?created__gte=2026-01-01", &[10, 11]),
            ("net?created__lt=2026-01-01", &[]),
            ("net?created__lte=2026-01-01", &[10, 11]),
            ("net?created__gt=2026-01-01T00:00:00Z", &[10, 11]),
        ],
    );
    assert_errors(
        &small(),
        &[
            ("net?updated__in=2026-01-01", 400, "Invalid value for 'updated__in'"),
            ("net?updated__contains=2026", 400, "Invalid value for 'updated__contains'"),
            ("net?updated__gt=yesterday", 400, "Invalid value for 'updated__gt'"),
        ],
    );
}

#[test]
fn booleans_are_true_for_true_and_one_and_false_for_the_rest() {
    assert_ids(
        &small(),
        &[
            ("net?allow_ixp_update=0", &[10]),
            ("net?allow_ixp_update=anything", &[10]),
            ("net?allow_ixp_update=true", &[11]),
            ("net?allow_ixp_update=TRUE", &[11]),
            ("net?allow_ixp_update=1", &[11]),
            ("netixlan?operational=0", &[]),
            ("netixlan?is_rs_peer=false", &[81, 82]),
            ("fac?diverse_serving_substations=true", &[41]),
            ("fac?diverse_serving_substations=True", &[41]),
            ("fac?diverse_serving_substations=1", &[41]),
            ("fac?diverse_serving_substations=false", &[]),
        ],
    );
}

#[test]
fn records_are_found_through_the_records_they_name() {
    assert_ids(
        &small(),
        &[
            ("net?org_id=100", &[10]),
            ("net?org=100", &[10]),
            ("net?org__name__contains=one", &[10]),
            ("netixlan?net__asn=64496", &[81]),
            ("netixlan?network__asn=64496", &[81]),
            ("ixlan?ix__name=IX%20One", &[11]),
            ("netfac?fac__name=Fac%20One", &[91]),
            ("netfac?facility__name=Fac%20One", &[91]),
            ("netfac?fac_id=41", &[91]),
            ("netfac?net_id=10", &[91]),
            ("netfac?net_id=11", &[]),
        ],
    );
}

#[test]
fn addresses_compare_in_canonical_form() {
    assert_ids(
        &small(),
        &[
            ("netixlan?ipaddr6=2001:db8:0:1:0:0:0:10", &[81]),
            ("netixlan?ipaddr6__in=2001:DB8:0:1:0:0:0:10,x", &[81]),
            ("netixlan?ipaddr4=abc", &[]),
            ("netixlan?ipaddr4__in=192.0.2.10,192.0.2.11", &[81, 82]),
            ("ixpfx?prefix=192.0.2.0/24", &[31]),
            ("ixpfx?prefix=nonsense", &[]),
            ("ixpfx?prefix__startswith=192.0", &[31]),
            ("ixpfx?protocol=ipv4", &[31, 33]),
        ],
    );
}

#[test]
fn countries_are_found_by_code_and_by_english_name() {
    assert_ids(
        &small(),
        &[
            ("fac?country=US", &[41]),
            ("fac?country=us", &[41]),
            ("fac?country=United%20States", &[41]),
            ("fac?country=germany", &[42]),
            ("fac?country=Un", &[]),
            ("fac?country__in=US,DE", &[41, 42]),
        ],
    );
}

#[test]
fn places_are_found_by_a_part() {
    assert_ids(
        &small(),
        &[
            ("fac?address1=main", &[41]),
            ("fac?address1=hauptstrasse", &[42]),
            ("fac?state=IL", &[41]),
            ("fac?city=chic", &[41]),
            ("fac?city__in=Chicago,Berlin", &[41, 42]),
            ("fac?city__contains=chic", &[41]),
            ("fac?region_continent=north%20america", &[41]),
            ("fac?latitude__gt=50", &[42]),
        ],
    );
    assert_errors(&small(), &[("fac?latitude__lt=abc", 400, "Invalid value for 'latitude__lt'")]);
}

#[test]
fn what_the_api_does_not_show_cannot_be_filtered_by() {
    let client = small();
    for (list, param) in [
        ("net", "poc_set__email__startswith"),
        ("ix", "ixf_import_request_user__password__startswith"),
        ("org", "restrict_user_emails"),
        ("net", "notes_private__contains"),
        ("net", "org__latitude__gt"),
        ("netixlan", "ixlan__ixf_ixp_member_list_url__startswith"),
    ] {
        let reply = client.get(&format!("/api/{list}?{param}=1"));
        assert_eq!(reply.header("x-ignored-filters"), Some(param), "{list}");
        assert_eq!(reply.body, client.get(&format!("/api/{list}")).body, "{list}?{param}");
    }
}

#[test]
fn the_last_of_repeated_parameters_wins() {
    assert_ids(&small(), &[("net?asn=64496&asn=64497", &[11]), ("net?name=x&name=Net+One", &[10])]);
}

#[test]
fn an_empty_list_of_numbers_is_refused() {
    assert_errors(&small(), &[("net?id__in=", 400, "Invalid value for 'id__in'")]);
}
