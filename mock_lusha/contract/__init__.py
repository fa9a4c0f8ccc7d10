"""What the API is: the OpenAPI document and checks of requests against it."""
