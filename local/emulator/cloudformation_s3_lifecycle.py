"""Buckets of a template keep the lifecycle rules that the template gives them.

What upstream lacks: LifecycleConfiguration of AWS::S3::Bucket is dropped. (Rules are stored and shown, but
the emulator expires nothing; s3_expiry.py does.)
"""

from typing import Any
from xml.etree import ElementTree as ET

from ministack.services import s3
from ministack.services.cloudformation import provisioners

from local.emulator import upstream


def apply() -> None:
    """Pass the rules on to PutBucketLifecycleConfiguration."""
    upstream.check(provisioners, "_s3_apply_configurations")
    put = upstream.check(s3, "_put_bucket_lifecycle")
    delete = upstream.check(s3, "_delete_bucket_lifecycle")
    provisioners._S3_BUCKET_CONFIGURATIONS += (("LifecycleConfiguration", _as_xml, put, delete),)


def _as_xml(configuration: dict[str, Any]) -> bytes:
    root = ET.Element("LifecycleConfiguration")
    for number, rule in enumerate(configuration["Rules"]):
        element = ET.SubElement(root, "Rule")
        _text(element, "ID", rule.get("Id", f"rule-{number}"))
        _text(element, "Status", rule["Status"])
        _text(ET.SubElement(element, "Filter"), "Prefix", rule.get("Prefix", ""))
        if "ExpirationInDays" in rule:
            _text(ET.SubElement(element, "Expiration"), "Days", rule["ExpirationInDays"])
        if "NoncurrentVersionExpiration" in rule:
            days = rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
            _text(ET.SubElement(element, "NoncurrentVersionExpiration"), "NoncurrentDays", days)
        if "AbortIncompleteMultipartUpload" in rule:
            days = rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
            _text(ET.SubElement(element, "AbortIncompleteMultipartUpload"), "DaysAfterInitiation", days)
    return ET.tostring(root)


def _text(parent: ET.Element, name: str, value: object) -> None:
    ET.SubElement(parent, name).text = str(value)
