"""Sending: nobody twice, nobody lost, nobody unknown.

An edition is frozen, tested, confirmed, then sent message by message from a durable ledger:
`dispatch` does each of these acts, or says why not; `ledger` remembers them, `run` sends what
remains through `couriers`, and `listmonk` hands an edition to that program instead.
"""
