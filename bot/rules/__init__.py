"""Pure decisions on facts, policy and today. No I/O: nothing here reads a clock, a database or a setting.

A decision carries every reason that applies, in order of precedence; allowed means that there is none.
Chat, buttons, pages, notices and the embedded library ask the same functions.
"""
