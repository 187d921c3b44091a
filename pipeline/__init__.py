"""The Lambda functions around the use cases: parse, call, answer."""
