"""Received mail: bounces, complaints, requests to leave, and mail that a person should read."""
