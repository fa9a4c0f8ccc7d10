"""The real-API client: pass through, record, redact, replay, and tell when reality moved.

It stands on httpx alone and knows nothing of the double, but for the contract.
"""
