"""Whom to tell what, of the library's own accord: what still holds, who gets it and how, what goes together, the words.

Free of I/O: facts and settings in, values out. The record is read, rows are written and messages are sent by
`bot.jobs`.
"""
