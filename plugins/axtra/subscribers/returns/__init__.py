"""Mail that comes back or comes in: bounces, complaints, requests to leave, letters to read."""
