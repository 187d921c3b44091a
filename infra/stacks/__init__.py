"""The stacks: what is deployed together. Each only composes constructs and names its outputs."""
