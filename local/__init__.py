"""The whole system on one machine: AWS emulator, Rekognition Local, and the supervisor of `make run`."""
