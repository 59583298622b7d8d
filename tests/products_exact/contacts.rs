//! The one sentence for every contact that cannot be used, links, channels, changed and shared numbers.

use medfactor::audit::Event;
use medfactor::delivery::{Handover, NotSent, NoticeKind};
use medfactor::directory::{Line, NumberRisk};
use medfactor::flow::{Consent, Problem, Remember, Signal, Verdict};
use medfactor::method::Method;
use medfactor::policy::{ChannelSeparation, ContactBinding, Layer, OnNumberRisk, Requirement};
use medfactor::trust::{RememberMode, TrustRule};

use super::*;
use crate::common::{Ask, COOLDOWN};

const SENTENCE: &str = "Please contact the practice to provide the information they require to sign in.";

#[test]
fn e11_a_code_does_not_follow_the_link_where_that_is_forbidden() {
    let layer = Layer::vendor()
        .requirement(Requirement::Required)
        .methods([Method::Sms, Method::Email])
        .channel_separation(ChannelSeparation::Forbid);
    let clinic = under(Policy::new().layer(layer));
    let mail = Contact::new(Destination::email(MAIL).unwrap());
    let pat = patient(&clinic, "t1", "pat", &[sms(PHONE), mail]);
    for (by_link, offered) in [(Channel::Email, Channel::Sms), (Channel::Sms, Channel::Email)] {
        let challenge = challenge(begin(&clinic, by(&clinic, &pat).link(by_link)));
        assert_eq!(channels(&challenge), [offered]);
        assert!(matches!(send(&clinic, &challenge, by_link), Sending::Refused(_)));
    }
    assert_eq!(
        channels(&challenge(begin(&clinic, by(&clinic, &pat)))),
        [Channel::Sms, Channel::Email]
    );
}

#[test]
fn e12_one_channel_for_both_is_noted_and_by_mail_refused() {
    let clinic = portal_clinic();
    let pat = pat(&clinic);
    let version = clinic.verifier.contact_version(&pat).block_on().unwrap();
    let by_sms = by(&clinic, &pat).link(Channel::Sms).contacts(version.as_str());
    let challenge_by_sms = challenge(begin(&clinic, by_sms));
    assert_eq!(channels(&challenge_by_sms), [Channel::Sms]);
    assert_eq!(clinic.count(&pat, Event::SingleChannel), 1);
    assert!(matches!(
        send(&clinic, &challenge_by_sms, Channel::Sms),
        Sending::Sent(_)
    ));

    let both = Layer::vendor()
        .requirement(Requirement::Required)
        .methods([Method::Email]);
    for (separation, refused) in [
        (ChannelSeparation::Warn, true),
        (ChannelSeparation::Forbid, true),
        (ChannelSeparation::Off, false),
    ] {
        let clinic = under(Policy::new().layer(both.clone().channel_separation(separation)));
        let mail = Contact::new(Destination::email(MAIL).unwrap());
        let pat = patient(&clinic, "t1", "pat", &[mail]);
        let ruling = begin(&clinic, by(&clinic, &pat).link(Channel::Email));
        assert_eq!(matches!(ruling, Ruling::Blocked(_)), refused, "{separation:?}");
    }
}

#[test]
fn e13_a_friends_number_gets_no_code() {
    // No call takes a number; the one on file is used, before and after somebody asks for another.
    let clinic = portal_clinic();
    let pat = pat(&clinic);
    let challenge = asked(&clinic, &pat);
    assert!(matches!(
        send(&clinic, &challenge, Channel::Sms),
        Sending::Sent(_)
    ));
    assert_eq!(clinic.outbox.last().unwrap().destination.expose(), PHONE);
}

#[test]
fn e14_without_a_number_the_sentence_is_shown_word_for_word() {
    let clinic = portal_clinic();
    let pat2 = patient(&clinic, "t1", "pat2", &[]);
    let (text, _) = blocked(&clinic, &pat2, link(&clinic, &pat2));
    assert_eq!(text, SENTENCE);
}

#[test]
fn e15_the_sentence_does_not_say_what_is_missing() {
    let clinic = portal_clinic();
    let missing = patient(&clinic, "t1", "missing", &[]);
    let malformed = patient(
        &clinic,
        "t1",
        "malformed",
        &[Contact::read(Channel::Sms, "07700 90012")],
    );
    let suppressed = patient(&clinic, "t1", "suppressed", &[sms("+447700900101")]);
    let opted_out = patient(&clinic, "t1", "opted-out", &[sms("+447700900102")]);
    let challenge = asked(&clinic, &suppressed);
    clinic.outbox.answer(Handover::NotSent(NotSent::BadDestination));
    assert!(matches!(
        send(&clinic, &challenge, Channel::Sms),
        Sending::Refused(_)
    ));
    let stop = Destination::sms("+447700900102").unwrap();
    clinic
        .verifier
        .set_consent(opted_out.practice(), &stop, Consent::OptOut, &actor("ada"))
        .block_on()
        .unwrap();
    let told: Vec<_> = [missing, malformed, suppressed, opted_out]
        .iter()
        .map(|who| blocked(&clinic, who, link(&clinic, who)))
        .collect();
    assert!(told.iter().all(|(text, _)| text == SENTENCE));
    assert_eq!(
        told.into_iter().map(|(_, reason)| reason).collect::<Vec<_>>(),
        [
            Reason::NoUsableContact,
            Reason::MalformedContact,
            Reason::BadDestination,
            Reason::OptedOut
        ]
    );
}

#[test]
fn e16_a_link_from_before_the_change_leads_nowhere() {
    let clinic = portal_clinic();
    let pat2 = patient(&clinic, "t1", "pat2", &[]);
    let l1 = clinic.verifier.contact_version(&pat2).block_on().unwrap();
    patient(&clinic, "t1", "pat2", &[sms(PHONE)]);
    let old = by(&clinic, &pat2).link(Channel::Email).contacts(l1.as_str());
    assert_eq!(
        blocked(&clinic, &pat2, old),
        (SENTENCE.into(), Reason::StaleContact)
    );
    // A link that carries nothing, or nonsense, is no younger.
    for version in [None, Some(""), Some("1.00"), Some("\u{1f980}")] {
        let request = match version {
            Some(version) => by(&clinic, &pat2).contacts(version),
            None => by(&clinic, &pat2),
        };
        assert_eq!(blocked(&clinic, &pat2, request).1, Reason::StaleContact);
    }
    // Another person's version is not this person's.
    let other = pat(&clinic);
    let theirs = clinic.verifier.contact_version(&other).block_on().unwrap();
    let request = by(&clinic, &pat2).contacts(theirs.as_str());
    assert_eq!(blocked(&clinic, &pat2, request).1, Reason::StaleContact);
    let l2 = asked(&clinic, &pat2);
    assert!(matches!(send(&clinic, &l2, Channel::Sms), Sending::Sent(_)));
}

#[test]
fn e16_nor_does_a_page_that_was_open_when_the_number_changed() {
    let clinic = portal_clinic();
    let pat = pat(&clinic);
    let challenge = asked(&clinic, &pat);
    patient(&clinic, "t1", "pat", &[sms("+447700900124")]);
    let refused = send(&clinic, &challenge, Channel::Sms);
    assert!(matches!(refused, Sending::Refused(no) if no.exact_reason() == Reason::StaleContact));
    assert_eq!(clinic.sent(), 0);
}

#[test]
fn e17_where_contacts_are_looked_up_the_old_link_works() {
    let layer = Layer::vendor()
        .requirement(Requirement::Required)
        .methods([Method::Sms])
        .contact_binding(ContactBinding::Live);
    let clinic = under(Policy::new().layer(layer));
    let pat2 = patient(&clinic, "t1", "pat2", &[]);
    let l1 = clinic.verifier.contact_version(&pat2).block_on().unwrap();
    patient(&clinic, "t1", "pat2", &[sms(PHONE)]);
    let old = by(&clinic, &pat2).link(Channel::Email).contacts(l1.as_str());
    let challenge = challenge(begin(&clinic, old));
    assert!(matches!(
        send(&clinic, &challenge, Channel::Sms),
        Sending::Sent(_)
    ));
    assert_eq!(clinic.outbox.last().unwrap().destination.expose(), PHONE);
}

/// Under a policy that remembers devices and looks contacts up.
fn remembering() -> Clinic {
    let layer = Layer::vendor()
        .requirement(Requirement::Required)
        .methods([Method::Sms])
        .trust(TrustRule::default())
        .remember(RememberMode::Always);
    under(Policy::new().layer(layer))
}

fn change_number(clinic: &Clinic, who: &Subject) {
    let new = Destination::sms("+447700900124").unwrap();
    let old = Destination::sms(PHONE).unwrap();
    let person = Person::new(who.clone(), Population::Patient);
    clinic
        .directory
        .put_person(person.destination(new).former_destination(old));
    let changed = Signal::ContactChanged(Channel::Sms);
    clinic
        .verifier
        .signal(who, changed, &actor("rex"))
        .block_on()
        .unwrap();
}

#[test]
fn e18_a_code_on_its_way_to_the_old_number_is_dead() {
    let clinic = remembering();
    let pat = pat(&clinic);
    let open = challenge(begin(&clinic, by(&clinic, &pat)));
    let code = clinic.code(&open);
    change_number(&clinic, &pat);
    assert_eq!(clinic.why_not(&open, &code), Reason::Superseded);
    clinic.clock.forward(COOLDOWN);
    assert!(matches!(send(&clinic, &open, Channel::Sms), Sending::Sent(_)));
    assert_eq!(
        clinic.outbox.last().unwrap().destination.expose(),
        "+447700900124"
    );
}

#[test]
fn e19_a_changed_number_ends_trust_and_the_old_one_is_told() {
    let clinic = remembering();
    let pat = pat(&clinic);
    let open = challenge(begin(&clinic, by(&clinic, &pat)));
    let code = clinic.code(&open);
    let pass = clinic.answer(&open, &code).unwrap();
    let cookie = pass.device_cookie().unwrap().value().to_string();
    let trusted = |clinic: &Clinic| {
        matches!(
            begin(clinic, by(clinic, &pat).device(Some(&cookie))),
            Ruling::Pass(_)
        )
    };
    assert!(trusted(&clinic));
    change_number(&clinic, &pat);
    assert!(!trusted(&clinic));
    let notice = clinic.outbox.notices().pop().unwrap();
    assert_eq!(notice.kind(), NoticeKind::ContactChanged);
    assert_eq!(notice.destination().expose(), PHONE);
    assert!(!notice.text().contains("900124"));
    let log = clinic.log(&pat);
    let told = log
        .iter()
        .find(|entry| entry.event == Event::ContactChanged)
        .unwrap();
    assert_eq!(told.actor, actor("rex"));
    assert_eq!(told.destination.as_deref(), Some("+44••••••0123"));
}

#[test]
fn e20_two_people_with_one_telephone_do_not_disturb_each_other() {
    let clinic = portal_clinic();
    let mum = patient(&clinic, "t1", "mum", &[sms(PHONE)]);
    let kid = patient(&clinic, "t1", "kid", &[sms(PHONE)]);
    let challenges = [asked(&clinic, &mum), asked(&clinic, &kid)];
    let sent = challenges
        .each_ref()
        .map(|challenge| match send(&clinic, challenge, Channel::Sms) {
            Sending::Sent(info) => (info.reference, clinic.newest_code().unwrap()),
            other => panic!("{other:?}"),
        });
    assert_ne!(sent[0].0, sent[1].0);
    if sent[0].1 != sent[1].1 {
        assert_eq!(clinic.why_not(&challenges[0], &sent[1].1), Reason::Wrong);
    }
    for (challenge, (_, code)) in challenges.iter().zip(&sent) {
        let _ = clinic.answer(challenge, code).unwrap();
    }
    // Ten messages in six hours, whoever asks.
    let mut refused = None;
    for _ in 0..12 {
        clinic.clock.forward(common::minutes(16));
        for who in [&mum, &kid] {
            if let Sending::Refused(no) = send(&clinic, &asked(&clinic, who), Channel::Sms) {
                refused = refused.or(Some((clinic.sent(), no.reason())));
            }
        }
    }
    assert_eq!(refused, Some((10, Reason::DestinationSendLimit)));
}

#[test]
fn e21_a_fixed_line_in_the_field_for_the_mobile_gets_nothing() {
    let clinic = portal_clinic();
    let landline = Contact::new(Destination::sms("+442079460958").unwrap()).line(Line::Landline);
    let pat = patient(&clinic, "t1", "pat", &[landline]);
    assert_eq!(
        blocked(&clinic, &pat, link(&clinic, &pat)),
        (SENTENCE.into(), Reason::Landline)
    );
    assert_eq!(clinic.sent(), 0);
    let readiness = clinic.verifier.readiness(&pat, &portal()).block_on().unwrap();
    assert_eq!(readiness.problems, [Problem::UnusableContact(Channel::Sms)]);
    // As it is typed, without the country, it is not even a number.
    let typed = Contact::read(Channel::Sms, "020 7946 0958");
    let pat = patient(&clinic, "t1", "pat", &[typed]);
    assert_eq!(
        blocked(&clinic, &pat, link(&clinic, &pat)).1,
        Reason::MalformedContact
    );
}

#[test]
fn e24_a_number_that_has_just_moved_can_be_ruled_out() {
    let layer = |on_risk| {
        Layer::vendor()
            .requirement(Requirement::Required)
            .methods([Method::Sms])
            .on_number_risk(on_risk)
    };
    let moved = || sms(PHONE).risk(NumberRisk::RecentlyPorted);
    let clinic = under(Policy::new().layer(layer(OnNumberRisk::Veto)));
    let pat = patient(&clinic, "t1", "pat", &[moved()]);
    assert_eq!(
        blocked(&clinic, &pat, by(&clinic, &pat)),
        (SENTENCE.into(), Reason::NumberRisk)
    );
    assert_eq!(clinic.count(&pat, Event::NumberRisk), 1);
    let clinic = under(Policy::new().layer(layer(OnNumberRisk::Signal)));
    let pat = patient(&clinic, "t1", "pat", &[moved()]);
    challenge(begin(&clinic, by(&clinic, &pat)));
    assert_eq!(clinic.count(&pat, Event::NumberRisk), 1);
}

#[test]
fn codes_go_to_proven_contacts_only_where_the_policy_says_so() {
    let layer = Layer::vendor()
        .requirement(Requirement::Required)
        .methods([Method::Sms])
        .proven_contacts_only(true);
    let clinic = under(Policy::new().layer(layer));
    let pat = patient(&clinic, "t1", "pat", &[sms(PHONE)]);
    assert_eq!(
        blocked(&clinic, &pat, by(&clinic, &pat)).1,
        Reason::UnprovenContact
    );
    let pat = patient(&clinic, "t1", "pat", &[sms(PHONE).proven()]);
    let open = challenge(begin(&clinic, by(&clinic, &pat)));
    let code = clinic.code(&open);
    let verdict = clinic
        .verifier
        .submit(open.ticket(), &code, Remember::No)
        .block_on()
        .unwrap();
    assert!(matches!(verdict, Verdict::Pass(_)));
}
