"""What Rollcall does, one verb a module. Ports come in as keyword arguments; nothing here knows AWS."""
