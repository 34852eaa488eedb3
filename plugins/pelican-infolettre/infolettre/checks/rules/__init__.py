"""The rules of mails, one module per subject."""
