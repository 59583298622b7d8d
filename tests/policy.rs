//! What five products say about who must use a second factor, as far as the policy alone decides it. Each
//! test is named after the row of the products' rules that it proves.

#![cfg(all(feature = "serde", feature = "tz"))]
#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "tests stop where they fail"
)]

use core::time::Duration;

use medfactor::code::CodeLength;
use medfactor::ids::{PracticeId, RoleName, SiteId, Subject};
use medfactor::method::{AuthenticatorKind, Method};
use medfactor::policy::{
    DecidedBy, EnrolmentGrace, Facts, Layer, MandateName, OnSharedLogin, Policy, Population, Reference,
    Requirement, Scope, Situation, TrustRules, ValidFrom, WarningKind, ZoneSource, explain, presets, resolve,
};
use medfactor::purpose::Purpose;
use medfactor::time::{Timestamp, Zone, parse_date, parse_time};
use medfactor::trust::{PracticeDay, RememberMode, TrustRule, TrustWindow};

const STAFF: Population = Population::Staff;
const PATIENT: Population = Population::Patient;

fn practice(id: &str) -> PracticeId {
    PracticeId::new(id).unwrap()
}

fn purpose(text: &str) -> Purpose {
    Purpose::parse(text).unwrap()
}

fn role(name: &str) -> RoleName {
    RoleName::new(name).unwrap()
}

fn zone(name: &str) -> Zone {
    Zone::named(name).unwrap()
}

/// `at("Europe/London", "2026-06-15", "10:00")`, and seconds after that.
fn at(zone_name: &str, date: &str, time: &str) -> Timestamp {
    zone(zone_name).first_instant(parse_date(date).unwrap(), parse_time(time).unwrap())
}

fn second_before(instant: Timestamp) -> Timestamp {
    instant.saturating_sub(Duration::from_secs(1))
}

fn hours(count: u64) -> TrustWindow {
    TrustWindow::new(Duration::from_secs(count * 3600)).unwrap()
}

fn rolling(count: u64) -> TrustRules {
    TrustRule::Rolling(hours(count)).into()
}

fn calendar(source: ZoneSource, starts_at: &str) -> TrustRules {
    TrustRule::Calendar(PracticeDay::new(source, parse_time(starts_at).unwrap())).into()
}

fn required() -> Layer {
    Layer::vendor().requirement(Requirement::Required)
}

fn off() -> Layer {
    Layer::vendor().requirement(Requirement::Off)
}

/// Someone of practice T1, signing in on 2026-06-15 at 10:00 in London.
struct Person {
    subject: Subject,
    population: Population,
    purpose: Purpose,
    now: Timestamp,
}

fn person(practice: &str, population: Population) -> Person {
    Person {
        subject: Subject::parse(practice, "77").unwrap(),
        population,
        purpose: Purpose::sign_in(),
        now: at("Europe/London", "2026-06-15", "10:00"),
    }
}

impl Person {
    fn opens(self, text: &str) -> Self {
        Self {
            purpose: purpose(text),
            ..self
        }
    }

    fn situation(&self) -> Situation<'_> {
        Situation::new(&self.subject, self.population, &self.purpose, self.now)
    }

    fn requirement(&self, policy: &Policy) -> Requirement {
        resolve(policy, &self.situation()).requirement()
    }
}

// WriteUpp: a practice may ask patients for a code before a video appointment.

fn writeupp() -> Policy {
    Policy::new().layer(off())
}

fn video_on(id: &str) -> Layer {
    Layer::practice(practice(id))
        .for_populations([PATIENT])
        .for_purposes([purpose("video_join")])
        .requirement(Requirement::Required)
        .methods([Method::Sms])
}

#[test]
fn w01_nothing_happens_unless_the_practice_switches_it_on() {
    let pat = person("T1", PATIENT).opens("video_join/A1");
    let effective = resolve(&writeupp(), &pat.situation());
    assert_eq!(effective.requirement(), Requirement::Off);
    assert_eq!(effective.requirement_decided_by().to_string(), "vendor");
    assert_eq!(
        pat.requirement(&writeupp().layer(video_on("T1"))),
        Requirement::Required
    );
}

#[test]
fn w01_one_practice_does_not_decide_for_another() {
    let policy = writeupp().layer(video_on("T9"));
    assert_eq!(
        person("T1", PATIENT).opens("video_join/A1").requirement(&policy),
        Requirement::Off
    );
}

#[test]
fn w02_each_purpose_has_its_own_switch() {
    let policy = writeupp().layer(video_on("T1"));
    assert_eq!(
        person("T1", PATIENT)
            .opens("direct_message/M7")
            .requirement(&policy),
        Requirement::Off
    );
    let one = Layer::new(Scope::Purpose(purpose("video_join/A1"))).requirement(Requirement::Required);
    let policy = writeupp().layer(one);
    assert_eq!(
        person("T1", PATIENT).opens("video_join/A1").requirement(&policy),
        Requirement::Required
    );
    assert_eq!(
        person("T1", PATIENT).opens("video_join/A2").requirement(&policy),
        Requirement::Off
    );
}

#[test]
fn w16_the_explanation_shows_who_decided() {
    let policy = writeupp().layer(video_on("T1"));
    let pat = person("T1", PATIENT).opens("video_join/A1");
    let explanation = explain(&policy, &pat.situation());
    let row = explanation.row("requirement").unwrap();
    assert_eq!(
        (row.value(), row.decided_by().to_string().as_str()),
        ("required", "practice:T1")
    );
    // Without a word of the vendor the default methods stand, and text messages are not among them.
    assert_eq!(explanation.row("methods").unwrap().value(), "none");
    let policy = policy.layer(Layer::vendor().for_populations([PATIENT]).methods([Method::Sms]));
    assert_eq!(
        explain(&policy, &pat.situation()).row("methods").unwrap().value(),
        "sms"
    );
}

#[test]
fn w17_nothing_changes_for_the_clinician() {
    let policy = writeupp().layer(video_on("T1"));
    assert_eq!(
        person("T1", STAFF).opens("video_join/A1").requirement(&policy),
        Requirement::Off
    );
}

#[test]
fn w21_what_counts_is_the_policy_at_the_moment_of_joining() {
    let pat = person("T1", PATIENT).opens("video_join/A1");
    let on = writeupp().with_layer(video_on("T1"), &Facts::new()).unwrap();
    assert_eq!(pat.requirement(&on), Requirement::Required);
    let off_again = on
        .with_layer(video_on("T1").requirement(Requirement::Off), &Facts::new())
        .unwrap();
    assert_eq!(
        off_again.layers().len(),
        2,
        "the layer takes the place of the earlier one"
    );
    assert_eq!(pat.requirement(&off_again), Requirement::Off);
}

// Cliniko: voluntary, enforced by the practice, compulsory with Xero in Australia.

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

// EXACT: required for every portal patient by the vendor, by text message only.

fn exact() -> Policy {
    Policy::new()
        .layer(
            Layer::vendor()
                .for_populations([PATIENT])
                .for_purposes([purpose("portal_login")])
                .referring_to(Reference::new("ICO-2020").unwrap())
                .requirement(Requirement::Required)
                .methods([Method::Sms]),
        )
        .layer(
            Layer::vendor()
                .for_populations([STAFF])
                .methods([Method::Sms, Method::Email]),
        )
}

#[test]
fn e02_a_new_practice_without_settings_is_covered() {
    let pat = person("T9", PATIENT).opens("portal_login");
    let effective = resolve(&exact(), &pat.situation());
    assert_eq!(effective.requirement(), Requirement::Required);
    assert!(matches!(
        effective.requirement_decided_by(),
        DecidedBy::Layer {
            scope: Scope::Vendor,
            ..
        }
    ));
}

#[test]
fn e03_a_practice_cannot_opt_out_by_itself() {
    let pat = person("T9", PATIENT).opens("portal_login");
    let policy = exact().layer(Layer::practice(practice("T9")).requirement(Requirement::Off));
    assert_eq!(pat.requirement(&policy), Requirement::Required);
}

#[test]
fn e07_the_reference_appears_in_the_explanation() {
    let pat = person("T9", PATIENT).opens("portal_login");
    let explanation = explain(&exact(), &pat.situation());
    let row = explanation.row("requirement").unwrap();
    assert_eq!(row.reference().unwrap().as_str(), "ICO-2020");
    let table = explanation.to_string();
    let line = table
        .lines()
        .find(|line| line.starts_with("requirement "))
        .unwrap();
    assert_eq!(
        line.split_whitespace().collect::<Vec<_>>(),
        ["requirement", "required", "vendor", "ICO-2020"]
    );
}

#[test]
fn e10_email_is_for_staff_only() {
    let methods = |who: Person| resolve(&exact(), &who.situation()).methods().as_slice().to_vec();
    assert_eq!(
        methods(person("T1", PATIENT).opens("portal_login")),
        [Method::Sms]
    );
    assert_eq!(
        methods(person("T1", STAFF).opens("portal_login")),
        [Method::Sms, Method::Email]
    );
}

#[test]
fn e08_a_practice_cannot_add_the_mailbox() {
    let mail = Layer::practice(practice("T1"))
        .for_populations([PATIENT])
        .methods([Method::Sms, Method::Email]);
    let pat = person("T1", PATIENT).opens("portal_login");
    assert_eq!(
        resolve(&exact().layer(mail), &pat.situation())
            .methods()
            .as_slice(),
        [Method::Sms]
    );
}

// WRS: mandatory for staff from a date, remembered for 18 hours.

fn wrs() -> Policy {
    presets::wrs_staff(parse_date("2026-09-01").unwrap())
}

#[test]
fn h01_required_from_is_midnight_in_the_practice_zone() {
    let (rex, new_york) = (person("T1", STAFF), zone("America/New_York"));
    let midnight = Timestamp::from_unix_seconds(1_788_235_200).unwrap();
    assert_eq!(midnight.to_string(), "2026-09-01T04:00:00.000Z");
    let at = |now| resolve(&wrs(), &rex.situation().zone(&new_york).at(now));
    assert_eq!(at(second_before(midnight)).requirement(), Requirement::Off);
    assert_eq!(at(second_before(midnight)).next_requirement(), Some(midnight));
    assert_eq!(at(midnight).requirement(), Requirement::Required);
    assert_eq!(at(midnight).requirement_decided_by().to_string(), "mandate:ONC");
}

#[test]
fn h01_without_a_zone_the_date_counts_as_passed() {
    assert_eq!(person("T1", STAFF).requirement(&wrs()), Requirement::Required);
}

#[test]
fn h02_nobody_opts_out_of_the_mandate() {
    for layer in [
        Layer::practice(practice("T1")),
        Layer::new(Scope::Role(role("physician"))),
    ] {
        let error = wrs()
            .with_layer(layer.requirement(Requirement::Off), &Facts::new())
            .unwrap_err();
        assert_eq!(error.to_string(), "requirement is locked by mandate:ONC (ONC)");
    }
}

#[test]
fn h03_patients_are_not_touched() {
    let pat = person("T1", PATIENT).opens("portal_login");
    assert_eq!(pat.requirement(&wrs()), Requirement::Off);
    let patients_only = Layer::practice(practice("T1"))
        .for_populations([PATIENT])
        .requirement(Requirement::Off);
    assert!(wrs().with_layer(patients_only, &Facts::new()).is_ok());
}

#[test]
fn h07_codes_by_text_message_or_email() {
    let effective = resolve(&wrs(), &person("T1", STAFF).situation());
    assert_eq!(effective.methods().as_slice(), [Method::Sms, Method::Email]);
}

#[test]
fn h08_security_messages_need_no_messaging_plan() {
    assert!(resolve(&wrs(), &person("T1", STAFF).situation()).security_messages_need_no_entitlement());
    assert!(!resolve(&exact(), &person("T1", STAFF).situation()).security_messages_need_no_entitlement());
}

#[test]
fn h11_codes_live_five_minutes_from_issue() {
    let effective = resolve(&wrs(), &person("T1", STAFF).situation());
    assert_eq!(effective.code_lifetime().get(), Duration::from_secs(300));
    assert_eq!(effective.receipt_allowance().get(), Duration::ZERO);
    assert_eq!(effective.code_valid_from(), ValidFrom::Issued);
}

#[test]
fn h16_remembered_for_eighteen_hours_at_sign_in_only() {
    let rex = person("T1", STAFF);
    let effective = resolve(&wrs(), &rex.situation());
    assert_eq!(
        effective.trust_end(rex.now).unwrap().since(rex.now),
        Duration::from_secs(64_800)
    );
    let other = person("T1", STAFF).opens("export_records");
    assert_eq!(resolve(&wrs(), &other.situation()).trust_end(other.now), None);
}

#[test]
fn h17_remembered_by_itself_unless_a_layer_asks() {
    let rex = person("T1", STAFF);
    assert_eq!(resolve(&wrs(), &rex.situation()).remember(), RememberMode::Always);
    let asked = wrs().layer(Layer::practice(practice("T1")).remember(RememberMode::OptIn));
    assert_eq!(resolve(&asked, &rex.situation()).remember(), RememberMode::OptIn);
}

#[test]
fn h26_a_short_code_is_allowed_with_a_warning() {
    let policy = Policy::new().layer(Layer::vendor().code_length(CodeLength::new(4).unwrap()));
    let warnings = policy.warnings();
    assert_eq!(warnings.len(), 1);
    assert_eq!(
        (warnings[0].path.as_str(), warnings[0].kind),
        ("layers[0].code_length", WarningKind::ShortCode)
    );
    let rex = person("T1", STAFF);
    assert_eq!(resolve(&policy, &rex.situation()).code_length().digits(), 4);
    assert_eq!(
        resolve(&Policy::new(), &rex.situation()).code_length().digits(),
        6
    );
}

// The ambiguous rules.

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
    assert_eq!(end(&wrs()), Some(at("Europe/London", "2026-06-16", "02:00")));
    let tightened = Layer::practice(practice("T1")).trust(TrustRules::never());
    let tightened = wrs().with_layer(tightened, &Facts::new()).unwrap();
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

// What went wrong elsewhere.

#[test]
fn bypass_027_every_policy_that_loads_locks_after_finitely_many_failures() {
    for bad in [
        "tries_per_challenge = 0",
        "tries_in_a_row = 101",
        "tries_per_subject = 51",
        "tries_in_a_row = 0",
    ] {
        let text = format!("format = 1\n[[layers]]\nscope = 'vendor'\n{bad}");
        assert_eq!(Policy::from_toml(&text).unwrap_err().problems.len(), 1, "{bad}");
    }
}

#[test]
fn bypass_060_the_window_of_codes_is_bounded() {
    let text = "format = 1\n[[layers]]\nscope = 'vendor'\ntotp_skew = ";
    assert!(Policy::from_toml(&format!("{text}2")).is_ok());
    assert!(Policy::from_toml(&format!("{text}3")).is_err());
}

#[test]
fn bypass_062_no_lower_layer_extends_the_grace() {
    let days = |count: u64| EnrolmentGrace::new(Duration::from_secs(count * 86_400)).unwrap();
    let policy = Policy::new()
        .layer(required().enrolment_grace(days(7)))
        .layer(Layer::practice(practice("T1")).enrolment_grace(days(30)));
    assert_eq!(
        resolve(&policy, &person("T1", STAFF).situation()).enrolment_grace(),
        days(7)
    );
}

#[test]
fn bypass_080_a_shorter_policy_ends_trust_given_before() {
    let rex = person("T1", STAFF);
    let two_hours_ago = rex.now.saturating_sub(Duration::from_secs(7200));
    let policy = Policy::new().layer(required().trust(rolling(18)));
    let is_trusted = |policy: &Policy| {
        let end = resolve(policy, &rex.situation()).trust_end(two_hours_ago);
        end.is_some_and(|end| rex.now < end)
    };
    assert!(is_trusted(&policy));
    assert!(!is_trusted(
        &policy.layer(Layer::practice(practice("T1")).trust(rolling(1)))
    ));
}

#[test]
fn bypass_090_an_unknown_role_gets_the_strictest() {
    let vendor = off().trust(rolling(18));
    let policy = Policy::new()
        .layer(vendor)
        .roles([role("scheduler"), role("receptionist")]);
    let rex = person("T1", STAFF);
    let known = [role("scheduler")];
    let unknown = [role("scheduler"), role("sheduler")];
    let effective = resolve(&policy, &rex.situation().roles(&unknown));
    assert_eq!(effective.requirement(), Requirement::Required);
    assert_eq!(effective.trust_end(rex.now), None);
    assert_eq!(effective.requirement_decided_by(), DecidedBy::UnknownRole);
    assert_eq!(
        resolve(&policy, &rex.situation().roles(&known)).requirement(),
        Requirement::Off
    );
}

#[test]
fn bypass_090_a_practice_nobody_wrote_about_is_required() {
    assert_eq!(
        person("T404", Population::Guest).requirement(&Policy::new()),
        Requirement::Required
    );
    assert_eq!(
        person("T404", Population::Service).requirement(&wrs()),
        Requirement::Required
    );
}
