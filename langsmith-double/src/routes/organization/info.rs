//! `GET /info`: needs no credential. SDK: its flags tell how examples are uploaded and whether bodies may be
//! compressed.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::reply;
use crate::state::App;

pub(crate) async fn read(State(app): State<Arc<App>>) -> Response {
    let flags = [
        "sample_data",
        "dataset_examples_multipart_enabled",
        "gzip_body_enabled",
        "zstd_compression_enabled",
    ];
    let mut flags: Map<String, Value> =
        flags.into_iter().map(|flag| (flag.to_owned(), true.into())).collect();
    app.service.queries.write_flags(&mut flags);
    let body = json!({
        "version": "0.16.0",
        "git_sha": null,
        "license_expiration_time": null,
        "batch_ingest_config": {
            "use_multipart_endpoint": true,
            "scale_up_qsize_trigger": 1000,
            "scale_up_nthreads_limit": 16,
            "scale_down_nempty_trigger": 4,
            "size_limit": 100,
            "size_limit_bytes": 20_971_520,
        },
        "instance_flags": flags,
        "customer_info": null,
    });
    reply::value(StatusCode::OK, &body)
}
