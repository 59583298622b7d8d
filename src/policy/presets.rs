//! What real products say in their help pages, as policies. Copy one and change it: it is an example
//! that the tests run, not advice.

use super::Policy;
use super::bounds::{
    AccessCodeLength, AccessLead, AccessOverrun, AccessTries, AccessTriesWindow, CodeLifetime, PurposeGrant,
    SendCooldown,
};
use super::choices::{AccessStorage, ContactBinding, Requirement};
use super::facts::Population;
use super::layer::Layer;
use super::names::{MandateName, Reference};
use super::trust_rules::{TrustRules, ZoneSource};
use crate::method::Method;
use crate::purpose::Purpose;
use crate::time::Date;
use crate::trust::{RememberMode, TrustRule, TrustWindow};

/// A product whose staff must use a second factor from a date on, and whose devices are remembered for 18
/// hours (rows H01-H28).
///
/// 1. `mandate:ONC`, locked, staff: required from the first instant of the date in the practice's zone (H01),
///    and nobody may opt out (H02).
/// 2. `vendor`, staff: codes by text message or e-mail, in that order (H07); they live 5 minutes (H11); they are sent
///    to practices without a messaging plan too (H08).
/// 3. `vendor`, staff, `sign_in` only: a device is remembered for 18 hours (H16) from the code (H18), by
///    itself (H17). Other purposes trust no device.
/// 4. `vendor`, patients and guests: off, since the mandate is about practice users (H03).
///
/// Service accounts are not exempt: no layer speaks to them, so the defaults hold (products 3.12, A24).
/// [`Policy::warnings`] speaks of e-mail as a factor.
#[must_use]
pub fn wrs_staff(required_from: Date) -> Policy {
    Policy::new()
        .layer(
            Layer::mandate(MandateName::known("ONC"))
                .for_populations([Population::Staff])
                .locked()
                .referring_to(Reference::known("ONC"))
                .required_from(required_from, ZoneSource::Practice),
        )
        .layer(
            Layer::vendor()
                .for_populations([Population::Staff])
                .methods([Method::Sms, Method::Email])
                .code_lifetime(CodeLifetime::DEFAULT)
                .security_messages_need_no_entitlement(true),
        )
        .layer(
            Layer::vendor()
                .for_populations([Population::Staff])
                .for_purposes([Purpose::sign_in()])
                .trust(TrustRules::from(TrustRule::Rolling(TrustWindow::DEFAULT)))
                .remember(RememberMode::Always),
        )
        .layer(
            Layer::vendor()
                .for_populations([Population::Patient, Population::Guest])
                .requirement(Requirement::Off),
        )
}

/// A product that encourages a second factor, lets a practice enforce it, and must enforce it in Australia
/// for practices connected to Xero (rows C01-C31).
///
/// 1. `mandate:AU-XERO`, locked, staff, when `country` is `AU` and `integrations` hold `xero`: required, and
///    trust of at most 24 h (C10). While the host does not say which integrations there are, it holds.
/// 2. `vendor`, staff: voluntary (C08), by authenticator app or recovery code (C12, C27), no device trusted.
///
/// Enforcement by a practice (C09) is a [`Layer::practice`] with `requirement = required` that the host
/// adds by [`Policy::with_layer`]. Patients have no accounts there; no layer speaks to them, so the defaults hold.
#[must_use]
pub fn cliniko_staff() -> Policy {
    Policy::new()
        .layer(
            Layer::mandate(MandateName::known("AU-XERO"))
                .for_populations([Population::Staff])
                .when("country", "AU")
                .when("integrations", "xero")
                .locked()
                .referring_to(Reference::known("ATO DSP OSF"))
                .requirement(Requirement::Required)
                .trust_maximum(TrustWindow::ADVISED_MAX),
        )
        .layer(
            Layer::vendor()
                .for_populations([Population::Staff])
                .requirement(Requirement::Off)
                .methods([Method::Totp, Method::RecoveryCode])
                .trust(TrustRules::never()),
        )
}

/// A product whose practices may ask their patients for a code before a video appointment, a direct message or
/// a smart form, each practice for itself (rows W01-W24).
///
/// 1. `vendor`: off for everyone (W01), by text message when a practice switches it on (W08); no device trusted; a
///    code by the same channel as the link is noted (W04). Contacts are looked up when the link is followed (W10).
/// 2. `vendor`, `video_join`: whoever comes back to the same visit on the same device within 2 h is not asked again
///    (W24).
///
/// Switching it on is a [`Layer::practice`] for patients and the purpose with `requirement = required`, saved by
/// [`Verifier::save_settings`](crate::verifier::Verifier::save_settings). Clinicians are not patients, so nothing changes
/// for them (W17).
#[must_use]
pub fn writeupp_video() -> Policy {
    Policy::new()
        .layer(
            Layer::vendor()
                .requirement(Requirement::Off)
                .methods([Method::Sms])
                .trust(TrustRules::never()),
        )
        .layer(
            Layer::vendor()
                .for_purposes([Purpose::known("video_join")])
                .purpose_grant(PurposeGrant::VIDEO_VISIT),
        )
}

/// A portal whose patients give a code by text message at every sign-in, unless the vendor has let their practice off
/// (rows E01-E25).
///
/// 1. `vendor`, patients, `portal_login`: required (E02), waivable by the vendor (E03), for the reason `ICO-2020` (E07); by
///    text message alone (E08, E10); a link made before a contact changed leads nowhere (E16).
/// 2. `vendor`, staff: by text message or e-mail (E10).
///
/// [`Policy::warnings`] speaks of text messages as the only method and of e-mail as a factor.
#[must_use]
pub fn exact_portal() -> Policy {
    Policy::new()
        .layer(
            Layer::vendor()
                .for_populations([Population::Patient])
                .for_purposes([Purpose::known("portal_login")])
                .waivable()
                .referring_to(Reference::known("ICO-2020"))
                .requirement(Requirement::Required)
                .methods([Method::Sms])
                .trust(TrustRules::never())
                .contact_binding(ContactBinding::Snapshot),
        )
        .layer(
            Layer::vendor()
                .for_populations([Population::Staff])
                .methods([Method::Sms, Method::Email]),
        )
}

/// A product for video sessions whose invitees join by a link, or by a code that staff read out to them over the
/// telephone (rows V01-V23).
///
/// `vendor`, patients and guests, `video_join`:
/// - nothing but the link is asked for (row V03: an invitee may have no contact at all). A practice that asks for
///   more ([`Layer::practice`] with `requirement = required`) gets codes by text message or e-mail (V04), which staff
///   can send again with 'Remind' every 30 s (V07);
/// - no device is ever trusted (V14);
/// - an access code has 9 digits (V09), is made anew whenever it is revealed (V13) and works from 30 min before the
///   session to 15 min after it (products 3.11);
/// - 20 wrong access codes from one source in 10 min make it wait (V12).
///
/// Access codes exist for the sessions the host opens ([`open_access`](crate::flow::access::open_access)), and never
/// for a sign-in. Clinicians have accounts (V01); no layer speaks to them, so the defaults hold and a second factor
/// is required of them.
#[must_use]
pub fn securevideo_join() -> Policy {
    Policy::new().layer(
        Layer::vendor()
            .for_populations([Population::Patient, Population::Guest])
            .for_purposes([Purpose::known("video_join")])
            .requirement(Requirement::Off)
            .methods([Method::Sms, Method::Email])
            .trust(TrustRules::never())
            .send_cooldown(SendCooldown::DEFAULT)
            .access_code_length(AccessCodeLength::DEFAULT)
            .access_code_storage(AccessStorage::RegenerateOnReveal)
            .access_opens_before(AccessLead::DEFAULT)
            .access_closes_after(AccessOverrun::DEFAULT)
            .access_tries(AccessTries::DEFAULT)
            .access_tries_window(AccessTriesWindow::DEFAULT),
    )
}
