"""Guards around each operation: pure ASGI, one behaviour a file."""
