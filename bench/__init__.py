"""Measures the product against real servers on one machine: `make bench`, or `python -m bench --help`.

PostgreSQL (synchronous commit) and Redis are Debian's, on loopback; LINE's stand-in and the load come from one process
whose CPU is counted apart. Nothing here is imported by the product.
"""
