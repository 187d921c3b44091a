"""Measures of accuracy, speed and cost, over pictures that are never part of the project."""
