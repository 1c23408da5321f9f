//! A transfer: the caller is handed to another centre. The line carries it out and says how it
//! went; that the call is accounted for with it is a person's word, `RecordTransfer`.

use crate::state::Context;
use crate::{
    AlertKind, CallId, CallState, Command, Core, Event, PersonId, Refusal, Subject, limits,
};
use serde::{Deserialize, Serialize};

/// Somebody else is responsible for where a call comes from, as whoever knows the boundaries said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TransferOffer {
    /// The service that was asked about, `urn:service:sos.fire`.
    pub service: String,
    /// Where to hand the caller.
    pub to_uri: String,
    /// Who that is.
    pub name: String,
}

/// How a transfer went.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferResult {
    /// The other side answered the caller.
    Accepted,
    /// It did not.
    Failed,
}

/// A transfer that a person ordered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transfer {
    /// Where to.
    pub to: String,
    /// Who ordered it.
    pub by: PersonId,
    /// How it went; `None`: nobody has said yet.
    pub result: Option<TransferResult>,
    /// The status code that came with the result, as of SIP; 0: none.
    pub code: u16,
}

impl Core {
    pub(crate) fn decide_transfer(
        &self,
        context: &Context<'_>,
        command: &Command,
    ) -> Option<Result<Vec<Event>, Refusal>> {
        Some(match command {
            Command::OfferTransfer { call, service, to_uri, name } => {
                let (service, to_uri, name) = (service.clone(), to_uri.clone(), name.clone());
                self.decide_offer_transfer(*call, TransferOffer { service, to_uri, name })
            }
            Command::TransferCall { call, to } => self.decide_transfer_call(context, *call, to),
            Command::ReportTransfer { call, result, code } => {
                self.decide_report_transfer(*call, *result, *code)
            }
            _ => return None,
        })
    }

    fn decide_offer_transfer(
        &self,
        id: CallId,
        offer: TransferOffer,
    ) -> Result<Vec<Event>, Refusal> {
        self.not_over(id)?;
        for text in [&offer.service, &offer.to_uri, &offer.name] {
            limits::check_text("transfer", text)?;
        }
        Ok(vec![Event::TransferOffered { call: id, offer }])
    }

    fn decide_transfer_call(
        &self,
        context: &Context<'_>,
        id: CallId,
        to: &str,
    ) -> Result<Vec<Event>, Refusal> {
        let by = context.person()?.clone();
        let call = self.call(id)?;
        if call.state != CallState::Answered {
            return Err(Refusal::CallNotAnswered { call: id, state: call.state });
        }
        if let Some(transfer) = &call.transfer
            && transfer.result.is_none()
        {
            return Err(Refusal::TransferRunning { call: id, to: transfer.to.clone() });
        }
        let to = to.trim();
        if to.is_empty() {
            return Err(Refusal::TransferNeedsTarget { call: id });
        }
        limits::check_text("to", to)?;
        Ok(vec![Event::TransferStarted { call: id, to: to.to_owned(), by }])
    }

    /// A caller who was to be handed over and whom nobody has any more must not be forgotten.
    fn decide_report_transfer(
        &self,
        id: CallId,
        result: TransferResult,
        code: u16,
    ) -> Result<Vec<Event>, Refusal> {
        let call = self.call(id)?;
        let running = call.transfer.as_ref().is_some_and(|transfer| transfer.result.is_none());
        if !running {
            return Err(Refusal::TransferNotRunning { call: id });
        }
        let mut events = vec![Event::TransferAnswered { call: id, result, code }];
        if result == TransferResult::Failed && call.state == CallState::Ended {
            events.push(self.alert(0, AlertKind::TransferFailed, Subject::Call(id)));
        }
        Ok(events)
    }

    pub(crate) fn apply_transfer(&mut self, event: &Event) {
        match event {
            Event::TransferOffered { call, offer } => {
                self.with_call(*call, |call| call.transfer_offer = Some(offer.clone()));
            }
            Event::TransferStarted { call, to, by } => {
                let (to, by) = (to.clone(), by.clone());
                let transfer = Transfer { to, by, result: None, code: 0 };
                self.with_call(*call, |call| call.transfer = Some(transfer));
            }
            Event::TransferAnswered { call, result, code } => {
                self.with_call(*call, |call| {
                    if let Some(transfer) = &mut call.transfer {
                        transfer.result = Some(*result);
                        transfer.code = *code;
                    }
                });
            }
            _ => {}
        }
    }
}
