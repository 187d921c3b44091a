"""The rules, pure: frozen values in, decisions out. No clock, no input or output, no AWS."""
