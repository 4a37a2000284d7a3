"""Deploys a package of infra/emulated.py into MiniStack, as `sam deploy` does it.

    deploy.py URL PACKAGE STACK PARAMETERS

PARAMETERS is a JSON object that overrides what samconfig.toml has. Prints the stack's outputs as JSON.
"""

import json
import sys
from pathlib import Path

import boto3
from botocore.config import Config

BUCKET = "deployment"


class Region:
    def __init__(self, url, region):
        self.url, self.region = url, region

    def client(self, service):
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=self.region,
            aws_access_key_id="deployer",
            aws_secret_access_key="secret",
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )


def upload(region, package):
    s3 = region.client("s3")
    name = f"{BUCKET}-{region.region}"
    if name in (bucket["Name"] for bucket in s3.list_buckets()["Buckets"]):
        return
    place = {"LocationConstraint": region.region}
    s3.create_bucket(Bucket=name, **({} if region.region == "us-east-1" else {"CreateBucketConfiguration": place}))
    for file in package.iterdir():
        s3.put_object(Bucket=name, Key=file.name, Body=file.read_bytes())


def zone(region, domain):
    """The hosted zone that a deployment finds."""
    answer = region.client("route53").create_hosted_zone(Name=domain, CallerReference=domain)
    return answer["HostedZone"]["Id"].removeprefix("/hostedzone/")


def create(region, name, parameters):
    cloudformation = region.client("cloudformation")
    cloudformation.create_stack(
        StackName=name,
        TemplateURL=f"https://s3.amazonaws.com/{BUCKET}-{region.region}/template.json",
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    waiter = cloudformation.get_waiter("stack_create_complete")
    try:
        waiter.wait(StackName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 300})
    finally:
        for event in cloudformation.describe_stack_events(StackName=name)["StackEvents"]:
            if event["ResourceStatus"].endswith("FAILED"):
                print(event["LogicalResourceId"], event.get("ResourceStatusReason"), file=sys.stderr)
    stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def apply_table_settings(region, name, template):
    """MiniStack makes tables without these."""
    dynamodb = region.client("dynamodb")
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::DynamoDB::Table":
            settings = resource["Properties"]
            table = settings["TableName"]["Fn::Sub"].replace("${AWS::StackName}", name)
            dynamodb.update_time_to_live(
                TableName=table, TimeToLiveSpecification=settings["TimeToLiveSpecification"]
            )
            dynamodb.update_continuous_backups(
                TableName=table, PointInTimeRecoverySpecification=settings["PointInTimeRecoverySpecification"]
            )


def empty_secrets(region, name, template):
    """MiniStack gives a secret without a value an empty one, which on AWS has no version at all."""
    secrets = region.client("secretsmanager")
    for resource in template["Resources"].values():
        settings = resource["Properties"]
        if resource["Type"] == "AWS::SecretsManager::Secret" and "GenerateSecretString" not in settings:
            secret = settings["Name"]["Fn::Sub"].replace("${Stack}", name)
            version = secrets.get_secret_value(SecretId=secret)["VersionId"]
            secrets.update_secret_version_stage(
                SecretId=secret, VersionStage="AWSCURRENT", RemoveFromVersionId=version
            )


def run_janitor(region, outputs):
    """MiniStack sends no events of CloudFormation, and the rule waits for one."""
    answer = region.client("lambda").invoke(FunctionName=outputs["JanitorFunction"], Payload=b"{}")
    if "FunctionError" in answer:
        sys.exit(f"the janitor: {answer['Payload'].read().decode()}")


def main(url, package, name, overrides):
    settings = json.loads((package / "settings.json").read_text())
    region = Region(url, settings["region"])
    upload(region, package)
    parameters = {**settings["parameters"], **overrides}
    parameters["HostedZoneId"] = zone(region, parameters["DomainName"])
    outputs = create(region, name, parameters)
    apply_table_settings(region, name, json.loads((package / "template.json").read_text()))
    empty_secrets(region, name, json.loads((package / "secrets.json").read_text()))
    run_janitor(region, outputs)
    json.dump(outputs, sys.stdout)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], json.loads(sys.argv[4]))
