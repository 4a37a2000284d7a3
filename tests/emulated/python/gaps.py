"""What MiniStack 1.5.33 does not do as AWS does, as far as it matters here, and what is done about it.

    gaps.py URL

Prints the gaps that are no longer there: what was done about them can go.
"""

import json
import sys
import time

from deploy import Region

HERE = Region(sys.argv[1], "ap-south-1")
INTEGRATION = {"x-amazon-apigateway-integration": {"type": "mock"}}
BODY = {
    "openapi": "3.0.1",
    "info": {"title": "gaps", "version": "1"},
    "paths": {"/": {"x-amazon-apigateway-any-method": INTEGRATION}},
    "servers": [
        {
            "url": "https://gaps.example.com",
            "x-amazon-apigateway-endpoint-configuration": {"disableExecuteApiEndpoint": True},
        }
    ],
    "x-amazon-apigateway-gateway-responses": {"UNAUTHORIZED": {"statusCode": "418"}},
}
TABLE = {
    "TableName": "gaps",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "TimeToLiveSpecification": {"AttributeName": "purge_at", "Enabled": True},
    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    "SSESpecification": {"SSEEnabled": True},
}
GENERATED = {"PasswordLength": 400, "ExcludePunctuation": True}
RESOURCES = {
    "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": BODY}},
    "Table": {"Type": "AWS::DynamoDB::Table", "Properties": TABLE},
    "Empty": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "gaps/empty"}},
    "Full": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "gaps/full", "GenerateSecretString": GENERATED}},
}
ALARM = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "Threshold": 1}
ALARM["Metrics"] = [{"Id": "all", "Expression": "SUM(METRICS())"}]


def deployed(name, resources, outputs=None):
    """The status of a stack, and its outputs."""
    cloudformation = HERE.client("cloudformation")
    template = json.dumps({"Resources": resources, "Outputs": outputs or {}})
    cloudformation.create_stack(StackName=name, TemplateBody=template)
    while (stack := cloudformation.describe_stacks(StackName=name)["Stacks"][0])["StackStatus"].endswith("PROGRESS"):
        time.sleep(0.05)
    return stack["StackStatus"], {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}


def told_of_stacks():
    """Whether a rule on the events of CloudFormation ever fires."""
    queue = HERE.client("sqs").create_queue(QueueName="gaps")["QueueUrl"]
    events = HERE.client("events")
    events.put_rule(Name="gaps", EventPattern=json.dumps({"source": ["aws.cloudformation"]}))
    arn = HERE.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_targets(Rule="gaps", Targets=[{"Id": "queue", "Arn": arn}])
    deployed("gaps-told", {"Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "gaps/told"}}})
    return "Messages" in HERE.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=1)


def punctuated():
    text = HERE.client("secretsmanager").get_secret_value(SecretId="gaps/full")["SecretString"]
    return not text.isalnum()


def restored_as_it_was():
    """Whether a table can be had as it was before it held anything."""
    dynamodb = HERE.client("dynamodb")
    dynamodb.put_item(TableName="gaps", Item={"id": {"S": "late"}})
    dynamodb.restore_table_to_point_in_time(
        SourceTableName="gaps", TargetTableName="gaps-restored", RestoreDateTime=1_700_000_000
    )
    return dynamodb.scan(TableName="gaps-restored")["Count"] == 0


def main():
    status, outputs = deployed("gaps", RESOURCES, {"Api": {"Value": {"Ref": "Api"}}})
    assert status == "CREATE_COMPLETE", status
    api, dynamodb = HERE.client("apigateway"), HERE.client("dynamodb")
    table = dynamodb.describe_table(TableName="gaps")["Table"]
    backups = dynamodb.describe_continuous_backups(TableName="gaps")["ContinuousBackupsDescription"]
    ttl = dynamodb.describe_time_to_live(TableName="gaps")["TimeToLiveDescription"]
    root = api.get_resources(restApiId=outputs["Api"])["items"][0]
    response = api.get_gateway_response(restApiId=outputs["Api"], responseType="UNAUTHORIZED")
    empty = HERE.client("secretsmanager").get_secret_value(SecretId="gaps/empty")
    gaps = [
        ("an OpenAPI body's ANY is passed over", "emulated.py names every method", not root.get("resourceMethods")),
        ("a body's gateway responses are passed over", "emulated.py makes them resources", response["defaultResponse"]),
        (
            "an alarm on an expression is refused",
            "emulated.py drops it",
            deployed("gaps-alarm", {"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": ALARM}})[0] != "CREATE_COMPLETE",
        ),
        ("ExcludePunctuation is ignored", "emulated.py names the characters", punctuated()),
        ("a template's TTL is not applied", "deploy.py applies it", ttl["TimeToLiveStatus"] == "DISABLED"),
        (
            "a template's point-in-time recovery is not applied",
            "deploy.py applies it",
            backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "DISABLED",
        ),
        ("a template's encryption is not applied", "the crate infra tests the template", "SSEDescription" not in table),
        ("a secret without a value has an empty one", "deploy.py takes its version away", empty["SecretString"] == ""),
        ("stacks send no events", "deploy.py runs the janitor", not told_of_stacks()),
        (
            "the API answers under its own host, too",
            "doctor looks from outside",
            not api.get_rest_api(restApiId=outputs["Api"])["disableExecuteApiEndpoint"],
        ),
        (
            "a table is restored as it is, whatever the moment",
            "the restore test takes a backup before",
            not restored_as_it_was(),
        ),
    ]
    # Proven by the tests that meet them, in gateway.rs: gateway responses cannot quote the authorizer (the deployment
    # takes StepUpChallenge=all-scopes), a function's WWW-Authenticate is not renamed, settings of one method are not
    # found, and /health is MiniStack's own. Not looked for: roles are not enforced and instances hear nothing of their
    # end (tests/front-door has both); a changed description starts no instance anew; web ACLs are unknown.
    json.dump([f"{gap}: {remedy}" for gap, remedy, there in gaps if not there], sys.stdout)


if __name__ == "__main__":
    main()
