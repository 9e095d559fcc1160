"""The way of a message after it was stored: gather, decide, apply, tell.

    turns       one chat's events, each in one transaction
    arriving    what an event does by itself: friends come and go, links are completed, words are taken back
    effects     what a turn changes
    own_events  our own events for another LINE user, through the inbox like LINE's
    registered  who is told of a first password
    sender      what leaves for LINE after the commit (`delivery` decides, `parcels` writes what is frozen)
    mails       what leaves as a letter
    workers     the threads that do all this in the one `serve` process
    spread      one of many worker processes: wake-ups by `queue` through Redis to `actors`
    sweeper     finds what nobody was woken for, and does what has its times; `pool`: threads that work on chats
    tokens      short-lived access tokens of the channel, shared by all processes; `quota`: what is left of the month's
    retention   what is forgotten each day; `forgetting`: what goes when a link ends
    backoff     how long to wait before trying again; `guarded`: threads outlive what breaks

No log carries what somebody wrote, a name, a title, a card number, a token or a LINE user id.
"""
