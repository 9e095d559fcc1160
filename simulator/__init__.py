"""A LINE Platform on one's own machine: the Messaging API, webhooks and a phone in the browser.

Another party: it speaks LINE's public protocol, knows nothing of the bot in front of it, and can serve any other.
"""
