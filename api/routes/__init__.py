"""Parse, check who may, call a use case, shape the answer: a module for each noun of the API."""
