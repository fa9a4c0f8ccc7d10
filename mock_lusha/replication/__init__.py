"""Several processes with one state.

Each call is written down in a store that they share, in the order in which calls change the state of an
account, before it is decided; whoever is behind runs what others wrote down.
"""
