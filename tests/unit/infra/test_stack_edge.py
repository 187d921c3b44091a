"""The dashboard's address in the cloud."""

from typing import Any

from cloud_assembly import Assembly


def distribution(assembly: Assembly) -> dict[str, Any]:
    (found,) = assembly.resources("AWS::CloudFront::Distribution", "RollcallEdge")
    config: dict[str, Any] = found.properties["DistributionConfig"]
    return config


def test_the_api_is_reached_under_the_dashboards_own_name_and_never_cached(assembly: Assembly) -> None:
    (behaviour,) = distribution(assembly)["CacheBehaviors"]
    assert behaviour["PathPattern"] == "/v1/*"
    assert behaviour["ViewerProtocolPolicy"] == "https-only"
    assert set(behaviour["AllowedMethods"]) >= {"GET", "POST", "PUT", "PATCH", "DELETE"}
    caching_disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # AWS's managed policy
    assert behaviour["CachePolicyId"] == caching_disabled


def test_pages_come_over_tls_with_headers_that_protect_them(assembly: Assembly) -> None:
    assert distribution(assembly)["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
    (policy,) = assembly.resources("AWS::CloudFront::ResponseHeadersPolicy", "RollcallEdge")
    headers = policy.properties["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    content = assembly.text(headers["ContentSecurityPolicy"]["ContentSecurityPolicy"], "RollcallEdge")
    assert "default-src 'self'" in content
    assert "unsafe" not in content
    assert "frame-ancestors 'none'" in content


def test_the_sites_bucket_is_read_by_the_distribution_alone(assembly: Assembly) -> None:
    (policy,) = assembly.resources("AWS::S3::BucketPolicy", "RollcallEdge")
    readers = [each for each in policy.properties["PolicyDocument"]["Statement"] if each["Effect"] == "Allow"]
    assert [each["Principal"] for each in readers] == [{"Service": "cloudfront.amazonaws.com"}]
    assert "AWS:SourceArn" in readers[0]["Condition"]["StringEquals"]
