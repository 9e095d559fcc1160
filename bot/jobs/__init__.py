"""The way of a message after it was stored: gather, decide, apply, tell.

    turns      one chat's events, each in one transaction
    effects    what a turn changes
    sender     what leaves for LINE after the commit (`delivery` decides, `parcels` writes what is frozen)
    workers    the threads that do both in the one `serve` process, and the sweeper
    retention  what is forgotten each day
    backoff    how long to wait before trying again

No log carries what somebody wrote, a name, a title, a card number, a token or a LINE user id.
"""
