"""Datasets from tables."""

from __future__ import annotations

import io

import langsmith
import made
from checks import check, equal

ROWS = 'country,capital,note\nPeru,Lima,"sea, near"\n日本,東京,\n'


@check
def upload_csv(client: langsmith.Client) -> None:
    name = made.name("table")
    file = ("capitals.csv", io.BytesIO(ROWS.encode()))
    new = client.upload_csv(file, ["country"], ["capital", "note"], name=name, description="From a table")
    found = client.read_dataset(dataset_name=name)
    equal((found.id, found.description, found.example_count), (new.id, "From a table", 2))
    examples = made.by_country(client, new.id)
    equal(set(examples), {"Peru", "日本"})
    equal(examples["Peru"].outputs, {"capital": "Lima", "note": "sea, near"})
    equal(examples["日本"].outputs["capital"], "東京")
