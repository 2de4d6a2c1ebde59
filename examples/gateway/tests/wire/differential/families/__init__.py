"""The requests, one file for each family of routes."""
