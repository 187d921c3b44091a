"""The HTTP API: one Lambda function behind API Gateway, described by openapi.json."""
