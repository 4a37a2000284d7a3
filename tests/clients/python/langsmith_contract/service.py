"""What the deployment says of itself."""

from __future__ import annotations

import langsmith
import made
from checks import check, equal, refused
from langsmith import utils


@check
def info(client: langsmith.Client) -> None:
    config = client.info.batch_ingest_config or {}
    equal(client.info.version[:2], "0.")
    equal(config["use_multipart_endpoint"], True)
    equal(config["size_limit_bytes"] > 1_000_000, True)
    equal(made.flags(client)["dataset_examples_multipart_enabled"], True)


@check
def settings(client: langsmith.Client) -> None:
    own = client._get_settings()
    equal(bool(own.display_name and own.tenant_handle), True)
    equal(str(client._get_tenant_id()), own.id)


@check
def a_wrong_key_is_refused(client: langsmith.Client) -> None:
    stranger = langsmith.Client(api_key="lsv2_pt_nobody", auto_batch_tracing=False)
    refused(lambda: list(stranger.list_datasets(limit=1)), utils.LangSmithError, "40")
