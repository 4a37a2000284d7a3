//! An unknown path must return 404: clients probe for documents that do not exist here, and take 403 for a refusal.

use crate::mend;
use crate::sight::{Sight, Trouble};
use crate::visitor::Visitor;

/// A path below one of ours, even on a host that is shared with LangSmith.
const NOWHERE: &str = "/authorize/doctor-nowhere";

/// Without and with a credential: with one, API Gateway looks for a signature of AWS in it.
pub(crate) async fn check(visitor: &Visitor) -> Sight {
    for request in [visitor.get(NOWHERE), visitor.get(NOWHERE).bearer_auth("doctor.garbage.token")] {
        let answer = visitor.ask(request).await?;
        if answer.status.as_u16() == 403 {
            return Err(Trouble::fault(
                "403",
                "API Gateway's own answer: the gateway responses MISSING_AUTHENTICATION_TOKEN and INVALID_SIGNATURE \
                 (infra/gateway-responses.yaml) make it a 404; deploy again. If a web ACL (WebAclArn) refused, look at \
                 its rules",
            ));
        }
        if answer.status.as_u16() != 404 {
            mend::expect(&answer, &[404], "behind this path")?;
        }
    }
    Ok("404, with a credential and without".to_owned())
}
