"""The stores on one DynamoDB table (docs/data-model.md: access patterns first)."""
