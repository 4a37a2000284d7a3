//! `GET /info`: open to everybody.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::reply;

pub(crate) async fn read() -> Response {
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
        "instance_flags": {"sample_data": true},
        "customer_info": null,
    });
    reply::value(StatusCode::OK, &body)
}
