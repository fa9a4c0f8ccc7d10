"""What accounts, and the server, have become, in bytes and back.

Loaded where processes share their state: what is counted over all accounts is counted for each key apart
then, and put together when somebody looks.
"""
