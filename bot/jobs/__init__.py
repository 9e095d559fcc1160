"""The way of a message after it was stored: gather, decide, apply, tell.

    turns       one chat's events, each in one transaction
    arriving    what an event does by itself: friends come and go, links are completed, words are taken back
    effects     what a turn changes
    own_events  our own events for another LINE user, through the inbox like LINE's
    registered  who is told of a first password
    sender      what leaves for LINE after the commit (`delivery` decides, `parcels` writes what is frozen)
    mails       what leaves as a letter
    workers     the threads that do all this in the one `serve` process, and the sweeper
    retention   what is forgotten each day; `forgetting`: what goes when a link ends
    backoff     how long to wait before trying again; `failures`: what may be said of an exception

No log carries what somebody wrote, a name, a title, a card number, a token or a LINE user id.
"""
