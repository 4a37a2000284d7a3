//! Ingestion of runs: multipart, compressed, chunked, large, and in any order.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;
use langsmith_double::data::{ADA_KEY, GRACE_KEY};
use langsmith_double::{Fault, FaultKind, Options, Service};
use reqwest::{Body, Method, RequestBuilder, StatusCode};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::{Value, json};

use crate::client::{Probe, answer, send};
use crate::form::{Form, send_form, send_form_as};

const RUN: &str = "e1000000-0000-4000-8000-000000000001";
const CHILD: &str = "e1000000-0000-4000-8000-000000000002";
const MARK: &str = "e1000000-0000-4000-8000-000000000003";
const ORDER: &str = "20261121T100001000000Ze1000000-0000-4000-8000-000000000001";

fn run() -> Value {
    json!({"id": RUN, "trace_id": RUN, "dotted_order": ORDER, "name": "target", "run_type": "llm",
        "session_name": "made-by-its-first-run", "start_time": "2026-11-21T10:00:01Z", "tags": ["a"]})
}

fn child() -> Value {
    let order = format!("{ORDER}.20261121T100001000100Z{CHILD}");
    json!({"id": CHILD, "trace_id": RUN, "dotted_order": order, "parent_run_id": RUN, "name": "step",
        "run_type": "tool", "session_name": "made-by-its-first-run", "start_time": "2026-11-21T10:00:01Z"})
}

fn form() -> Form {
    let extra =
        json!({"metadata": {"thread_id": "t", "usage_metadata": {"input_tokens": 3, "output_tokens": 4}}});
    let mark = json!({"id": MARK, "run_id": RUN, "trace_id": RUN, "key": "quality", "score": 0.123_456});
    Form::default()
        .json(&format!("post.{CHILD}"), &child())
        .json(&format!("post.{RUN}"), &run())
        .json(&format!("post.{RUN}.inputs"), &json!({"question": "q"}))
        .json(&format!("post.{RUN}.extra"), &extra)
        .json(&format!("patch.{CHILD}"), &json!({"end_time": "2026-11-21T10:00:02Z"}))
        .json(&format!("patch.{CHILD}.outputs"), &json!({"answer": "深"}))
        .json(&format!("feedback.{MARK}"), &mark)
        .part(&format!("name=\"attachment.{RUN}.a file.txt\""), "text/plain; length=5", b"hello")
}

fn multipart(probe: &Probe, bytes: Vec<u8>) -> RequestBuilder {
    send_form(probe, (Method::POST, "/runs/multipart"), bytes)
}

/// A zstd frame with this many blocks of 128 KiB, each of which repeats one byte (RFC 8878 sections 3.1.1 and 3.1.1.2).
fn bomb(blocks: usize) -> Vec<u8> {
    let header = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
    let block = |last: u32| {
        let [low, middle, high, _] = ((131_072_u32 << 3) | (1 << 1) | last).to_le_bytes();
        [low, middle, high, b'x']
    };
    let mut frame = [&header[..], &block(0).repeat(blocks - 1)].concat();
    frame.extend(block(1));
    frame
}

async fn stored(probe: &Probe, id: &str) -> Value {
    probe.json(&format!("/runs/{id}")).await
}

#[tokio::test]
async fn parts_make_whole_runs() {
    let probe = Probe::start().await;
    answer(multipart(&probe, form().bytes()), StatusCode::ACCEPTED).await;
    let (root, step) = (stored(&probe, RUN).await, stored(&probe, CHILD).await);
    assert_eq!((&root["inputs"]["question"], &root["status"]), (&json!("q"), &json!("pending")));
    assert_eq!((&root["thread_id"], &root["total_tokens"]), (&json!("t"), &json!(7)));
    assert_eq!((&step["outputs"]["answer"], &step["status"]), (&json!("深"), &json!("success")));
    assert_eq!(step["parent_run_ids"], json!([RUN]));
    let file = root["s3_urls"]["attachment.a file.txt"]["presigned_url"].as_str().expect("a link");
    assert_eq!(send(probe.http.get(file)).await.text().await.expect("a file"), "hello");
    let feedback = probe.json(&format!("/feedback/{MARK}")).await;
    assert_eq!((&feedback["run_id"], &feedback["score"]), (&json!(RUN), &json!(0.123_456)));
    let session = &probe.json("/sessions?name=made-by-its-first-run&include_stats=true").await[0];
    assert_eq!((&session["id"], &session["run_count"]), (&root["session_id"], &json!(1)));
    answer(multipart(&probe, form().bytes()), StatusCode::CONFLICT).await;
}

#[tokio::test]
async fn a_body_may_be_compressed_or_come_in_chunks() {
    let plain = form().bytes();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&plain).expect("room");
    let zstd = compress_to_vec(plain.as_slice(), CompressionLevel::Fastest);
    let two_frames =
        [&plain[..100], &plain[100..]].map(|half| compress_to_vec(half, CompressionLevel::Fastest));
    let bodies = [
        ("identity", plain.clone()),
        ("gzip", gzip.finish().expect("a body")),
        ("zstd", zstd),
        ("zstd", two_frames.concat()),
    ];
    for (encoding, body) in bodies {
        let probe = Probe::start().await;
        let request = multipart(&probe, body).header("Content-Encoding", encoding);
        answer(request, StatusCode::ACCEPTED).await;
        assert_eq!(stored(&probe, RUN).await["inputs"]["question"], "q", "{encoding}");
    }
    let probe = Probe::start().await;
    let chunks: Vec<Result<Vec<u8>, std::io::Error>> =
        plain.chunks(7).map(|chunk| Ok(chunk.to_vec())).collect();
    let request = multipart(&probe, Vec::new()).body(Body::wrap_stream(stream::iter(chunks)));
    answer(request, StatusCode::ACCEPTED).await;
    assert_eq!(stored(&probe, RUN).await["inputs"]["question"], "q");
}

#[tokio::test]
async fn twenty_megabytes_are_taken_and_more_are_not() {
    let probe = Probe::start().await;
    let large = |megabytes: usize| {
        let inputs = json!({"text": "x".repeat(megabytes * 1_000_000)});
        Form::default()
            .json(&format!("post.{RUN}"), &run())
            .json(&format!("post.{RUN}.inputs"), &inputs)
            .bytes()
    };
    let refused = send(multipart(&probe, large(26))).await.status();
    assert_eq!(refused, StatusCode::PAYLOAD_TOO_LARGE);
    answer(multipart(&probe, large(20)), StatusCode::ACCEPTED).await;
    assert_eq!(stored(&probe, RUN).await["inputs"]["text"].as_str().map(str::len), Some(20_000_000));
    let bomb = multipart(&probe, bomb(600)).header("Content-Encoding", "zstd");
    assert_eq!(send(bomb).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let kept = probe.double.handle().requests();
    assert!(kept.iter().all(|request| request.body.len() <= 1024 * 1024), "a log is no archive");
}

#[tokio::test]
async fn what_is_not_such_a_form_is_refused() {
    let probe = Probe::start().await;
    let own = || Form::default().json(&format!("post.{RUN}"), &run());
    for (form, status) in [
        (own().json(&format!("post.{RUN}.other"), &json!({})), 422),
        (own().json("what.is.this", &json!({})), 422),
        (own().json("post.no-id", &run()), 422),
        (Form::default().json(&format!("post.{RUN}.inputs"), &json!({})), 422),
        (own().part(&format!("name=\"post.{RUN}.inputs\""), "application/json; length=9", b"{}"), 400),
        (
            own().part(
                &format!("name=\"post.{RUN}.inputs\""),
                "application/json\r\nContent-Encoding: gzip",
                b"{}",
            ),
            400,
        ),
        (own().part("file", "application/json", b"{}"), 400),
        (own().part(&format!("name=\"post.{RUN}.inputs\""), "application/json", b"{"), 422),
    ] {
        let status = StatusCode::from_u16(status).expect("a status");
        let refused = answer(multipart(&probe, form.bytes()), status).await;
        assert!(refused["error"].is_string());
    }
    let (mut cut, whole) = (own().bytes(), own().bytes());
    cut.truncate(cut.len() / 2);
    answer(multipart(&probe, cut), StatusCode::BAD_REQUEST).await;
    let json = probe.write(Method::POST, "/runs/multipart", &run());
    answer(json, StatusCode::BAD_REQUEST).await;
    let unknown = multipart(&probe, whole.clone()).header("Content-Encoding", "br");
    answer(unknown, StatusCode::UNSUPPORTED_MEDIA_TYPE).await;
    let not_gzip = multipart(&probe, whole).header("Content-Encoding", "gzip");
    answer(not_gzip, StatusCode::BAD_REQUEST).await;
    assert_eq!(
        probe.status(&format!("/runs/{RUN}"), ADA_KEY).await,
        StatusCode::NOT_FOUND,
        "nothing was stored"
    );
}

#[tokio::test]
async fn the_end_of_a_run_may_come_before_its_beginning() {
    let probe = Probe::start().await;
    let end = json!({"end_time": "2026-11-21T10:00:03Z", "outputs": {"a": 1}, "tags": ["b"]});
    answer(probe.write(Method::PATCH, &format!("/runs/{RUN}"), &end), StatusCode::ACCEPTED).await;
    let mark = json!({"run_id": CHILD, "trace_id": RUN, "key": "quality", "score": 1});
    let early = Form::default()
        .json(&format!("patch.{CHILD}"), &json!({"error": "boom"}))
        .json(&format!("feedback.{MARK}"), &mark)
        .part(&format!("name=\"attachment.{CHILD}.x\""), "text/plain", b"hello");
    answer(multipart(&probe, early.bytes()), StatusCode::ACCEPTED).await;
    for id in [RUN, CHILD] {
        assert_eq!(
            probe.status(&format!("/runs/{id}"), ADA_KEY).await,
            StatusCode::NOT_FOUND,
            "not seen yet"
        );
    }
    let batch = json!({"post": [run(), child()], "patch": null});
    answer(probe.write(Method::POST, "/runs/batch", &batch), StatusCode::ACCEPTED).await;
    let (root, step) = (stored(&probe, RUN).await, stored(&probe, CHILD).await);
    assert_eq!((&root["outputs"]["a"], &root["status"]), (&json!(1), &json!("success")));
    assert_eq!(root["tags"], json!(["b"]));
    assert_eq!((&step["status"], &step["feedback_stats"]["quality"]["n"]), (&json!("error"), &json!(1)));
    assert!(step["s3_urls"]["attachment.x"].is_object());
}

#[tokio::test]
async fn the_order_may_differ_a_little_from_the_start() {
    let probe = Probe::start().await;
    for (start, status) in [
        ("2026-11-21T10:00:01.000100Z", StatusCode::ACCEPTED),
        ("2026-11-21T10:00:01.002000Z", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let mut run = run();
        run["start_time"] = json!(start);
        let status_of = send(probe.write(Method::POST, "/runs", &run)).await.status();
        assert_eq!(status_of, status, "{start}");
    }
    let mut millis = child();
    millis["start_time"] = json!(1_795_255_201_000_i64);
    answer(probe.write(Method::POST, "/runs", &millis), StatusCode::ACCEPTED).await;
}

#[tokio::test]
async fn the_window_refuses_everything() {
    let probe = Probe::with(Options { service: Service::CLOUD, ..Options::default() }).await;
    let now = "2099-01-01T00:00:00Z";
    let mut fresh = run();
    fresh["start_time"] = json!(now);
    fresh["dotted_order"] = json!(format!("20990101T000000000000Z{RUN}"));
    let old = json!({"id": CHILD, "name": "old", "run_type": "tool", "start_time": "2020-01-01T00:00:00Z"});
    let both = Form::default().json(&format!("post.{RUN}"), &fresh).json(&format!("post.{CHILD}"), &old);
    let refused = answer(multipart(&probe, both.bytes()), StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(refused["error"].as_str().is_some_and(|text| text.contains("24 hours")));
    assert_eq!(probe.status(&format!("/runs/{RUN}"), ADA_KEY).await, StatusCode::NOT_FOUND);
    let mark = json!({"run_id": RUN, "trace_id": RUN, "key": "quality", "score": 0.123_456});
    let alone = Form::default().json(&format!("post.{RUN}"), &fresh).json(&format!("feedback.{MARK}"), &mark);
    answer(multipart(&probe, alone.bytes()), StatusCode::ACCEPTED).await;
    assert_eq!(probe.json(&format!("/feedback/{MARK}")).await["score"], 0.1235);
}

#[tokio::test]
async fn errors_may_be_reported_in_an_accepted_request() {
    let probe = Probe::start().await;
    let kind = FaultKind::Reports { left_out: true };
    let path_contains = "/runs/multipart".to_owned();
    probe.double.handle().inject(Fault { method: None, path_contains, kind, times: Some(1) });
    let reported = answer(multipart(&probe, form().bytes()), StatusCode::ACCEPTED).await;
    assert_eq!(reported["errors"].as_array().map(Vec::len), Some(1));
    let left_out = reported["errors"][0]["id"].as_str().expect("an id");
    assert_eq!(probe.status(&format!("/runs/{left_out}"), ADA_KEY).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn readers_send_no_parts() {
    let probe = Probe::start().await;
    let response =
        send(send_form_as(&probe, (Method::POST, "/runs/multipart", GRACE_KEY), form().bytes())).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_is_beside_a_run_is_put_together() {
    let probe = Probe::start().await;
    let extra = json!({"metadata": {"a": 1, "b": 1}, "runtime": {"sdk": "x"}});
    let events = json!([{"name": "start", "time": "2026-11-21T10:00:01Z"}, {"name": "new_token", "time": "2026-11-21T10:00:02Z"}]);
    let mut begun = run();
    begun["extra"] = extra;
    answer(probe.write(Method::POST, "/runs", &begun), StatusCode::ACCEPTED).await;
    let end = json!({"extra": {"metadata": {"b": 2, "conversation_id": "c"}, "batch": 3}, "events": events});
    answer(probe.write(Method::PATCH, &format!("/runs/{RUN}"), &end), StatusCode::ACCEPTED).await;
    let stored = stored(&probe, RUN).await;
    let together =
        json!({"metadata": {"a": 1, "b": 2, "conversation_id": "c"}, "runtime": {"sdk": "x"}, "batch": 3});
    assert_eq!((&stored["extra"], &stored["thread_id"]), (&together, &json!("c")));
    assert_eq!(
        (&stored["events"], &stored["first_token_time"]),
        (&events, &json!("2026-11-21T10:00:02.000000"))
    );
}
