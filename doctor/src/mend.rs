//! Fixes that several checks share.

use http::StatusCode;

use crate::sight::{Trouble, printable};
use crate::visitor::Answer;

/// Every URL in every document derives from one setting.
pub(crate) const PUBLIC_URL: &str = "examine the URL that people type; if this is it, make its host the parameter \
     DomainName (a local server: --public-url), from which every URL is built, and deploy again";

/// The answer comes from something between the client and the functions.
pub(crate) const IN_BETWEEN: &str = "something other than this server answers: check where the DNS record of \
    DomainName points (output DnsTarget), and every proxy in between";

/// The gateway response for the API's own 401.
pub(crate) const UNAUTHORIZED: &str = "UNAUTHORIZED";

/// `Ok` if the answer has one of these statuses; otherwise the diagnosis of its status.
pub(crate) fn expect(answer: &Answer, statuses: &[u16], function: &str) -> Result<(), Trouble> {
    let status = answer.status.as_u16();
    if statuses.contains(&status) {
        return Ok(());
    }
    let expected: Vec<_> = statuses.iter().map(u16::to_string).collect();
    let seen = format!("status {status} in place of {}", expected.join(" or "));
    Err(match answer.status {
        StatusCode::NOT_FOUND => Trouble::fault(
            seen,
            "the path does not reach the function: deploy again; on a host shared with LangSmith, its ingress \
             must send this path here (docs/deploy.md, Beside a self-hosted LangSmith)",
        ),
        StatusCode::FORBIDDEN => Trouble::fault(
            seen,
            "API Gateway refused before the function: a rule of the web ACL (WebAclArn), or a path of another API \
             under this domain",
        ),
        StatusCode::TOO_MANY_REQUESTS => Trouble::warning(
            seen,
            "throttled, so this was not checked: wait a minute and run this again; the limits are the \
             parameters Rate, McpRate, TokenRate, EntryRate and LoginRate",
        ),
        other if other.is_server_error() => Trouble::fault(
            seen,
            format!(
                "read the log of the function {function}: a misconfigured one names the variable in one line \
                 (docs/deploy.md, When something is wrong)"
            ),
        ),
        other if other.is_redirection() => {
            let to = printable(answer.header("location").unwrap_or("nowhere"));
            Trouble::fault(format!("{seen}, to {to}"), IN_BETWEEN)
        }
        _ => Trouble::fault(seen, IN_BETWEEN),
    })
}
