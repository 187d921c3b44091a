"""Rekognition Local: Amazon Rekognition's face operations, spoken as its real protocol, on this machine.

`python -m local.rekognition` starts it; docs/rekognition-local.md says what it does and what it does not.
"""
