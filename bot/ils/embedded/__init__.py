"""The embedded library: our own tables as a library system. The default where a library has no other interface.

`library` fulfils the Protocol, `passwords` the cards' passwords, `importing` loads CSV files,
`desk` is what the counter does.
"""
