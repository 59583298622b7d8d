use core::fmt::Debug;
use core::future::Future;

use super::{CodeMessage, Delivery, Handover, NotSent, Notice};
use crate::contact::Channel;
use crate::ids::PracticeId;

/// What a practice may still send: the host's ledger of credits (row W07).
pub trait Credit: Debug + Send + Sync {
    /// Takes one message by `channel` from what the practice has left; `false` when nothing is left, or that is not
    /// known.
    fn reserve(&self, practice: &PracticeId, channel: Channel) -> impl Future<Output = bool> + Send;

    /// Gives one back that certainly did not leave.
    fn give_back(&self, practice: &PracticeId, channel: Channel) -> impl Future<Output = ()> + Send;
}

impl<C: Credit + ?Sized> Credit for alloc::sync::Arc<C> {
    fn reserve(&self, practice: &PracticeId, channel: Channel) -> impl Future<Output = bool> + Send {
        (**self).reserve(practice, channel)
    }

    fn give_back(&self, practice: &PracticeId, channel: Channel) -> impl Future<Output = ()> + Send {
        (**self).give_back(practice, channel)
    }
}

/// A delivery that asks a ledger before each message.
///
/// ```
/// use medfactor::contact::Channel;
/// use medfactor::delivery::{CapturingDelivery, Credit, Metered};
/// use medfactor::ids::PracticeId;
///
/// #[derive(Debug)]
/// struct Ledger;
///
/// impl Credit for Ledger {
///     async fn reserve(&self, _: &PracticeId, _: Channel) -> bool {
///         // UPDATE credits SET messages = messages - 1 WHERE practice = .. AND messages > 0
///         true
///     }
///     async fn give_back(&self, _: &PracticeId, _: Channel) {
///         // UPDATE credits SET messages = messages + 1 WHERE practice = ..
///     }
/// }
///
/// let delivery = Metered::new(CapturingDelivery::new(), Ledger);
/// # let _ = delivery;
/// ```
#[derive(Debug)]
pub struct Metered<D, C> {
    inner: D,
    credit: C,
}

impl<D, C> Metered<D, C> {
    /// Sends by `inner` what `credit` allows.
    #[must_use]
    pub const fn new(inner: D, credit: C) -> Self {
        Self { inner, credit }
    }
}

impl<D: Delivery, C: Credit> Delivery for Metered<D, C> {
    async fn deliver(&self, message: &CodeMessage) -> Handover {
        let (practice, channel) = (message.practice(), message.destination().channel());
        if !self.credit.reserve(practice, channel).await {
            return Handover::NotSent(NotSent::NoCredit);
        }
        let handover = self.inner.deliver(message).await;
        if matches!(handover, Handover::NotSent(_)) {
            self.credit.give_back(practice, channel).await;
        }
        handover
    }

    async fn notify(&self, notice: &Notice) -> Handover {
        let (practice, channel) = (notice.practice(), notice.destination().channel());
        if !self.credit.reserve(practice, channel).await {
            return Handover::NotSent(NotSent::NoCredit);
        }
        let handover = self.inner.notify(notice).await;
        if matches!(handover, Handover::NotSent(_)) {
            self.credit.give_back(practice, channel).await;
        }
        handover
    }
}
