"""A library made up for trying the counter: its world and the two processes that show it."""
