"""What requests change: accounts with their credits, windows and what they were shown."""
