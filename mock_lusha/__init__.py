"""mock-lusha: an offline double of the Lusha REST API."""
