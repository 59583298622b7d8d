//! When the usual way does not work: bypass codes, emergencies, a first contact; and programs that need one call.

use super::{Error, Verifier};
use crate::audit::Actor;
use crate::contact::Channel;
use crate::delivery::Delivery;
use crate::directory::{Action, Directory};
use crate::flow::{self, Answer, Begin, BypassCode, Emergency, FirstFactor, Managed, Once, Refusal, Ticket};
use crate::ids::{EmergencyId, Subject};
use crate::purpose::Purpose;
use crate::store::Store;

impl<S: Store, D: Delivery, P: Directory> Verifier<S, D, P> {
    /// Makes a code for staff to read out to somebody they have identified, if the policy knows such codes and the
    /// directory lets `actor` issue one; [`flow::issue_bypass_code`].
    ///
    /// # Errors
    /// [`Error`]: it is not known whether one was made. It is not shown again; make another.
    pub async fn issue_bypass_code(
        &self,
        subject: &Subject,
        purpose: &Purpose,
        actor: &Actor,
        why: &str,
    ) -> Result<Managed<BypassCode>, Error> {
        let permitted = self
            .directory
            .may(actor, subject.practice(), Action::IssueBypassCode);
        let permitted = permitted.await?;
        self.drive(subject, actor, |scene, record, _| {
            flow::issue_bypass_code(scene, record, purpose, why, permitted)
        })
        .await
    }

    /// Gets somebody in without a second factor, in an emergency, if the policy names one of their roles;
    /// [`flow::break_glass`]. Where the policy asks for approval, call it again once
    /// [`approve_emergency`](Self::approve_emergency) has been.
    ///
    /// ```
    /// use medfactor::directory::Person;
    /// use medfactor::flow::{Emergency, FirstFactor, Why};
    /// use medfactor::ids::{RoleName, Subject};
    /// use medfactor::policy::{Layer, Policy, Population};
    /// use medfactor::purpose::Purpose;
    /// use medfactor::testing::Clinic;
    /// use medfactor::time::Clock;
    ///
    /// let physician = RoleName::new("physician")?;
    /// let clinic = Clinic::new(Policy::new().layer(Layer::vendor().break_glass_roles([physician.clone()])))?;
    /// let osei = Subject::parse("t1", "osei")?;
    /// clinic.directory.put_person(Person::new(osei.clone(), Population::Staff).role(physician));
    /// pollster::block_on(async {
    ///     let password = FirstFactor::passed_at(clinic.clock.read());
    ///     let why = "patient 4711 unconscious, phone in the other ward";
    ///     let answer = clinic.verifier.break_glass(&osei, &Purpose::sign_in(), password, why).await?;
    ///     let Emergency::Pass(pass) = answer else { panic!("{answer:?}") };
    ///     assert!(matches!(pass.why(), Why::Emergency { .. }));
    ///     Ok::<(), medfactor::verifier::Error>(())
    /// })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error`]: no answer was reached; deny.
    pub async fn break_glass(
        &self,
        subject: &Subject,
        purpose: &Purpose,
        first_factor: FirstFactor,
        why: &str,
    ) -> Result<Emergency, Error> {
        self.drive(subject, &Actor::Subject, |scene, record, _| {
            flow::break_glass(scene, record, purpose, first_factor, why)
        })
        .await
    }

    /// Approves an emergency that `subject` has asked for, if the directory lets `actor` do that and they are somebody
    /// else; [`flow::approve_emergency`].
    ///
    /// # Errors
    /// [`Error`]: it is not known whether it is approved.
    pub async fn approve_emergency(
        &self,
        subject: &Subject,
        id: EmergencyId,
        actor: &Actor,
    ) -> Result<Result<(), Refusal>, Error> {
        let permitted = self
            .directory
            .may(actor, subject.practice(), Action::ApproveEmergency);
        let permitted = permitted.await?;
        self.drive(subject, actor, |scene, record, _| {
            flow::approve_emergency(scene, record, id, permitted)
        })
        .await
    }

    /// Notes that the person whose sign-in waits for enrolment enters a first contact by `channel`; done means that the host
    /// may save it. [`flow::enter_first_contact`].
    ///
    /// # Errors
    /// [`Error`]: it is not known whether it was noted; save nothing.
    pub async fn enter_first_contact(&self, ticket: &Ticket, channel: Channel) -> Result<Managed<()>, Error> {
        let (subject, challenge) = ticket.open(&self.keys)?;
        self.drive(&subject, &Actor::Subject, |scene, record, _| {
            flow::enter_first_contact(scene, record, challenge, channel)
        })
        .await
    }

    /// Rules and judges in one call, for a program that sends its password and the code of an authenticator app
    /// together; [`flow::verify_once`]. One load and one commit.
    ///
    /// ```
    /// use medfactor::flow::{Answer, Once};
    /// use medfactor::method::Method;
    /// use medfactor::policy::Policy;
    /// use medfactor::purpose::Purpose;
    /// use medfactor::testing::{Clinic, Unexpected};
    ///
    /// let clinic = Clinic::new(Policy::new())?;
    /// let rex = clinic.staff("rex", None, None)?;
    /// pollster::block_on(async {
    ///     let app = clinic.enrol(&rex, "script").await?;
    ///     let request = clinic.request(&rex, Purpose::sign_in(), None);
    ///     let typed = app.code(clinic.clock.read());
    ///     let answer = Answer::new(&typed).method(Method::Totp);
    ///     assert!(matches!(clinic.verifier.verify_once(request, answer).await?, Once::Pass(_)));
    ///     Ok::<(), Unexpected>(())
    /// })?;
    /// # Ok::<(), Unexpected>(())
    /// ```
    ///
    /// # Errors
    /// [`Error`]: no answer was reached; deny.
    pub async fn verify_once(&self, request: Begin, answer: Answer) -> Result<Once, Error> {
        self.drive(
            &request.subject,
            &Actor::Subject,
            |scene, record, destinations| flow::verify_once(scene, record, destinations, &request, &answer),
        )
        .await
    }
}
