"""HTTP between the server and the API: routing, one exchange, its reply and delivery."""
