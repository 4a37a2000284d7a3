//! One call of a flow, and its possible faults.

use std::collections::BTreeMap;

use front_door::aws::{Call, Fault};

/// The n-th call of a function to an action on a resource, counted from the beginning of a step.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) call: Call,
    pub(super) nth: usize,
}

/// The duration of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Span {
    /// Until the call is retried.
    Once,
    /// Until the end of the step, for all following calls as well.
    On,
}

use Span::{On, Once};

/// A resource without the first character of a user's reference, which decides in which hour the janitor looks at the
/// user's secret: the hour may end while a scenario runs.
fn of_any_hour(resource: &str) -> String {
    match resource.split_once("/users/") {
        Some((before, user)) => format!("{before}/users/{}", user.chars().skip(1).collect::<String>()),
        None => resource.to_owned(),
    }
}

impl Place {
    /// The places of a recorded step. A transaction is one call, and so is a batch.
    pub(super) fn all(calls: &[Call]) -> Vec<Self> {
        let mut seen = BTreeMap::<_, usize>::new();
        let calls = calls.iter().filter(|call| call.part.is_none_or(|part| part == 0));
        calls
            .map(|call| {
                let count =
                    seen.entry((&call.function, &call.action, &call.resource, call.part)).or_default();
                *count += 1;
                Self { call: call.clone(), nth: *count - 1 }
            })
            .collect()
    }

    pub(super) fn is(&self, call: &Call) -> bool {
        let names = |call: &Call| {
            (call.function.clone(), call.action.clone(), of_any_hour(&call.resource), call.part)
        };
        names(&self.call) == names(call)
    }

    fn operation(&self) -> (&str, &str) {
        self.call.action.split_once(':').unwrap()
    }

    pub(super) fn is_read(&self) -> bool {
        let reads = [
            "BatchGetItem",
            "GetItem",
            "Query",
            "GetSecretValue",
            "ListSecrets",
            "Decrypt",
            "GenerateDataKey",
        ];
        reads.contains(&self.operation().1)
    }

    /// The faults to test.
    pub(super) fn faults(&self) -> Vec<(Fault, Span)> {
        let mut faults = self.every_fault();
        let first = faults.first().map(|(fault, _)| *fault);
        if !cfg!(feature = "every-fault") {
            // One transient and one lasting fault, within and outside of the service's own errors, and all faults
            // specific to writes.
            let is_usual = |fault, span| match fault {
                Fault::Error("ProvisionedThroughputExceededException" | "ThrottlingException") => {
                    span == Once && Some(fault) == first
                }
                Fault::Closed
                | Fault::Error(
                    "InternalServerError" | "InternalServiceError" | "DependencyTimeoutException",
                ) => span == On,
                Fault::Lost | Fault::Partial => true,
                Fault::Canceled(_) | Fault::Error("TransactionConflictException") => span == Once,
                _ => false,
            };
            faults.retain(|(fault, span)| is_usual(*fault, *span));
        }
        faults
    }

    /// The service's faults, according to its documented errors.
    fn every_fault(&self) -> Vec<(Fault, Span)> {
        let (service, operation) = self.operation();
        let (passing, lasting): (&[_], &[_]) = match service {
            "dynamodb" => (
                &["ProvisionedThroughputExceededException", "ThrottlingException", "InternalServerError"],
                &["AccessDeniedException", "ResourceNotFoundException"],
            ),
            "secretsmanager" => {
                (&["ThrottlingException", "InternalServiceError"], &["AccessDeniedException"])
            }
            _ => (
                &["ThrottlingException", "KMSInternalException", "DependencyTimeoutException"],
                &[
                    "AccessDeniedException",
                    "NotFoundException",
                    "DisabledException",
                    "KMSInvalidStateException",
                ],
            ),
        };
        let mut faults: Vec<_> = passing.iter().map(|code| (Fault::Error(code), Once)).collect();
        faults.extend(passing.first().map(|code| (Fault::Error(code), On)));
        faults.extend(passing.last().map(|code| (Fault::Error(code), On)));
        faults.extend(lasting.iter().map(|code| (Fault::Error(code), On)));
        faults.extend([(Fault::Closed, Once), (Fault::Closed, On), (Fault::Garbled, On)]);
        if !self.is_read() {
            faults.extend([(Fault::Lost, Once), (Fault::Lost, On)]);
        }
        faults.extend(match (service, self.is_read(), self.call.part) {
            ("dynamodb", false, Some(_)) => vec![
                (Fault::Canceled("TransactionConflict"), Once),
                (Fault::Canceled("TransactionConflict"), On),
                (Fault::Canceled("ThrottlingError"), On),
                (Fault::Error("TransactionInProgressException"), Once),
            ],
            ("dynamodb", true, Some(_)) => vec![(Fault::Partial, Once), (Fault::Partial, On)],
            ("dynamodb", false, None) => vec![
                (Fault::Error("TransactionConflictException"), Once),
                (Fault::Error("TransactionConflictException"), On),
            ],
            ("secretsmanager", ..) if operation == "GetSecretValue" => {
                vec![(Fault::Error("DecryptionFailure"), On), (Fault::Answer("{}"), On)]
            }
            ("kms", ..) => vec![(Fault::Answer("{}"), On)],
            _ => Vec::new(),
        });
        faults
    }

    /// Whether a step must succeed despite this fault: nothing was decided, and a retry is safe.
    pub(super) fn is_asked_again(&self, fault: Fault, span: Span) -> bool {
        // Only a read or a conditional write may conflict with a transaction; a login's items are new, and lists of tools
        // are in none.
        let is_alone = self.call.action == "dynamodb:PutItem" || self.call.resource.ends_with("-tool-cache");
        match fault {
            Fault::Canceled(_) | Fault::Error("TransactionConflictException") => span == Once && !is_alone,
            Fault::Error(_) | Fault::Closed | Fault::Lost | Fault::Partial => span == Once,
            Fault::Silent | Fault::Garbled | Fault::Answer(_) => false,
        }
    }
}
