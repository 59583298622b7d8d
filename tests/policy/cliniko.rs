//! Cliniko: voluntary, enforced by the practice, compulsory with Xero in Australia.

use super::*;

fn australia_with_xero() -> Facts {
    Facts::new().with("country", "AU").with("integrations", "xero")
}

fn without_xero() -> Facts {
    Facts::new().with("country", "AU").known_empty("integrations")
}

#[test]
fn c02_a_shared_login_is_a_signal_unless_denied() {
    let rex = person("T1", STAFF);
    let effective = resolve(&presets::cliniko_staff(), &rex.situation());
    assert_eq!(effective.on_shared_login(), OnSharedLogin::Signal);
    assert_eq!(effective.shared_login_devices().get(), 4);
    assert_eq!(effective.shared_login_window().get(), Duration::from_secs(600));
    let deny =
        presets::cliniko_staff().layer(Layer::practice(practice("T1")).on_shared_login(OnSharedLogin::Deny));
    assert_eq!(
        resolve(&deny, &rex.situation()).on_shared_login(),
        OnSharedLogin::Deny
    );
}

#[test]
fn c05_strictest_of_several_roles_wins() {
    let policy = Policy::new()
        .layer(off().trust(rolling(18)))
        .layer(Layer::new(Scope::Role(role("scheduler"))).requirement(Requirement::Off))
        .layer(
            Layer::new(Scope::Role(role("power_receptionist")))
                .requirement(Requirement::Required)
                .trust(TrustRules::never()),
        );
    let rex = person("T1", STAFF);
    let both = [role("power_receptionist"), role("scheduler")];
    let effective = resolve(&policy, &rex.situation().roles(&both));
    assert_eq!(effective.requirement(), Requirement::Required);
    assert_eq!(effective.trust_end(rex.now), None);
    let lesser = resolve(&policy, &rex.situation().roles(&both[1..]));
    assert_eq!(lesser.requirement(), Requirement::Off);
    assert!(lesser.trust_end(rex.now).is_some());
}

#[test]
fn c08_voluntary_for_everyone() {
    let rex = person("T1", STAFF);
    let facts = without_xero();
    let effective = resolve(&presets::cliniko_staff(), &rex.situation().facts(&facts));
    assert_eq!(effective.requirement(), Requirement::Off);
    assert_eq!(
        effective.methods().as_slice(),
        [Method::Totp, Method::RecoveryCode]
    );
    assert_eq!(effective.trust_end(rex.now), None);
}

#[test]
fn c09_a_practice_enforces_it_for_itself() {
    let (rex, facts) = (person("T1", STAFF), without_xero());
    let enforced = Layer::practice(practice("T1"))
        .for_populations([STAFF])
        .requirement(Requirement::Required);
    let policy = presets::cliniko_staff().with_layer(enforced, &facts).unwrap();
    assert_eq!(
        resolve(&policy, &rex.situation().facts(&facts)).requirement(),
        Requirement::Required
    );
    let ria = person("T2", STAFF);
    assert_eq!(
        resolve(&policy, &ria.situation().facts(&facts)).requirement(),
        Requirement::Off
    );
}

#[test]
fn c10_compulsory_in_australia_with_xero() {
    let rex = person("T1", STAFF);
    let effective = resolve(
        &presets::cliniko_staff(),
        &rex.situation().facts(&australia_with_xero()),
    );
    assert_eq!(effective.requirement(), Requirement::Required);
    assert_eq!(
        effective.requirement_decided_by().reference().unwrap().as_str(),
        "ATO DSP OSF"
    );
    let zealand = Facts::new().with("country", "NZ").with("integrations", "xero");
    let effective = resolve(&presets::cliniko_staff(), &rex.situation().facts(&zealand));
    assert_eq!(effective.requirement(), Requirement::Off);
}

#[test]
fn c10_opting_out_is_locked_while_xero_is_connected() {
    let opt_out = Layer::practice(practice("T1")).requirement(Requirement::Off);
    let error = presets::cliniko_staff()
        .with_layer(opt_out.clone(), &australia_with_xero())
        .unwrap_err();
    assert_eq!(error.refused.len(), 1);
    assert_eq!(
        error.refused[0].scope,
        Scope::Mandate(MandateName::new("AU-XERO").unwrap())
    );
    assert_eq!(error.refused[0].setting, Some("requirement"));
    assert_eq!(
        error.to_string(),
        "requirement is locked by mandate:AU-XERO (ATO DSP OSF)"
    );
    assert!(
        presets::cliniko_staff()
            .with_layer(opt_out.clone(), &without_xero())
            .is_ok()
    );
    assert!(
        presets::cliniko_staff()
            .with_layer(opt_out, &Facts::new())
            .is_err(),
        "an unknown fact locks"
    );
}

#[test]
fn c10_a_longer_window_is_clamped_while_xero_is_connected() {
    let rex = person("T1", STAFF);
    let mandate = presets::cliniko_staff().layers().next().unwrap().clone();
    let policy = Policy::new().layer(mandate).layer(off().trust(rolling(720)));
    let saved = Layer::practice(practice("T1")).trust(rolling(720));
    let policy = policy.with_layer(saved, &australia_with_xero()).unwrap();
    let window = |facts: &Facts| {
        let end = resolve(&policy, &rex.situation().facts(facts))
            .trust_end(rex.now)
            .unwrap();
        end.since(rex.now).as_secs() / 3600
    };
    assert_eq!(window(&australia_with_xero()), 24);
    assert_eq!(window(&without_xero()), 720);
}

#[test]
fn c16_no_method_needs_a_phone() {
    let policy = Policy::new().layer(required().methods([Method::Totp, Method::Email]));
    let effective = resolve(&policy, &person("T1", STAFF).situation());
    assert_eq!(effective.methods().as_slice(), [Method::Totp, Method::Email]);
    let kinds: Vec<_> = policy.warnings().iter().map(|warning| warning.kind).collect();
    assert_eq!(kinds, [WarningKind::EmailAsFactor]);
}

#[test]
fn c18_no_trust_on_the_word_of_a_desktop_authenticator() {
    let policy = Policy::new().layer(required().trust_refused_for([AuthenticatorKind::Desktop]));
    let effective = resolve(&policy, &person("T1", STAFF).situation());
    assert!(effective.trust_refused_for().contains(AuthenticatorKind::Desktop));
    assert!(!effective.trust_refused_for().contains(AuthenticatorKind::Phone));
}

#[test]
fn c20_signing_out_ends_trust_when_one_layer_says_so() {
    let vendor = required().trust_ends_on_sign_out(false);
    let policy = Policy::new().layer(vendor);
    let rex = person("T1", STAFF);
    assert!(!resolve(&policy, &rex.situation()).trust_ends_on_sign_out());
    let policy = policy.layer(Layer::practice(practice("T1")).trust_ends_on_sign_out(true));
    assert!(resolve(&policy, &rex.situation()).trust_ends_on_sign_out());
}

#[test]
fn c29_enforcement_begins_at_an_announced_instant() {
    let tomorrow = Layer::practice(practice("T1"))
        .required_from(parse_date("2026-06-16").unwrap(), ZoneSource::Practice);
    let policy = Policy::new().layer(off()).layer(tomorrow);
    let (rex, london) = (person("T1", STAFF), zone("Europe/London"));
    let begins = at("Europe/London", "2026-06-16", "00:00");
    let at = |now| resolve(&policy, &rex.situation().zone(&london).at(now));
    assert_eq!(at(second_before(begins)).requirement(), Requirement::Off);
    assert_eq!(at(second_before(begins)).next_requirement(), Some(begins));
    assert_eq!(at(begins).requirement(), Requirement::Required);
    assert_eq!(at(begins).next_requirement(), None);
}
