"""Every message, event and object key that crosses a border, as pydantic models with a schema version.

A device may import nothing else of this project: so nothing here knows the domain.
"""
