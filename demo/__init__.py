"""A demo school: portraits out of an npm package, a composer of classroom frames, lessons that are always on.

The composed faces are cut out of the very portraits that the students are enrolled with. The demo shows how
the system works; it says nothing about how well faces are recognised, and no accuracy is quoted from it.
"""
