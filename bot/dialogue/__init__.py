"""What is going on with one patron: engine, state, and one flow a file in `flows`.

Free of I/O: it reads through the read-only half of the library's Protocol, handed in, and writes nothing.
A turn is two pure calls: `Engine.begin` (next state, replies, effects) and, once the effects were performed
by the rim, `Engine.finish`, which words what happened.
"""
