//! The ambiguous rules.

use super::*;

#[test]
fn a_s01_1_rolling_is_eighteen_hours_to_the_second() {
    let policy = Policy::new().layer(required().trust(rolling(18)));
    let verified = at("Europe/London", "2026-06-15", "22:00");
    let end = resolve(&policy, &person("T1", STAFF).situation()).trust_end(verified);
    assert_eq!(end, Some(at("Europe/London", "2026-06-16", "16:00")));
}

#[test]
fn a_s01_3_calendar_ends_with_the_practice_day() {
    let policy = Policy::new().layer(required().trust(calendar(ZoneSource::Practice, "00:00")));
    let (rex, london) = (person("T1", STAFF), zone("Europe/London"));
    let verified = at("Europe/London", "2026-06-15", "22:00");
    let effective = resolve(&policy, &rex.situation().zone(&london));
    assert_eq!(
        effective.trust_end(verified),
        Some(at("Europe/London", "2026-06-16", "00:00"))
    );
    assert_eq!(
        explain(&policy, &rex.situation().zone(&london))
            .row("trust")
            .unwrap()
            .value(),
        "until the next 00:00 in Europe/London"
    );
    let nowhere = resolve(&policy, &rex.situation());
    assert_eq!(
        nowhere.trust_end(verified),
        None,
        "a day rule without a zone trusts nothing"
    );
    assert_eq!(policy.warnings()[0].kind, WarningKind::DayNeedsZone);
}

#[test]
fn a_s08_2_an_opt_out_never_beats_a_mandate() {
    let mandate = Layer::mandate(MandateName::new("ONC").unwrap())
        .locked()
        .required_from(parse_date("2026-09-01").unwrap(), ZoneSource::Practice);
    let policy = Policy::new()
        .layer(off())
        .layer(Layer::practice(practice("T1")).requirement(Requirement::Off));
    let policy = policy.layer(mandate);
    let (rex, london) = (person("T1", STAFF), zone("Europe/London"));
    let date = at("Europe/London", "2026-09-01", "00:00");
    let at = |now| resolve(&policy, &rex.situation().zone(&london).at(now)).requirement();
    assert_eq!(
        (at(second_before(date)), at(date)),
        (Requirement::Off, Requirement::Required)
    );
}

#[test]
fn a_s08_4_running_trust_does_not_survive_tightening() {
    let (rex, verified) = (person("T1", STAFF), at("Europe/London", "2026-06-15", "08:00"));
    let end = |policy: &Policy| resolve(policy, &rex.situation()).trust_end(verified);
    assert_eq!(end(&wrs::wrs()), Some(at("Europe/London", "2026-06-16", "02:00")));
    let tightened = Layer::practice(practice("T1")).trust(TrustRules::never());
    let tightened = wrs::wrs().with_layer(tightened, &Facts::new()).unwrap();
    assert_eq!(end(&tightened), None);
}

#[test]
fn a_s12_1_a_travelling_user_follows_the_practice_day() {
    let (rex, sydney) = (person("T1", STAFF), zone("Australia/Sydney"));
    let verified = at("Australia/Sydney", "2026-06-16", "08:00");
    let end = |rules: TrustRules| {
        let policy = Policy::new().layer(required().trust(rules));
        resolve(&policy, &rex.situation().zone(&sydney))
            .trust_end(verified)
            .unwrap()
    };
    assert_eq!(
        end(calendar(ZoneSource::Practice, "00:00")),
        at("Australia/Perth", "2026-06-16", "22:00")
    );
    assert_eq!(end(rolling(18)), at("Australia/Sydney", "2026-06-17", "02:00"));
}

#[test]
fn a_s12_3_a_site_may_have_a_zone_of_its_own() {
    let policy = Policy::new().layer(required().trust(calendar(ZoneSource::Practice, "00:00")));
    let (rex, perth_site) = (person("T1", STAFF), SiteId::new("perth").unwrap());
    let verified = at("Australia/Sydney", "2026-06-16", "08:00");
    let end = |zone_name: &str| {
        let zone = zone(zone_name);
        resolve(&policy, &rex.situation().site(&perth_site).zone(&zone)).trust_end(verified)
    };
    assert_eq!(
        end("Australia/Perth"),
        Some(at("Australia/Perth", "2026-06-17", "00:00"))
    );
    assert_eq!(
        end("Australia/Sydney"),
        Some(at("Australia/Sydney", "2026-06-17", "00:00"))
    );
    let named = calendar(ZoneSource::Named(zone("Australia/Perth")), "00:00");
    let policy = Policy::new().layer(required().trust(named));
    let anywhere = resolve(&policy, &rex.situation()).trust_end(verified);
    assert_eq!(anywhere, Some(at("Australia/Perth", "2026-06-17", "00:00")));
}
