"""What the API does, whichever generation asks: a use case a module, without HTTP or field names."""
