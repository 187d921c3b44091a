"""The camera agent: takes a burst of pictures when the school's cloud commands it, and uploads them.

Of this project it may import `attendance.contracts` only.
"""

AGENT_VERSION = "0.1.0"
