"""The parts that stacks are composed of, one subject a module."""
