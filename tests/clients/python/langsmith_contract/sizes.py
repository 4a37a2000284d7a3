"""What is large, chunked or compressed."""

from __future__ import annotations

import gzip
import json
import os
import secrets
import uuid

import langsmith
import made
import requests
import zstandard
from checks import check, equal

MEGABYTE = 1 << 20


def boundary_and_parts(run: dict) -> tuple[str, bytes]:
    """A run as the body of POST /runs/multipart, made by hand."""
    boundary = uuid.uuid4().hex
    facts = {key: value if isinstance(value, (str, dict, list)) else str(value) for key, value in run.items()}
    for time in ("start_time", "end_time"):
        facts[time] = run[time].isoformat()
    inputs = json.dumps(facts.pop("inputs")).encode()
    parts = []
    for name, part in ((f"post.{run['id']}", json.dumps(facts).encode()), (f"post.{run['id']}.inputs", inputs)):
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\nContent-Type: application/json'
        parts.append(f"{head}; length={len(part)}\r\nContent-Length: {len(part)}\r\n\r\n".encode() + part + b"\r\n")
    return boundary, b"".join(parts) + f"--{boundary}--\r\n".encode()


def send(body, boundary: str, **headers: str) -> requests.Response:
    """Sends it without the SDK."""
    url, key = os.environ["LANGSMITH_ENDPOINT"], os.environ["LANGSMITH_API_KEY"]
    kind = f"multipart/form-data; boundary={boundary}"
    return requests.post(
        f"{url}/runs/multipart", body, headers={"X-API-Key": key, "Content-Type": kind, **headers}, timeout=15
    )


def arrives(client: langsmith.Client, sent) -> None:
    """A run that `sent` sends is there."""
    project = made.name("sent")
    run = made.run(project, outputs={"n": 1}, end_time=made.now())
    boundary, body = boundary_and_parts(run)
    response = sent(body, boundary)
    equal((response.status_code // 100, response.text[:200] if response.status_code > 299 else ""), (2, ""))
    found = made.runs(client, project)[run["id"]]
    equal((found.inputs, found.outputs), ({"question": "why?"}, {"n": 1}))


@check
def chunked(client: langsmith.Client) -> None:
    arrives(client, lambda body, boundary: send((body[at : at + 100] for at in range(0, len(body), 100)), boundary))


@check
def gzipped(client: langsmith.Client) -> None:
    arrives(client, lambda body, boundary: send(gzip.compress(body), boundary, **{"Content-Encoding": "gzip"}))


@check
def zstandard_compressed(client: langsmith.Client) -> None:
    arrives(client, lambda body, boundary: send(zstandard.compress(body), boundary, **{"Content-Encoding": "zstd"}))


@check
def zstandard_in_chunks(client: langsmith.Client) -> None:
    def sent(body: bytes, boundary: str) -> requests.Response:
        packed = zstandard.compress(body)
        chunks = (packed[at : at + 50] for at in range(0, len(packed), 50))
        return send(chunks, boundary, **{"Content-Encoding": "zstd"})

    arrives(client, sent)


@check
def twenty_megabytes_in_parts(client: langsmith.Client) -> None:
    project = made.name("large")
    text = secrets.token_hex(1000) * 512
    large = [
        made.run(project, name=f"run {n}", inputs={"text": text}, outputs={"text": text}, end_time=made.now())
        for n in range(10)
    ]
    client.multipart_ingest(create=large)
    session = made.session(client, project)
    client.flush()
    run = client.read_run(large[9]["id"], project_id=session, start_time=large[9]["start_time"])
    equal((len(run.inputs["text"]), run.outputs["text"] == text), (len(text), True))
    equal(client.read_project(project_name=project, include_stats=True).run_count, 10)


@check
def a_run_of_eight_megabytes(client: langsmith.Client) -> None:
    project, text = made.name("large"), "ü" * (4 * MEGABYTE)
    run = made.run(project, inputs={"text": text}, outputs={"n": 1}, end_time=made.now())
    client.multipart_ingest(create=[run])
    client.flush()
    found = client.read_run(run["id"], project_id=made.session(client, project), start_time=run["start_time"])
    equal((len(found.inputs["text"]), found.inputs["text"][-1]), (len(text), "ü"))


@check
def a_hundred_runs_at_once(client: langsmith.Client) -> None:
    project = made.name("many")
    step = langsmith.traceable(lambda number: number, name="step")
    with langsmith.tracing_context(enabled=True, client=client, project_name=project):
        for number in range(100):
            step(number)
    equal({run.outputs["output"] for run in made.runs(client, project).values()}, set(range(100)))


@check
def examples_of_twenty_megabytes(client: langsmith.Client) -> None:
    dataset = client.create_dataset(made.name("large"))
    text = "a" * MEGABYTE
    answer = client.create_examples(
        dataset_id=dataset.id, examples=[{"inputs": {"n": n, "text": text}} for n in range(20)]
    )
    equal((answer["count"], client.read_dataset(dataset_id=dataset.id).example_count), (20, 20))
    found = client.read_example(answer["example_ids"][0])
    equal(len(found.inputs["text"]), MEGABYTE)


@check
def a_client_that_compresses_nothing(client: langsmith.Client) -> None:
    project = made.name("plain")
    os.environ["LANGSMITH_DISABLE_RUN_COMPRESSION"] = "true"
    try:
        plain = langsmith.Client()
    finally:
        del os.environ["LANGSMITH_DISABLE_RUN_COMPRESSION"]
    with langsmith.tracing_context(enabled=True, client=plain, project_name=project):
        langsmith.traceable(lambda: "done", name="step")()
    plain.flush()
    equal([run.outputs["output"] for run in made.runs(client, project).values()], ["done"])
