"""The rules that a mail is held to, one module a subject."""
