"""Turns infra/template.yaml into what CloudFormation would deploy, offline.

    translate.py translate    for each environment of samconfig.toml: its settings, the translated template and the
                              templates of its nested stacks, as one JSON document on standard output
    translate.py expand DIR   writes the templates to DIR with their included parts in place, for the linter

As in AWS, included parts come first and the SAM translation follows.
"""

import json
import os
import re
import sys
import tomllib
from pathlib import Path

import yaml
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

INFRA = Path(__file__).resolve().parent
TEMPLATE = INFRA / "template.yaml"


class NoManagedPolicies:
    """The template uses none, so nothing has to be asked of AWS."""

    def load(self):
        return {}


def expanded(node):
    """A copy in which every AWS::Include is replaced by its file."""
    if isinstance(node, list):
        return [expanded(item) for item in node]
    if not isinstance(node, dict):
        return node
    whole = {}
    for key, value in node.items():
        if key == "Fn::Transform" and value.get("Name") == "AWS::Include":
            part = yaml_parse((INFRA / value["Parameters"]["Location"]).read_text())
            whole.update(expanded(part))
        else:
            whole[key] = expanded(value)
    return whole


def template(path):
    return expanded(yaml_parse(path.read_text()))


def nested_files(document):
    resources = document["Resources"].items()
    return {
        name: INFRA / resource["Properties"]["Location"]
        for name, resource in resources
        if resource.get("Type") == "AWS::Serverless::Application"
    }


def translated(document, parameters):
    for resource in document["Resources"].values():
        # What `sam build` and `sam deploy` put in place of a folder.
        if resource.get("Type") == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    return transform(document, parameters, NoManagedPolicies())


def environments():
    config = tomllib.loads((INFRA.parent / "samconfig.toml").read_text())
    for name, commands in config.items():
        if isinstance(commands, dict):
            settings = {command: body["parameters"] for command, body in commands.items()}
            overrides = settings["global"]["parameter_overrides"]
            yield name, settings, dict(pair.split("=", 1) for pair in overrides)


def unfit(document, parameters):
    """The names of parameters that the template does not know, misses or does not take."""
    declared = document["Parameters"]
    names = set(parameters) - set(declared)
    for name, rule in declared.items():
        value = str(parameters.get(name, rule.get("Default", "")))
        number = float(value) if rule["Type"] == "Number" else 0
        takes = (
            (name in parameters or "Default" in rule)
            and re.fullmatch(rule.get("AllowedPattern", "(?s:.*)"), value)
            and value in map(str, rule.get("AllowedValues", [value]))
            and rule.get("MinValue", number) <= number <= rule.get("MaxValue", number)
        )
        if not takes:
            names.add(name)
    return sorted(names)


def translate():
    answer = {}
    for name, settings, parameters in environments():
        os.environ["AWS_DEFAULT_REGION"] = settings["global"]["region"]
        document = template(TEMPLATE)
        nested = {stack: template(file) for stack, file in nested_files(document).items()}
        answer[name] = {
            "settings": settings,
            "parameters": parameters,
            "unfit": unfit(document, parameters),
            "template": translated(document, dict(parameters)),
            "nested": nested,
        }
    json.dump(answer, sys.stdout)


def expand(folder):
    document = template(TEMPLATE)
    # A setting for the linter of the parts; the whole is held to every rule.
    document.pop("Metadata", None)
    for file in [TEMPLATE, *nested_files(document).values()]:
        whole = document if file == TEMPLATE else template(file)
        (Path(folder) / file.name).write_text(yaml.safe_dump(json.loads(json.dumps(whole))))


if __name__ == "__main__":
    if sys.argv[1:] == ["translate"]:
        translate()
    elif len(sys.argv) == 3 and sys.argv[1] == "expand":
        expand(sys.argv[2])
    else:
        sys.exit(__doc__)
