//! The least that `lambda_http` can be: no logs, no variables, one answer. The starts of the functions are compared with it.

use lambda_http::{Error, Request, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(async |_: Request| Ok::<_, Error>("Hello"))).await
}
