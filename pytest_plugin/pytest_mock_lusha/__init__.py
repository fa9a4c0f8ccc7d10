"""The pytest plugin of mock-lusha. It holds no fixtures yet; the package name is kept for it."""
