//! A handful of policies to change between.

use core::time::Duration;

use medfactor::code::CodeLength;
use medfactor::method::Method;
use medfactor::policy::{
    AttemptLimit, AuthenticatorTries, CodeLifetime, DeviceLimit, EnrolmentGrace, Layer, OnSharedLogin,
    Policy, ReceiptAllowance, Requirement, SendCooldown, SharedLoginDevices, SubjectSends, SubjectTries,
    TriesInARow, TrustRules, ValidFrom, ZoneSource, presets,
};
use medfactor::time::{Zone, parse_date, parse_time};
use medfactor::trust::{PracticeDay, RememberMode, TrustRule, TrustWindow};

pub(crate) const COUNT: u8 = 8;

const ALL: [Method; 4] = [Method::Sms, Method::Totp, Method::Email, Method::RecoveryCode];

pub(crate) fn policy(number: u8) -> Policy {
    match number % COUNT {
        0 => Policy::new().layer(everything()),
        1 => presets::wrs_staff(parse_date("2026-01-01").unwrap()),
        2 => presets::cliniko_staff(),
        3 => Policy::new().layer(strict()),
        4 => Policy::new().layer(lax()),
        5 => Policy::new().layer(everything().requirement(Requirement::Off)),
        6 => Policy::new().layer(
            Layer::vendor()
                .methods([Method::Totp, Method::RecoveryCode])
                .enrolment_grace(EnrolmentGrace::new(Duration::from_secs(7_200)).unwrap()),
        ),
        _ => Policy::new().layer(guessable()),
    }
}

fn everything() -> Layer {
    Layer::vendor()
        .requirement(Requirement::Required)
        .methods(ALL)
        .trust(TrustRules::from(TrustRule::Rolling(TrustWindow::DEFAULT)))
        .sends_per_subject(SubjectSends::MAX)
        .send_cooldown(SendCooldown::MIN)
}

fn strict() -> Layer {
    everything()
        .tries_per_challenge(AttemptLimit::new(3).unwrap())
        .tries_per_subject(SubjectTries::new(5).unwrap())
        .tries_in_a_row(TriesInARow::MIN)
        .tries_per_authenticator(AuthenticatorTries::MIN)
        .code_lifetime(CodeLifetime::new(Duration::from_secs(60)).unwrap())
        .device_limit(DeviceLimit::new(2).unwrap())
        .trust(TrustRules::from(TrustRule::Rolling(
            TrustWindow::new(Duration::from_secs(600)).unwrap(),
        )))
        .shared_login_devices(SharedLoginDevices::MIN)
        .on_shared_login(OnSharedLogin::Deny)
}

fn lax() -> Layer {
    let day = PracticeDay::new(ZoneSource::Named(Zone::utc()), parse_time("04:00").unwrap());
    everything()
        .code_length(CodeLength::new(8).unwrap())
        .code_lifetime(CodeLifetime::MAX)
        .receipt_allowance(ReceiptAllowance::MAX)
        .code_valid_from(ValidFrom::HandedOver)
        .remember(RememberMode::Always)
        .trust(TrustRules::from(TrustRule::Calendar(day)))
        .trust_ends_on_sign_out(true)
        .trust_ends_on_role_change(true)
        .keep_device_on_password_change(true)
}

fn guessable() -> Layer {
    everything()
        .tries_per_challenge(AttemptLimit::MAX)
        .tries_per_subject(SubjectTries::MAX)
        .tries_in_a_row(TriesInARow::new(12).unwrap())
}
