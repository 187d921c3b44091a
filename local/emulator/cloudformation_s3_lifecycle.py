"""Buckets of a template keep the lifecycle rules that the template gives them.

What upstream lacks: LifecycleConfiguration of AWS::S3::Bucket is dropped. (Rules are stored and shown, but
the emulator expires nothing; s3_expiry.py does.)
"""

from typing import Any
from xml.etree import ElementTree

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
    root = ElementTree.Element("LifecycleConfiguration")
    for number, rule in enumerate(configuration["Rules"]):
        element = ElementTree.SubElement(root, "Rule")
        _text(element, "ID", rule.get("Id", f"rule-{number}"))
        _text(element, "Status", rule["Status"])
        _text(ElementTree.SubElement(element, "Filter"), "Prefix", rule.get("Prefix", ""))
        if "ExpirationInDays" in rule:
            _text(ElementTree.SubElement(element, "Expiration"), "Days", rule["ExpirationInDays"])
        if "NoncurrentVersionExpiration" in rule:
            days = rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
            _text(ElementTree.SubElement(element, "NoncurrentVersionExpiration"), "NoncurrentDays", days)
        if "AbortIncompleteMultipartUpload" in rule:
            days = rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
            _text(ElementTree.SubElement(element, "AbortIncompleteMultipartUpload"), "DaysAfterInitiation", days)
    return ElementTree.tostring(root)


def _text(parent: ElementTree.Element, name: str, value: object) -> None:
    ElementTree.SubElement(parent, name).text = str(value)
