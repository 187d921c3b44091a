"""Face recognition libraries that a school could have used instead, each as an attendance script uses it.

Each lives in a process of its own, with the packages of its own environment, and answers JSON lines:
``{"enrol": {student_id: [path, ...]}}`` and ``{"take": [path, ...]}``.
"""
