//! Steps on the real verifier: one arm per word.

mod access;
mod assist;
mod decisions;
mod devices;
mod enrolment;
mod events;
mod pass;
mod sending;
mod signing_in;
pub(super) mod staff;
mod trail;
mod typed;
mod world;

use super::file::steps::Step;
use super::stage::{Played, Stage};
use super::words::Does;
use crate::store::Store;

/// Takes one step.
pub(super) async fn play<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    match step.does {
        Does::Begin => signing_in::begin(stage, step).await,
        Does::Send => sending::send(stage, step, false).await,
        Does::Resend => sending::send(stage, step, true).await,
        Does::Submit => signing_in::submit(stage, step).await,
        Does::Cancel => signing_in::cancel(stage, step).await,
        Does::SignIn => signing_in::sign_in(stage, step).await,
        Does::SignInAtOnce => assist::sign_in_at_once(stage, step).await,
        Does::BreakGlass => assist::break_glass(stage, step).await,
        Does::EnterFirstContact => assist::enter_first_contact(stage, step).await,
        Does::BeginEnrolment => enrolment::begin(stage, step).await,
        Does::ConfirmEnrolment => enrolment::confirm(stage, step).await,
        Does::SetUp => enrolment::set_up(stage, step).await,
        Does::Rename => enrolment::rename(stage, step).await,
        Does::Remove => enrolment::remove(stage, step).await,
        Does::MakeRecoveryCodes => enrolment::make_recovery_codes(stage, step).await,
        Does::ListAuthenticators => enrolment::list(stage, step).await,
        Does::ListDevices => devices::list(stage, step).await,
        Does::ForgetDevice => devices::forget(stage, step).await,
        Does::ForgetDevices => devices::forget_all(stage, step).await,
        Does::ClearCookies => devices::clear_cookies(stage, step),
        Does::CopyCookies => devices::copy_cookies(stage, step),
        Does::ChangePassword => events::change_password(stage, step).await,
        Does::ChangeContact => events::change_contact(stage, step).await,
        Does::SignOut => events::sign_out(stage, step).await,
        Does::ChangeRoles => events::change_roles(stage, step).await,
        Does::EndVisit => events::end_visit(stage, step).await,
        Does::Leave => events::leave(stage, step).await,
        Does::ComeBack => events::come_back(stage, step).await,
        Does::Unlock => staff::unlock(stage, step).await,
        Does::Reset => staff::reset(stage, step).await,
        Does::Remind => assist::remind(stage, step).await,
        Does::IssueBypassCode => assist::issue_bypass_code(stage, step).await,
        Does::ApproveEmergency => assist::approve_emergency(stage, step).await,
        Does::MakeLink => assist::make_link(stage, step).await,
        Does::AcknowledgeFirstUse => staff::acknowledge_first_use(stage, step).await,
        Does::CheckReadiness => staff::check_readiness(stage, step).await,
        Does::CheckPractice => staff::check_practice(stage, step).await,
        Does::Explain => staff::explain(stage, step).await,
        Does::LookAhead => assist::look_ahead(stage, step).await,
        Does::ReadHistory => staff::read_history(stage, step).await,
        Does::ReadCommunications => staff::read_communications(stage, step).await,
        Does::OpenAppointment => access::open(stage, step).await,
        Does::RevealAccessCode => access::reveal(stage, step).await,
        Does::RedeemAccessCode => access::redeem(stage, step).await,
        Does::MoveAppointment => access::reschedule(stage, step).await,
        Does::RemoveParticipant => access::remove_participant(stage, step).await,
        Does::CancelAppointment => access::cancel(stage, step).await,
        Does::SaveSettings => decisions::save_settings(stage, step).await,
        Does::ReadSettings => decisions::read_settings(stage, step).await,
        Does::GrantWaiver => decisions::grant_waiver(stage, step).await,
        Does::WithdrawWaiver => decisions::withdraw_waiver(stage, step).await,
        Does::ListWaivers => decisions::list_waivers(stage, step).await,
        Does::SealTrail => trail::seal(stage, step).await,
        Does::VerifySeal => trail::verify_seal(stage).await,
        Does::VerifyTrail => trail::verify_trail(stage, step).await,
        Does::ReportDelivery => world::report_delivery(stage, step).await,
        Does::StopMessages => world::consent(stage, step, crate::flow::Consent::OptOut).await,
        Does::ResumeMessages => world::consent(stage, step, crate::flow::Consent::OptIn).await,
        Does::Deliveries => world::deliveries(stage, step),
        Does::SetClock => world::set_clock(stage, step),
        Does::Break => world::break_down(stage, step),
        Does::Mend => world::mend(stage, step),
        Does::ReplacePolicy => world::replace_policy(stage, step),
        Does::AddLayer => world::add_layer(stage, step),
        Does::ChangePractice => world::change_practice(stage, step),
        Does::RemovePerson => world::remove_person(stage, step),
        Does::Purge => world::purge(stage, step).await,
        Does::Wait => Ok(super::observed::Observed::new(super::outcomes::Outcome::Done)),
    }
}
