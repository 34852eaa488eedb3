"""Sending: nobody twice, nobody lost, nobody unknown.

An edition is frozen, tested, confirmed, then sent message by message from a durable ledger:
`dispatch` does each of these acts, or says why not.
"""
