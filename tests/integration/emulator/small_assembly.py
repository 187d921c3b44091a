"""A cloud assembly like those of `cdk synth`, made by hand: two stacks, one of which needs the other."""

import copy
import json
from pathlib import Path
from typing import Any

BOOTSTRAP = {
    "BootstrapVersion": {
        "Type": "AWS::SSM::Parameter::Value<String>",
        "Default": "/cdk-bootstrap/hnb659fds/version",
    }
}


def write(cdk_out: Path, stacks: dict[str, dict[str, Any]], dependencies: dict[str, list[str]]) -> None:
    """Write templates, their asset manifests and the manifest of the assembly."""
    cdk_out.mkdir(parents=True, exist_ok=True)
    artifacts: dict[str, Any] = {}
    for name, template in stacks.items():
        (cdk_out / f"{name}.template.json").write_text(json.dumps({"Parameters": BOOTSTRAP, **template}))
        assets = {
            "files": {
                "template": {
                    "source": {"path": f"{name}.template.json", "packaging": "file"},
                    "destinations": {},
                }
            }
        }
        (cdk_out / f"{name}.assets.json").write_text(json.dumps(assets))
        artifacts[f"{name}.assets"] = {
            "type": "cdk:asset-manifest",
            "properties": {"file": f"{name}.assets.json"},
        }
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "properties": {"templateFile": f"{name}.template.json"},
            "dependencies": [*dependencies.get(name, []), f"{name}.assets"],
        }
    (cdk_out / "manifest.json").write_text(json.dumps({"version": "48.0.0", "artifacts": artifacts}))


def storage() -> dict[str, Any]:
    """A template with a table and a bucket, both as careful as ours."""
    return copy.deepcopy(
        {
            "Resources": {
                "Frames": {
                    "Type": "AWS::S3::Bucket",
                    "Properties": {
                        "NotificationConfiguration": {
                            "EventBridgeConfiguration": {"EventBridgeEnabled": True}
                        },
                        "LifecycleConfiguration": {
                            "Rules": [
                                {
                                    "Id": "pictures",
                                    "Status": "Enabled",
                                    "ExpirationInDays": 30,
                                    "Prefix": "captures/",
                                }
                            ]
                        },
                        "PublicAccessBlockConfiguration": {
                            "BlockPublicAcls": True,
                            "BlockPublicPolicy": True,
                            "IgnorePublicAcls": True,
                            "RestrictPublicBuckets": True,
                        },
                    },
                },
                "FramesPolicy": {
                    "Type": "AWS::S3::BucketPolicy",
                    "Properties": {
                        "Bucket": {"Ref": "Frames"},
                        "PolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [
                                {
                                    "Effect": "Deny",
                                    "Principal": {"AWS": "*"},
                                    "Action": "s3:*",
                                    "Resource": [
                                        {"Fn::GetAtt": ["Frames", "Arn"]},
                                        {"Fn::Join": ["", [{"Fn::GetAtt": ["Frames", "Arn"]}, "/*"]]},
                                    ],
                                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                                }
                            ],
                        },
                    },
                },
                "Table": {
                    "Type": "AWS::DynamoDB::Table",
                    "Properties": {
                        "KeySchema": [
                            {"AttributeName": "PK", "KeyType": "HASH"},
                            {"AttributeName": "SK", "KeyType": "RANGE"},
                        ],
                        "AttributeDefinitions": [
                            {"AttributeName": "PK", "AttributeType": "S"},
                            {"AttributeName": "SK", "AttributeType": "S"},
                        ],
                        "BillingMode": "PAY_PER_REQUEST",
                        "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
                        "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
                        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
                    },
                },
            },
            "Outputs": {
                "TableName": {"Value": {"Ref": "Table"}},
                "BucketName": {"Value": {"Ref": "Frames"}},
                "ExportsOutputTable": {"Value": {"Ref": "Table"}, "Export": {"Name": "small:Table"}},
                "ExportsOutputTableArn": {
                    "Value": {"Fn::GetAtt": ["Table", "Arn"]},
                    "Export": {"Name": "small:TableArn"},
                },
            },
        }
    )


def pipeline() -> dict[str, Any]:
    """A template with a function that writes into the table of `storage`."""
    return copy.deepcopy(
        {
            "Resources": {
                "Role": {
                    "Type": "AWS::IAM::Role",
                    "Properties": {
                        "AssumeRolePolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [
                                {
                                    "Effect": "Allow",
                                    "Principal": {"Service": "lambda.amazonaws.com"},
                                    "Action": "sts:AssumeRole",
                                }
                            ],
                        },
                        "Policies": [
                            {
                                "PolicyName": "writes",
                                "PolicyDocument": {
                                    "Version": "2012-10-17",
                                    "Statement": [
                                        {
                                            "Effect": "Allow",
                                            "Action": "dynamodb:PutItem",
                                            "Resource": {"Fn::ImportValue": "small:TableArn"},
                                        }
                                    ],
                                },
                            }
                        ],
                    },
                },
                "Record": {
                    "Type": "AWS::Lambda::Function",
                    "Properties": {
                        "Runtime": "python3.11",
                        "Handler": "pipeline.record.handler",
                        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                        "Timeout": 15,
                        "Code": {
                            "S3Bucket": {"Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"},
                            "S3Key": "synthesised-before-the-edit.zip",
                        },
                        "Environment": {"Variables": {"TABLE_NAME": {"Fn::ImportValue": "small:Table"}}},
                    },
                },
            },
            "Outputs": {"FunctionName": {"Value": {"Ref": "Record"}}},
        }
    )


def code(repository: Path, answer: str) -> None:
    """Write the package that the function of `pipeline` runs."""
    package = repository / "pipeline"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").touch()
    (package / "record.py").write_text(
        "import os, boto3\n"
        "def handler(event, context):\n"
        "    boto3.client('dynamodb').put_item(\n"
        "        TableName=os.environ['TABLE_NAME'], Item={'PK': {'S': event}, 'SK': {'S': 'x'}})\n"
        f"    return {answer!r}\n"
    )
