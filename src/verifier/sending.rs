//! Getting a code to somebody: commit, hand over, commit.

use super::{Error, Verifier};
use crate::audit::{Actor, Reason};
use crate::contact::Channel;
use crate::delivery::Delivery;
use crate::directory::Directory;
use crate::flow::{self, Refusal, Reservation, Sending, Ticket};
use crate::ids::Subject;
use crate::purpose::Purpose;
use crate::store::Store;

impl<S: Store, D: Delivery, P: Directory> Verifier<S, D, P> {
    /// Gets a code to the person by `channel`. If one is out already, nothing is sent and the answer describes
    /// that one, so a page may call this whenever it is drawn.
    ///
    /// Where the message goes is the directory's word alone: there is no way to name a number here. Choosing another channel replaces the code that is
    /// out once the new one is handed over; attempts that were used up stay used up.
    ///
    /// # Errors
    /// [`Error`]: it is not known what was sent. A code that arrives works.
    pub async fn send(&self, ticket: &Ticket, channel: Channel) -> Result<Sending, Error> {
        self.deliver(ticket, channel, false).await
    }

    /// Gets a new code to the person although one is out. The old code keeps working until the new one is
    /// handed over, and the numbers of messages and attempts start over for neither.
    ///
    /// # Errors
    /// [`Error`]: it is not known what was sent. A code that arrives works.
    pub async fn resend(&self, ticket: &Ticket, channel: Channel) -> Result<Sending, Error> {
        self.deliver(ticket, channel, true).await
    }

    /// Sends another code at the word of staff: 'Remind', when somebody is late. It goes to the newest challenge this
    /// person has open for `purpose`, under the same limits as if they had asked for it themselves; a refusal says
    /// from when on another may go. Staff see what a page sees, never the code.
    ///
    /// # Errors
    /// [`Error`]: it is not known what was sent. A code that arrives works.
    pub async fn send_for(
        &self,
        subject: &Subject,
        purpose: &Purpose,
        channel: Channel,
        actor: &Actor,
    ) -> Result<Sending, Error> {
        let reservation = self
            .drive(subject, actor, |scene, record, destinations| {
                flow::reserve_for(scene, record, destinations, purpose, channel)
            })
            .await?;
        self.hand_over(subject, channel, actor, reservation).await
    }

    async fn deliver(&self, ticket: &Ticket, channel: Channel, again: bool) -> Result<Sending, Error> {
        let Ok((subject, challenge)) = ticket.open(&self.keys) else {
            return Ok(Sending::Refused(Refusal::new(Reason::UnknownChallenge)));
        };
        let actor = Actor::Subject;
        let reservation = self
            .drive(&subject, &actor, |scene, record, destinations| {
                flow::reserve(scene, record, destinations, challenge, channel, again)
            })
            .await?;
        self.hand_over(&subject, channel, &actor, reservation).await
    }

    async fn hand_over(
        &self,
        subject: &Subject,
        channel: Channel,
        actor: &Actor,
        reservation: Reservation,
    ) -> Result<Sending, Error> {
        let message = match reservation {
            Reservation::Send(message) => message,
            Reservation::Already(info) => return Ok(Sending::Already(info)),
            Reservation::Refused(refusal) => return Ok(Sending::Refused(refusal)),
        };
        // Nothing is open or locked while the message is on its way, and what follows has a `now` of its own:
        // handing over takes time.
        let handover = self.delivery.deliver(&message).await;
        self.drive(subject, actor, |scene, record, destinations| {
            let destination = destinations
                .iter()
                .find(|state| state.channel() == channel)
                .cloned();
            flow::settle(scene, record, destination, message.id(), &handover)
        })
        .await
    }
}
