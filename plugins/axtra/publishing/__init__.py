"""Publishing in one act: planned, carried in an order that breaks no page, verified, reversible.

`targets` says where a site is published; `carriers` move files there.
"""
