"""Packages the stack for the emulator MiniStack, as `sam package` does it for AWS.

    emulated.py ENVIRONMENT PROGRAMS DIR

writes to DIR what is put into S3 before a deployment: the translated template and those of its nested stacks, and a zip
of each function's program, which is at PROGRAMS/FUNCTION/bootstrap. The templates are the ones that AWS gets, but for
the departures below; each is a line of the table and goes when MiniStack no longer needs it.
"""

import json
import os
import string
import sys
import zipfile
from pathlib import Path

import translate

ANY = "x-amazon-apigateway-any-method"
METHODS = ["get", "put", "post", "delete", "patch", "head", "options"]
RESPONSES = "x-amazon-apigateway-gateway-responses"


def every(node, change):
    """The node with `change` made to every object in it, inner ones first."""
    if isinstance(node, list):
        return [every(item, change) for item in node]
    if isinstance(node, dict):
        return change({key: every(value, change) for key, value in node.items()})
    return node


def of_type(document, kind):
    return {name: resource for name, resource in document["Resources"].items() if resource["Type"] == kind}


def name_methods(document):
    def named(node):
        method = node.pop(ANY, None)
        return {**dict.fromkeys(METHODS, method), **node} if method else node

    return every(document, named)


def part_gateway_responses(document):
    for api, resource in of_type(document, "AWS::ApiGateway::RestApi").items():
        made = {}
        for kind, response in resource["Properties"]["Body"].pop(RESPONSES).items():
            properties = {key[0].upper() + key[1:]: value for key, value in response.items()}
            properties.update({"RestApiId": {"Ref": api}, "ResponseType": kind})
            name = f"{api}{kind.title().replace('_', '')}"
            made[name] = {"Type": "AWS::ApiGateway::GatewayResponse", "Properties": properties}
        document["Resources"].update(made)
        # A deployment takes a picture of them.
        for deployment in of_type(document, "AWS::ApiGateway::Deployment").values():
            deployment["DependsOn"] = sorted(made)
    return document


def drop_computed_alarms(document):
    for name, alarm in of_type(document, "AWS::CloudWatch::Alarm").items():
        if "Metrics" in alarm["Properties"]:
            del document["Resources"][name]
    return document


def spell_out_punctuation(document):
    def spelled(node):
        if node.pop("ExcludePunctuation", False):
            node["ExcludeCharacters"] = string.punctuation
        return node

    return every(document, spelled)


def leave_tls(document):
    def plain(node):
        text = node.get("Fn::Sub")
        if isinstance(text, str):
            node["Fn::Sub"] = text.replace("https://${DomainName}", "${PublicUrl}")
        return node

    document = every(document, plain)
    if "LangSmithEndpoint" in document["Parameters"]:
        document["Parameters"]["PublicUrl"] = {"Type": "String"}
        del document["Parameters"]["LangSmithEndpoint"]["AllowedPattern"]
    return document


def be_patient(document):
    for function in of_type(document, "AWS::Lambda::Function").values():
        variables = function["Properties"].setdefault("Environment", {}).setdefault("Variables", {})
        variables["AWS_CALL_TIMEOUT_MS"] = "10000"
    return document


DEPARTURES = [
    (name_methods, "the import of an OpenAPI body knows no ANY"),
    (part_gateway_responses, "the import passes over gateway responses; as resources they work"),
    (drop_computed_alarms, "an alarm on an expression is refused, and the stack with it"),
    (spell_out_punctuation, "ExcludePunctuation is ignored, and the functions refuse such a root key"),
    (be_patient, "one process in Python takes longer than a service of AWS"),
    (leave_tls, "nobody here has the domain's certificate, or LangSmith's"),
]


def emulated(document):
    for departure, _reason in DEPARTURES:
        document = departure(document)
    return document


def placed(document, programs, bucket):
    """What `sam deploy` does: files become objects in S3."""
    for name, function in of_type(document, "AWS::Lambda::Function").items():
        function["Properties"]["Code"] = {"S3Bucket": bucket, "S3Key": f"{programs[name]}.zip"}
    for stack in of_type(document, "AWS::CloudFormation::Stack").values():
        file = Path(stack["Properties"]["TemplateURL"]).with_suffix(".json")
        stack["Properties"]["TemplateURL"] = f"https://s3.amazonaws.com/{bucket}/{file}"
    return document


def package(environment, bootstraps, folder):
    source = translate.template(translate.TEMPLATE)
    functions = of_type(source, "AWS::Serverless::Function").items()
    programs = {name: Path(function["Properties"]["CodeUri"]).name for name, function in functions}
    nested = translate.nested_files(source)
    _, settings, parameters = next(found for found in translate.environments() if found[0] == environment)
    region = settings["global"]["region"]
    os.environ["AWS_DEFAULT_REGION"] = region
    whole = placed(translate.translated(source, dict(parameters)), programs, f"deployment-{region}")
    templates = {"template.json": whole}
    templates.update({file.with_suffix(".json").name: translate.template(file) for file in nested.values()})
    for name, document in templates.items():
        (folder / name).write_text(json.dumps(emulated(document)))
    (folder / "settings.json").write_text(json.dumps({"region": region, "parameters": parameters}))
    for program in programs.values():
        # Nothing here pays for bytes.
        with zipfile.ZipFile(folder / f"{program}.zip", "w", zipfile.ZIP_STORED) as archive:
            archive.write(bootstraps / program / "bootstrap", "bootstrap")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    package(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
