//! SecureVideo: invitees with a link are asked for nothing, and may join by a code that staff read out.

use medfactor::policy::{AccessCodeLength, AccessLimit, AccessStorage};

use super::*;

#[test]
fn v03_invitees_are_asked_for_nothing_and_staff_are_required() {
    let policy = presets::securevideo_join();
    for population in [PATIENT, Population::Guest] {
        let effective = resolve(
            &policy,
            &person("T1", population).opens("video_join/S1").situation(),
        );
        assert_eq!(effective.requirement(), Requirement::Off);
        assert_eq!(effective.methods().as_slice(), [Method::Sms, Method::Email]);
        assert_eq!(effective.trust(), &TrustRules::never());
    }
    let at_sign_in = resolve(&policy, &person("T1", PATIENT).situation());
    assert_eq!(at_sign_in.requirement(), Requirement::Required, "another purpose");
    let clio = resolve(&policy, &person("T1", STAFF).opens("video_join/S1").situation());
    assert_eq!(clio.requirement(), Requirement::Required);
}

#[test]
fn v09_v12_v13_the_numbers_of_access_codes() {
    let policy = presets::securevideo_join();
    let effective = resolve(
        &policy,
        &person("T1", Population::Guest).opens("video_join").situation(),
    );
    assert_eq!(effective.access_code_length().get(), 9);
    assert_eq!(effective.access_code_storage(), AccessStorage::RegenerateOnReveal);
    assert_eq!(effective.access_opens_before().get(), Duration::from_secs(1800));
    assert_eq!(effective.access_closes_after().get(), Duration::from_secs(900));
    assert_eq!(effective.access_tries().get(), 20);
    assert_eq!(effective.access_tries_window().get(), Duration::from_secs(600));
    assert_eq!(effective.access_alarm().get(), 1_000);
    assert_eq!(effective.access_limit().get(), 10_000);
    assert_eq!(effective.send_cooldown().get(), Duration::from_secs(30));
}

#[test]
fn v12_fifty_thousand_live_codes_of_nine_digits_are_too_many() {
    assert_eq!(AccessCodeLength::DEFAULT.guesses_per_hit(50_000), 20_000);
    assert_eq!(AccessCodeLength::advised_for(50_000), None);
    assert_eq!(AccessCodeLength::advised_for(0), Some(AccessCodeLength::MIN));
}

#[test]
fn the_preset_is_written_and_read_and_warns_of_mail_alone() {
    let policy = presets::securevideo_join();
    assert_eq!(Policy::from_toml(&policy.to_toml()).unwrap(), policy);
    let kinds: Vec<_> = policy
        .warnings()
        .into_iter()
        .map(|warning| warning.kind)
        .collect();
    assert_eq!(kinds, [WarningKind::EmailAsFactor]);
    let strict = policy.layer(Layer::practice(practice("T1")).access_limit(AccessLimit::new(500).unwrap()));
    assert_eq!(Policy::from_toml(&strict.to_toml()).unwrap(), strict);
    let large = strict
        .to_toml()
        .replace("access_limit = 500", "access_limit = 5000000");
    let error = Policy::from_toml(&large).unwrap_err().to_string();
    assert!(error.contains("must be from 100 to 100000"), "{error}");
}
